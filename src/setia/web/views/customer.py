"""The customer's record: who they are, what happened, what Setia knows. Composed here, since four rooms know a part."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core import keyset
from setia.core.permissions import may
from setia.customers import queries
from setia.web.portrait import knowledge
from setia.web.timeline import SHOWN, timeline
from setia.web.views.customers import Found, find


@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The record. Opened from a list (`at`, with the list's own address) it knows its neighbours there."""
    one = queries.get_customer_for(me(request), pk)
    if one.pk != pk:  # merged away: the address is that of who stands for them
        return redirect("customer", one.pk)
    contacts = queries.contacts_of(one)
    line = timeline(one, shown=request.GET.get("show", "all"), before=request.GET.get("before", ""))
    own = queries.held(one, queries.custom_fields(version=queries.fields_version(request)))
    bought = [happening.order for happening in line.happenings if happening.order]
    around = _around(request) if request.GET.get("at") else {}
    context: dict[str, Any] = {
        "customer": one,
        "contacts": contacts,
        "own": own,
        "names": queries.names_for(me(request), (int(str(value)) for field, value in own if field.letter == "r")),
        "reach": _reach(contacts),
        "tags": queries.tags_of(one),
        "contact_kinds": queries.contact_kinds(),
        "timeline": line,
        "tabs": [
            {"label": label, "on": key == line.shown, "url": _tab(request, pk, key)} for key, label in SHOWN.items()
        ],
        "known": knowledge(one.pk, bought),
        "merges": queries.merges_of(one),
        "may_merge": may(me(request), "customers.merge"),
        "may_delete": may(me(request), "customers.delete"),
        "back": around.get("back", reverse("customers")),
        "previous": around.get("previous", ""),
        "next": around.get("next", ""),
    }
    return render(request, "web/customer.html", context)


@require_GET
def customer_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """More of the timeline, as a fragment."""
    one = queries.get_customer_for(me(request), pk)
    line = timeline(one, shown=request.GET.get("show", "all"), before=request.GET.get("before", ""))
    context = {"customer": one, "timeline": line, "day": request.GET.get("day", "")}
    return render(request, "web/customer_timeline.html", context)


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
