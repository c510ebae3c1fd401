"""Puts the firm's zone and the reader's language around each request."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from setia.core.queries import firm
from setia.web.format import keep_firm

LANGUAGES = ("id", "en")


class FirmMiddleware:
    """Zone: the firm's. Language: the profile's, else one chosen (a cookie), else the browser's, else the firm's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            ours = firm()
        except DatabaseError:
            return self.get_response(request)
        keep_firm(ours)
        request.firm = ours  # type: ignore[attr-defined]
        chosen = getattr(request.user, "language", "") or request.COOKIES.get("setia_language", "")
        if chosen not in LANGUAGES:
            wished = request.headers.get("Accept-Language", "")
            chosen = translation.get_language_from_request(request) if wished else ours.language
        code = chosen if chosen in LANGUAGES else ours.language
        try:
            with timezone.override(ours.tz), translation.override(code):
                request.LANGUAGE_CODE = code
                response = self.get_response(request)
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response = response.render()
        finally:
            keep_firm(None)
        response.headers["Content-Language"] = code
        return response
