"""Holds the firm's rule that everybody has a second factor: before the day it reminds, from the day on it insists."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from setia.accounts.factors import has_second_factor
from setia.accounts.models import User
from setia.core.models import Firm

LATER = "second_factor_later"
_KNOWN = "second_factor_seen_at"
_KNOWN_SECONDS = 600
# What somebody without a second factor may still open: the way to one, the way out, and help.
_OPEN = {
    "second_factor_due",
    "security",
    "add_app",
    "add_passkey",
    "recovery_codes",
    "confirm_identity",
    "account_logout",
    "account_login",
    "set_language",
    "help",
}


class SecondFactorMiddleware:
    """One look into the session where the rule stands; a query only every ten minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        house: Firm | None = getattr(request, "firm", None)
        if house is None or not house.second_factor_from_date or not isinstance(request.user, User):
            return None
        name = request.resolver_match.url_name if request.resolver_match else ""
        now = timezone.now()
        if name in _OPEN or now.timestamp() - request.session.get(_KNOWN, 0) < _KNOWN_SECONDS:
            return None
        if has_second_factor(request.user):
            request.session[_KNOWN] = int(now.timestamp())
            return None
        if request.session.get(LATER) and not overdue(house):
            return None
        url = reverse("second_factor_due")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return redirect(url)


def overdue(house: Firm) -> bool:
    """Whether the day has come from which nobody works without a second factor."""
    return bool(house.second_factor_from_date and house.day_of(timezone.now()) >= house.second_factor_from_date)
