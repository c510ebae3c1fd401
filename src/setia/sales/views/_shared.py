"""What the lists and forms of this room share."""

from collections import defaultdict
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from setia.core.text import line

PAGE = 50


def params_of(request: HttpRequest) -> dict[str, str]:
    """The address's own words, one line each; what is not in it is ''."""
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def address(name: str, *keys: int, params: dict[str, str], **also: str) -> str:
    """This list with something else in its address; its place in the list is left out unless given."""
    kept = {key: value for key, value in {**params, "page": "", **also}.items() if value}
    path = reverse(name, args=keys)
    return f"{path}?{urlencode(kept)}" if kept else path


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing: an empty form is to be told what is missing."""
    return request.POST if request.method == "POST" else None


def keep_typed(form: Form, version: str) -> None:
    """Put the record's present version into a form that was filled from an older one: saved again, it counts."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = version  # type: ignore[index]


def whole(value: str) -> int:
    """A key from an address; 0 for what is none."""
    return int(value) if value.isdecimal() and len(value) < 19 else 0


def by_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page asks, and not the browser for a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page a form came from (`next`), if that is one of ours."""
    back = request.POST.get("next", "")
    # Not `redirect`: it takes a text without a slash for the name of a page.
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, request.get_host()) else otherwise)
