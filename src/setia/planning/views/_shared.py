"""What the lists and forms of this room share."""

from collections import defaultdict

from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from setia.core.text import line

PAGE = 50


def params_of(request: HttpRequest) -> dict[str, str]:
    """The address's own words, one line each; what is not in it is ''."""
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def address(name: str, *, params: dict[str, str], **also: str) -> str:
    """This list with something else in its address; its place in the list is left out unless given."""
    kept = {key: value for key, value in {**params, "page": "", **also}.items() if value}
    return f"{reverse(name)}?{urlencode(kept)}" if kept else reverse(name)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing: an empty form is to be told what is missing."""
    return request.POST if request.method == "POST" else None


def keep_typed(form: Form, version: str) -> None:
    """Put the record's present version into a form that was filled from an older one: saved again, it counts."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = version  # type: ignore[index]
