"""The customer's record: who they are, what happened, what Setia knows. Composed here, since four rooms know a part."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import may, needs, sees_all
from setia.customers import queries
from setia.web.portrait import knowledge
from setia.web.timeline import SHOWN, Timeline, timeline
from setia.web.views.customers import Found, find


@require_GET
@needs("customers.view")
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The record. Opened from a list (`at`, with the list's own address) it knows its neighbours there."""
    one = queries.get_customer_for(me(request), pk)
    if one.pk != pk:  # merged away: the address is that of who stands for them
        return redirect("customer", one.pk)
    contacts = queries.contacts_of(one)
    fields = queries.custom_fields(version=queries.fields_version(request))
    own = queries.held(one, fields)
    line = _timeline(request, one)
    bought = [happening.order for happening in line.happenings if happening.order]
    around = _around(request) if request.GET.get("at") else {}
    context: dict[str, Any] = {
        "customer": one,
        "contacts": contacts,
        "own": own,
        "facts": {key: fact for key, fact in queries.facts_for(me(request), fields).items() if fact.fits(one)},
        "names": queries.names_for(me(request), (int(str(value)) for field, value in own if field.letter == "r")),
        "reach": _reach(contacts),
        "tags": queries.tags_of(one),
        "contact_kinds": queries.contact_kinds(),
        "timeline": line,
        "tabs": [
            {"label": label, "on": key == line.shown, "url": _tab(request, pk, key)} for key, label in SHOWN.items()
        ],
        "known": knowledge(one, bought),
        "merges": queries.merges_of(one),
        "may_merge": may(me(request), "customers.merge"),
        "recommender": one.recommended_by
        if one.recommended_by and queries.may_see(me(request), one.recommended_by)
        else None,
        "may_delete": may(me(request), "customers.delete"),
        "back": around.get("back", reverse("customers")),
        "previous": around.get("previous", ""),
        "next": around.get("next", ""),
    }
    return render(request, "web/customer.html", context)


@require_GET
@needs("customers.view")
def customer_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """More of the timeline, as a fragment."""
    one = queries.get_customer_for(me(request), pk)
    line = _timeline(request, one)
    context = {"customer": one, "timeline": line, "day": request.GET.get("day", "")}
    return render(request, "web/customer_timeline.html", context)


def _timeline(request: HttpRequest, one: Any) -> Timeline:
    """The page of the timeline an address asks for, naming no customer to somebody who sees only some."""
    shown, before = request.GET.get("show", "all"), request.GET.get("before", "")
    return timeline(one, shown=shown, before=before, others=sees_all(me(request)))


def _reach(contacts: list[Any]) -> dict[str, str]:
    """What the buttons of the head use: the preferred number before others."""
    numbers = [point.value for point in contacts if point.kind in ("WHATSAPP", "PHONE")]
    written = [point.value for point in contacts if point.kind == "EMAIL"]
    number, email = next(iter(numbers), ""), next(iter(written), "")
    return {"whatsapp": number, "phone": number, "email": email}


def _tab(request: HttpRequest, pk: int, key: str) -> str:
    kept = {name: value for name, value in request.GET.dict().items() if name not in ("before", "day", "show")}
    query = urlencode({**kept, **({"show": key} if key != "all" else {})})
    return f"{reverse('customer', args=[pk])}{'?' + query if query else ''}#timeline"


def _around(request: HttpRequest) -> dict[str, str]:
    found = find(request)
    before, after = keyset.neighbours(found.legs(), found.params["at"])
    return {
        "back": found.address(page=found.params.get("page", "")),
        "previous": _neighbour(found, before),
        "next": _neighbour(found, after),
    }


def _neighbour(found: Found, neighbour: tuple[Any, str] | None) -> str:
    if neighbour is None:
        return ""
    row, place = neighbour
    kept = {key: value for key, value in found.params.items() if value and key not in ("at", "show", "before", "day")}
    key = getattr(row, "customer_id", None) or row.pk
    return f"{reverse('customer', args=[key])}?{urlencode(kept | {'at': place})}"
