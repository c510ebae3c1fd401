"""Notes that name the reader, and whom a note may name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from setia.accounts.queries import everybody, me
from setia.core.permissions import may
from setia.customers import actions, queries

OFFERED = 6


@require_GET
def mentions(request: HttpRequest) -> HttpResponse:
    """The notes that name the reader, the newest first. The page says afterwards, by itself, that it was read."""
    before = request.GET.get("before", "")
    found, later = queries.mentions_of(
        me(request), before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    return render(request, "customers/mentions.html", {"found": found, "later": later})


@require_POST
def read_mentions(request: HttpRequest) -> HttpResponse:
    """The reader has seen them all."""
    actions.read_mentions(by=me(request), at=timezone.now())
    return HttpResponse(status=204) if getattr(request, "htmx", None) else redirect("mentions")


@require_GET
def find_colleague(request: HttpRequest) -> HttpResponse:
    """Colleagues whose name begins with what follows an @, as a fragment."""
    q = request.GET.get("q", "").strip().lower()[:60]
    people = everybody() if may(me(request), "customers.note") else []
    found = [one for one in people if one.is_active and any(word.startswith(q) for word in _words(str(one)))]
    return render(request, "customers/find_colleague.html", {"found": found[:OFFERED]})


def _words(name: str) -> list[str]:
    low = name.lower()
    return [low, *low.split()]
