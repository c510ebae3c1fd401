"""A customer's timeline: entries of the customers room and orders of the orders room, as one list, newest first.

Orders are read from their own table and never copied into the timeline, so the two cannot disagree. A place in the list
is the moment, the kind and the key of the last thing shown; entries stand before orders of the same moment.
"""

from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.customers import queries as customers
from setia.orders import queries as orders
from setia.web.format import day as format_day
from setia.web.format import relative_day

PAGE, LINES, _ALL = 20, 5, 2**62
SHOWN = {
    "all": _("All"),
    "orders": _("Orders"),
    "notes": _("Notes"),
    "activities": _("Activities"),
    "changes": _("Changes"),
}
CHANGES = ["ADDED", "EDITED", "ARCHIVED", "RESTORED", "CONTACT_ADDED", "CONTACT_EDITED", "CONTACT_REMOVED"]
CHANGES += [
    "CONTACT_PREFERRED",
    "TAGGED",
    "UNTAGGED",
    "LINKED",
    "UNLINKED",
    "FILE_ADDED",
    "FILE_REMOVED",
    "FILE_RESTORED",
    "EVENT_ADDED",
    "EVENT_REMOVED",
]
CHANGES += ["CONSENT_GIVEN", "CONSENT_WITHDRAWN"]
CHANGES += ["MERGED", "UNMERGED"]
CHANGES += ["OVERRULED", "OVERRULING_ENDED"]
ACTIVITIES = ["ACTIVITY_DONE", "ACTIVITY_REOPENED"]
_ACTIVITY_ICONS = {
    "TASK": "list-checks",
    "CALL": "phone",
    "EMAIL": "mail",
    "MEETING": "users",
    "VISIT": "map-pin",
    "NOTE": "sticky-note",
}
CHANGES += ["OPPORTUNITY_ADDED", "OPPORTUNITY_MOVED", "OPPORTUNITY_WON", "OPPORTUNITY_LOST", "OPPORTUNITY_REOPENED"]
CHANGES += ["OPPORTUNITY_STEP_UNDONE"]
_ENTRY_ICONS = {
    "ADDED": "user-plus",
    "EDITED": "pencil",
    "NOTE": "sticky-note",
    "MERGED": "git-merge",
    "UNMERGED": "undo-2",
    "ARCHIVED": "archive",
    "RESTORED": "archive-restore",
    "FILE_ADDED": "paperclip",
    "FILE_REMOVED": "paperclip",
    "FILE_RESTORED": "paperclip",
    "LINKED": "link",
    "UNLINKED": "link",
    "EVENT_ADDED": "cake",
    "EVENT_REMOVED": "cake",
    "TAGGED": "tag",
    "UNTAGGED": "tag",
    "OVERRULED": "user-cog",
    "OVERRULING_ENDED": "undo-2",
    "CONSENT_GIVEN": "shield-check",
    "CONSENT_WITHDRAWN": "shield",
    "OPPORTUNITY_ADDED": "target",
    "OPPORTUNITY_MOVED": "arrow-right",
    "OPPORTUNITY_WON": "trophy",
    "OPPORTUNITY_LOST": "circle-x",
    "OPPORTUNITY_REOPENED": "undo-2",
    "OPPORTUNITY_STEP_UNDONE": "undo-2",
}
_ORDER_ICONS = {"PURCHASE": "shopping-bag", "RETURN": "undo-2", "FREE": "gift", "ADJUSTMENT": "scale"}


class Happening(NamedTuple):
    """One thing on the timeline: an entry told in words, or an order with its first lines."""

    at: datetime
    icon: str
    entry: Any = None
    told: Any = None
    order: Any = None
    lines: tuple[Any, ...] = ()
    more_lines: bool = False


class Day(NamedTuple):
    """What happened on one day of the firm, with the day in words."""

    day: date
    words: str
    happenings: list[Happening]


class Timeline(NamedTuple):
    """A page of it. `rest` is what the address of the next page says ('' on the last)."""

    happenings: list[Happening]
    shown: str
    rest: str

    @property
    def days(self) -> list[Day]:
        """The happenings day by day."""
        grouped = groupby(self.happenings, key=lambda one: timezone.localtime(one.at).date())
        return [Day(day, _heading(day), list(happenings)) for day, happenings in grouped]


def timeline(customer: Any, *, shown: str = "all", before: str = "", others: bool = True) -> Timeline:
    """A page of a customer's timeline; a place that is not ours means the newest. `others` as in `customers.tell`."""
    shown = shown if shown in SHOWN else "all"
    place = _read(before)
    entries: list[Any] = []
    bought: list[Any] = []
    if shown != "orders":
        changes = [*CHANGES, *customers.named_entries()]
        kinds = {"notes": ["NOTE"], "changes": changes, "activities": ACTIVITIES}.get(shown, [])
        entries = customers.entries_of(customer, before=_before(place, "e"), most=PAGE + 1, kinds=kinds)
    if shown in ("all", "orders"):
        bought = orders.orders_of(customer.pk, before=_before(place, "o"), most=PAGE + 1)
    # (moment, entries before orders, key): the order of the list, from its end.
    keyed = [((one.at, 1, one.pk), one) for one in entries] + [((one.ordered_at, 0, one.pk), one) for one in bought]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    page = keyed[:PAGE]
    lines = orders.lines_of_many([one for key, one in page if key[1] == 0], most=LINES)
    happenings = [_entry(one, others) if key[1] else _order(one, lines[one.pk]) for key, one in page]
    rest = _write(page[-1][0], shown) if len(keyed) > PAGE else ""
    return Timeline(happenings, shown, rest)


def _heading(day: date) -> str:
    written = format_day(day)
    if 0 <= (timezone.localdate() - day).days <= 1:
        near = relative_day(day)
        return f"{near[0].upper()}{near[1:]}, {written}"
    return written


def _entry(one: Any, others: bool) -> Happening:
    named = customers.named_entries().get(one.kind)
    icon = named.icon if named else _ENTRY_ICONS.get(one.kind, "at-sign")
    if one.kind in ACTIVITIES:
        icon = "undo-2" if one.kind == "ACTIVITY_REOPENED" else _ACTIVITY_ICONS.get(one.data.get("kind"), "list-checks")
    return Happening(one.at, icon, entry=one, told=customers.tell(one, others=others))


def _order(one: Any, lines: list[Any]) -> Happening:
    shown = lines if len(lines) < LINES else lines[: LINES - 1]
    return Happening(
        one.ordered_at, _ORDER_ICONS[one.kind], order=one, lines=tuple(shown), more_lines=len(shown) < len(lines)
    )


def _write(key: tuple[datetime, int, int], shown: str) -> str:
    at, entry, pk = key
    day = timezone.localtime(at).date().isoformat()
    return urlencode({"before": f"{at.isoformat()}~{'e' if entry else 'o'}~{pk}", "show": shown, "day": day})


def _read(place: str) -> tuple[datetime, str, int] | None:
    at, _tilde, rest = place.partition("~")
    kind, _tilde, pk = rest.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    known = kind in ("e", "o") and pk.isdecimal() and len(pk) < 19 and moment.tzinfo is not None
    return (moment, kind, int(pk)) if known else None


def _before(place: tuple[datetime, str, int] | None, kind: str) -> tuple[datetime, int] | None:
    """From where on one of the two kinds goes on after a place."""
    if place is None:
        return None
    at, shown_kind, pk = place
    if shown_kind == kind:
        return at, pk
    return (at, _ALL) if kind == "o" else (at, 0)
