"""The list of contracts: which filters an address may name, and its order; and the term that follows one."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, TypedDict

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import User
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.customers.queries import name_of
from setia.service.models import Contract

SOON_DAYS = 90
"""An end within so many days is worth a call."""

_STATES = {
    "ENDING": _("end within 90 days, not renewed"),
    "OVER": _("over, not renewed"),
    "ALL": _("all, past ones too"),
}


class Term(TypedDict):
    """From when until when a contract holds, both days included."""

    from_date: date
    until_date: date | None


def contract_choices() -> dict[str, list[tuple[str, str]]]:
    """What a person may choose to narrow the list by."""
    return {
        "state": [("", str(_("running or to come"))), *((code, str(words)) for code, words in _STATES.items())],
        "who": [("", str(_("everybody"))), ("ME", str(_("me"))), ("NOBODY", str(_("nobody yet")))],
    }


def narrow_contracts(
    user: User, rows: QuerySet[Contract], params: Mapping[str, str], *, today: date
) -> tuple[QuerySet[Contract], list[Chip]]:
    """Apply the filters an address names.

    `state` (`ENDING`, `OVER` or `ALL`; else those that are not over), `who` (`ME` sees to it, or `NOBODY`), `customer`
    (a key).
    """
    chips: list[Chip] = []
    state = params.get("state", "")
    if state == "ENDING":
        rows = rows.filter(until_date__range=(today, today + timedelta(days=SOON_DAYS)), followed_by=None)
    elif state == "OVER":
        rows = rows.filter(until_date__lt=today, followed_by=None)
    elif state != "ALL":
        rows = rows.filter(Q(until_date__gte=today) | Q(until_date=None))
    if state in _STATES:
        chips.append(Chip(str(_("State")), str(_STATES[state]), "state"))
    if (who := params.get("who", "")) in ("ME", "NOBODY"):
        rows = rows.filter(responsible=user if who == "ME" else None)
        chips.append(Chip(str(_("Account manager")), str(_("me") if who == "ME" else _("nobody yet")), "who"))
    if (customer := params.get("customer", "")).isdecimal() and len(customer) < 19:
        rows = rows.filter(customer=int(customer))
        chips.append(Chip(str(_("Customer")), name_of(user, int(customer)), "customer"))
    return rows, chips


def contract_legs(rows: QuerySet[Contract], state: str, *, today: date) -> list[Leg]:
    """Those that end soonest first, then those without an end; of those over, the latest end first."""
    rows = rows.select_related("customer", "responsible", "followed_by")
    bounded = rows.filter(until_date__isnull=False)
    if state == "OVER":
        return [Leg(bounded, ("-until_date", "-id"))]
    if state not in _STATES:  # said once more without "or", so that the walk begins at today and not in the past
        bounded = bounded.filter(until_date__gte=today)
    ending = Leg(bounded, ("until_date", "id"))
    if state == "ENDING":
        return [ending]
    return [ending, Leg(rows.filter(until_date=None), ("-from_date", "-id"))]


def exported_contracts(rows: QuerySet[Contract]) -> Iterator[list[Any]]:
    """Rows for a file, in the order they were written, with the columns a file of contracts is read by."""
    for one in rows.select_related("customer", "responsible").order_by("id").iterator(2000):
        yield [
            one.number,
            one.customer.number,
            one.customer.name,
            one.title,
            one.from_date,
            one.until_date,
            one.value,
            one.get_complexity_display(),
            one.responsible.email if one.responsible else "",
            one.note,
        ]


def next_term(one: Contract) -> Term:
    """The term that follows: from the day after, as long again; whole months where it was of whole months."""
    if one.until_date is None:
        return {"from_date": one.from_date, "until_date": None}
    first = one.until_date + timedelta(days=1)
    months = (first.year - one.from_date.year) * 12 + first.month - one.from_date.month
    if first.day == one.from_date.day and months > 0:
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        day = min(first.day, monthrange(year, month + 1)[1])
        return {"from_date": first, "until_date": date(year, month + 1, day) - timedelta(days=1)}
    return {"from_date": first, "until_date": first + (one.until_date - one.from_date)}
