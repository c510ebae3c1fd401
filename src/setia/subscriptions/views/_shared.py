"""What the lists of this room share: their address and its words."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from setia.core.text import line

PAGE = 50


def params_of(request: HttpRequest) -> dict[str, str]:
    """The address's own words, one line each; what is not in it is ''."""
    return defaultdict(str, {key: line(value)[:2000] for key, value in request.GET.dict().items()})


def address(name: str, params: dict[str, str], **also: str) -> str:
    """This list with something else in its address; its place in the list is left out unless given."""
    kept = {key: value for key, value in {**params, "page": "", **also}.items() if value}
    return f"{reverse(name)}?{urlencode(kept)}" if kept else reverse(name)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it nothing: an empty form is to be told what is missing."""
    return request.POST if request.method == "POST" else None


def chosen(form: Form, name: str) -> Any:
    """Who or what a picker shows: a record the form lets this person choose, or None."""
    field: Any = form.fields[name]
    value = form[name].value()
    key = str(getattr(value, "pk", value) or "")
    return field.queryset.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None


def typed(form: Form, name: str) -> str:
    """What was typed into a picker and not chosen."""
    return str(form.data.get(f"{name}_q", "")) if form.is_bound else ""


def month_of(text: str) -> date | None:
    """The first day of a month written as `2026-11`; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
