"""The list of revisions and complaints of all customers: which filters an address may name, and its order."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.accounts.models import User
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.queries import current_firm
from setia.customers.queries import name_of
from setia.service.models import Concern

_DONE = pgettext_lazy("revisions and complaints", "Done")


def concern_choices() -> dict[str, list[tuple[str, str]]]:
    """What a person may choose to narrow the list by."""
    kinds = [(str(code), str(label)) for code, label in Concern.Kind.choices]
    return {
        "kind": [("", str(_("all"))), *kinds],
        "who": [("", str(_("everybody"))), ("ME", str(_("me"))), ("NOBODY", str(_("nobody yet")))],
    }


def narrow_concerns(
    user: User, rows: QuerySet[Concern], params: Mapping[str, str]
) -> tuple[QuerySet[Concern], list[Chip]]:
    """Apply the filters an address names.

    `done` (1: those done; else those open), `late` (1: open ones whose promised day has passed), `kind`, `who` (`ME`
    resolves it, or `NOBODY`), `customer` (a key).
    """
    chips: list[Chip] = []
    done = params.get("done") == "1"
    rows = rows.filter(closed_at__isnull=not done)
    if done:
        chips.append(Chip(str(_("State")), str(_DONE), "done"))
    if params.get("late") == "1" and not done:
        rows = rows.filter(due_date__lt=current_firm().day_of(timezone.now()))
        chips.append(Chip(str(_("Promised for")), str(_("a day that has passed")), "late"))
    if (kind := params.get("kind", "")) in Concern.Kind.values:
        rows = rows.filter(kind=kind)
        chips.append(Chip(str(_("Kind")), str(Concern.Kind(kind).label), "kind"))
    if (who := params.get("who", "")) in ("ME", "NOBODY"):
        rows = rows.filter(resolver=user if who == "ME" else None)
        chips.append(Chip(str(_("Resolved by")), str(_("me") if who == "ME" else _("nobody yet")), "who"))
    if (customer := params.get("customer", "")).isdecimal() and len(customer) < 19:
        rows = rows.filter(customer=int(customer))
        chips.append(Chip(str(_("Customer")), name_of(user, int(customer)), "customer"))
    return rows, chips


def concern_legs(rows: QuerySet[Concern], *, done: bool, late: bool = False) -> list[Leg]:
    """Open ones that wait longest first, late ones that are latest first; done ones that were done last first."""
    order = ("-closed_at", "-id") if done else ("due_date", "id") if late else ("raised_date", "id")
    return [Leg(rows.select_related("customer", "resolver", "contract"), order)]


def exported_concerns(rows: QuerySet[Concern]) -> Iterator[list[Any]]:
    """Rows for a file, in the order they were written, with the columns such a file is read by."""
    day_of = current_firm().day_of
    for one in rows.select_related("customer", "contract", "resolver").order_by("id").iterator(2000):
        yield [
            one.number,
            one.customer.number,
            one.customer.name,
            one.get_kind_display(),
            one.words,
            one.raised_date,
            one.contract.number if one.contract else "",
            one.resolver.email if one.resolver else "",
            day_of(one.closed_at) if one.closed_at else None,
            one.answer,
        ]
