"""Who may enter which page of the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse

from setia.accounts.queries import me
from setia.core.permissions import require

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs(verb: str) -> Callable[[View[P]], View[P]]:
    """Let in whoever may do this verb, and answer everybody else with the page that says who can give the right."""

    def around(view: View[P]) -> View[P]:
        @wraps(view)
        def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            require(me(request), verb)
            return view(request, *args, **kwargs)

        return gate

    return around


def limited(action: str) -> Callable[[View[P]], View[P]]:
    """Answer 429 when more is sent than `ACCOUNT_RATE_LIMITS[action]` allows. Reading is not counted."""
    return cast(Callable[[View[P]], View[P]], rate_limit(action=action))
