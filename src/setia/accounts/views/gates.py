"""Who may enter which page of the settings."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def limited(action: str) -> Callable[[View[P]], View[P]]:
    """Answer 429 when more is sent than `ACCOUNT_RATE_LIMITS[action]` allows. Reading is not counted."""
    return cast(Callable[[View[P]], View[P]], rate_limit(action=action))
