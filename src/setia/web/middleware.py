"""Puts the firm's zone and the reader's language around each request."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import ClassVar, cast

from django.db import DatabaseError
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from setia.core.models import Firm
from setia.core.queries import firm, keep_firm
from setia.core.versions import collided, vanished
from setia.portraits.queries import any_expired
from setia.web import errors

LANGUAGES = ("id", "en")
log = logging.getLogger(__name__)


class FirmMiddleware:
    """Zone: the firm's. Language: the profile's, else one chosen (a cookie), else the browser's, else the firm's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            ours = firm()
        except DatabaseError:
            # Nothing can be shown; the error page says so, in the language the browser asks for.
            return self.get_response(request)
        request.firm = ours  # type: ignore[attr-defined]
        code = self._language(request, ours)
        with _around(ours, code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
            if response.status_code == 405 and request.method == "GET" and not getattr(response, "content", b"-"):
                # A browser shows an error of its own for an empty answer.
                response = errors.only_by_its_button(request, response.headers.get("Allow", ""))
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _streamed(cast(Iterator[bytes], response.streaming_content), ours, code)
        response.headers["Content-Language"] = code
        # The same address answers a page or a part of it, to each reader in their words: nobody may share it.
        patch_vary_headers(response, ["HX-Request", "HX-Boosted", "Cookie", "Accept-Language"])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def _language(self, request: HttpRequest, ours: Firm) -> str:
        wishes = [getattr(request.user, "language", ""), request.COOKIES.get("setia_language", "")]
        if request.headers.get("Accept-Language"):
            wishes.append(translation.get_language_from_request(request))
        return next((code for code in wishes if code in LANGUAGES), ours.language)


class MeanwhileMiddleware:
    """Answers whoever was a moment too late: when their action came to lock the record, it was gone or changing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not (gone := vanished(exception)) and not collided(exception):
            return None
        # Were it a fault of ours instead, this is where it can be read.
        log.warning("meanwhile: %s at %s", type(exception).__name__, request.method, exc_info=exception)
        return errors.not_found(request, exception) if gone else errors.collided(request)


@contextmanager
def _around(ours: Firm, code: str) -> Iterator[None]:
    keep_firm(ours)
    try:
        with timezone.override(ours.tz), translation.override(code):
            yield
    finally:
        keep_firm(None)


class NewDayMiddleware:
    """The first request of a firm's day in a process: people's words whose last day has passed stop counting.

    The worker does so at midnight. This is for the case that no worker runs: no list, count or export shows yesterday's
    word. On any other request of the day it costs nothing.
    """

    seen: ClassVar[set[date]] = set()
    _AT_ONCE = 100  # more than these are left to the worker, so that nobody waits long for a page

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if hasattr(request, "firm") and (day := timezone.localdate()) not in self.seen:
            self._begin(day)
        return self.get_response(request)

    def _begin(self, day: date) -> None:
        self.seen.clear()
        self.seen.add(day)
        if any_expired(today=day):
            from setia.portraits.actions import end_expired

            end_expired(at=timezone.now(), most=self._AT_ONCE)


def _streamed(parts: Iterator[bytes], ours: Firm, code: str) -> Iterator[bytes]:
    """An export is written after the middleware has returned; its words, too, are the reader's."""
    while True:
        with _around(ours, code):
            try:
                part = next(parts)
            except StopIteration:
                return
        yield part
