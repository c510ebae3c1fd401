"""The list of prospects: which filters an address may name, the orders an index has, and bounded counts by status."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.core.among import among
from setia.core.chips import Chip
from setia.core.keyset import By, Count, Leg
from setia.core.permissions import owners_seen
from setia.customers.queries import customers_for, matching
from setia.sales.models import Prospect
from setia.sales.queries.sources import sources

OPEN, ALL, COUNTED = "OPEN", "ALL", 1000
SORTS = ("newest", "waiting", "fit")
GOOD_FIT = 70
"""From so much on a prospect counts as a good fit."""
_NOBODY, _ME = "none", "me"
_TEAM = 200


def prospect_choices(*, user: User) -> dict[str, list[tuple[str, str]]]:
    """What a person may choose to narrow the list by. Two queries."""
    people = [(str(one.pk), str(one)) for one in everybody() if one.is_active and one.pk != user.pk]
    return {
        "owner": [("", str(_("everybody"))), (_ME, str(_("me"))), (_NOBODY, str(_("nobody"))), *people],
        "source": [("", str(_("all"))), *((one, one) for one in sources())],
        "sort": [
            ("", pgettext("prospects", "newest first")),
            ("waiting", pgettext("prospects", "waiting longest")),
            ("fit", pgettext("prospects", "best fit first")),
        ],
    }


def narrow_prospects(
    user: User, rows: QuerySet[Prospect], params: Mapping[str, str], people: Mapping[str, str]
) -> tuple[QuerySet[Prospect], list[Chip]]:
    """Apply the filters an address names but the status: `owner` (a key, `me`, `none`), `source`, `waiting` (1: nobody
    was in touch yet), `from` and `to` (days they were taken down), `how` (by which door), `q` (as the search of
    customers). Archived customers are left out unless `archived=1`. `people` are names by key.
    """
    rows, chips = rows if params.get("archived") == "1" else rows.filter(customer__archived_at=None), []
    if params.get("archived") == "1":
        chips.append(Chip(str(_("Archived")), str(_("too")), "archived"))
    for name, label, sign in (("from", _("Taken down from"), 0), ("to", _("Taken down until"), 1)):
        if (day := _day(params.get(name, ""))) is not None:
            moment = datetime.combine(day + timedelta(days=sign), time(), timezone.get_current_timezone())
            rows = rows.filter(captured_at__lt=moment) if sign else rows.filter(captured_at__gte=moment)
            chips.append(Chip(str(label), date_format(day, "j M Y"), name))
    if (how := params.get("how", "")) in Prospect.How.values:
        rows = rows.filter(how=how)
        chips.append(Chip(str(_("Came by")), str(Prospect.How(how).label), "how"))
    if owner := params.get("owner", ""):
        words = {_ME: _("me"), _NOBODY: _("nobody")}.get(owner) or people.get(owner)
        if words:
            key = {_ME: user.pk, _NOBODY: None}[owner] if owner in (_ME, _NOBODY) else int(owner)
            rows = rows.filter(customer_owner=key)
            chips.append(Chip(str(_("Responsible")), str(words), "owner"))
    if source := params.get("source", ""):
        rows = rows.filter(source=source[:60])
        chips.append(Chip(pgettext("prospect", "Source"), source[:60], "source"))
    if params.get("waiting") == "1":
        rows = rows.filter(first_touch_at=None, closed_at=None)
        chips.append(Chip(pgettext("prospect", "Answer"), pgettext("prospect", "nobody in touch yet"), "waiting"))
    if params.get("fit") == "1":
        rows = rows.filter(fit__gte=GOOD_FIT, closed_at=None)
        chips.append(Chip(pgettext("prospect", "Fit"), str(_("good")), "fit"))
    if q := params.get("q", ""):
        found = matching(customers_for(user), q)
        if found.keys is not None:
            rows = rows.filter(among("customer", found.keys))
        else:
            rows = rows.filter(customer__in=found.customers.values("pk"))
        chips.append(Chip(str(_("Search")), q[:60], "q"))
    return rows, chips


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def of_status(rows: QuerySet[Prospect], status: str) -> QuerySet[Prospect]:
    """Those of one status, of all, or (for anything else) those who are open."""
    if status in Prospect.Status.values:
        return rows.filter(status=status)
    return rows if status == ALL else rows.filter(closed_at=None)


def prospect_legs(rows: QuerySet[Prospect], *, sort: str, owners: Sequence[int] = ()) -> list[Leg]:
    """The newest first; those who wait longest for a first word; the best fit first and then those without one.

    `owners` are who looks after the open ones asked for, where they are several.
    """
    newest = ("-captured_at", "-id")
    if owners and sort not in SORTS[1:]:
        whole = Prospect.objects.select_related("customer", "customer__owner")
        return [Leg(rows, newest, whole=whole, each=("customer_owner", owners))]
    rows = rows.select_related("customer", "customer__owner")
    if sort == "waiting":
        open_ = rows.filter(closed_at=None)
        return [
            Leg(open_.filter(first_touch_at=None), ("captured_at", "id")),
            Leg(open_.filter(first_touch_at__isnull=False), newest),
        ]
    if sort == "fit":
        known = rows.filter(closed_at=None, fit__isnull=False)
        return [Leg(known, (By("fit", True), By("id", True))), Leg(rows.filter(closed_at=None, fit=None), newest)]
    return [Leg(rows, newest)]


def team_of(user: User, params: Mapping[str, str]) -> list[int]:
    """Who looks after the prospects a list shows, where that is several people and not everybody; else nobody."""
    owners = owners_seen(user)
    if owners is None or not 1 < len(owners) <= _TEAM or params.get("owner") or params.get("q"):
        return []
    return sorted(owners)


def counts_by_status(rows: QuerySet[Prospect], *, waiting: bool = False) -> dict[str, Count]:
    """How many stand where, looking at no more than `COUNTED` of each. One query, however many there are.

    With `waiting` the rows are those nobody has answered. PostgreSQL expects as many of them in every state, and would
    read the whole table for a state where nobody waits; counted from the latest on, an index knows that at once.
    """
    parts: list[str] = []
    params: list[Any] = []
    for status in Prospect.Status.values:
        some = rows.filter(status=status).order_by(*(("-captured_at", "-id") if waiting else ()))
        sql, given = some.values("pk")[: COUNTED + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")  # noqa: S608 - Django's own SQL
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return {
        status: Count(min(number, COUNTED), number <= COUNTED)
        for status, number in zip(Prospect.Status.values, found, strict=True)
    }
