"""Activities, as far as a person may see them: their own day, the list of all, the team's day, one customer's.

Somebody sees what is theirs to do and what is done for the customers they see; with sight of the team, what the team is
to do. Lists start from who does it, which an index answers; the customer of a row is named only to who may see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from setia.accounts.models import User
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.customers.queries import assignable, may_see, name_of
from setia.sales.models import Activity
from setia.sales.models.activities import OPEN
from setia.sales.queries.opportunities import may_see_opportunity

COMING_DAYS = 7
LATE, DAYS, SOMEDAY, DONE = 30, 150, 15, 50
"""Rows a person's day shows of each kind; a list holds the rest."""
CAPPED = 100
"""A person's activities are counted up to this."""
PEOPLE = 200


def activities_for(user: Actor) -> QuerySet[Activity]:
    """The activities this person may see: their own (their team's, everybody's) and those for customers they see."""
    if not may(user, "sales.view"):
        return Activity.objects.none()
    owners = owners_seen(user)
    if owners is None:
        return Activity.objects.all()
    seen = Q(owner__in=sorted(owners))
    if may(user, "customers.view"):
        seen |= Q(customer__owner__in=sorted(owners))
    return Activity.objects.filter(seen)


def activities_done_by(user: Actor) -> QuerySet[Activity]:
    """Those that this person, or whose work they see, is to do: what lists and counts start from."""
    if not may(user, "sales.view"):
        return Activity.objects.none()
    owners = owners_seen(user)
    return Activity.objects.all() if owners is None else Activity.objects.filter(owner__in=sorted(owners))


def get_activity_for(user: Actor, pk: int) -> Activity:
    """One activity with its customer, opportunity and people. Raises `Http404`.

    Found by its key alone, and then judged: the database need not ask who looks after which customer.
    """
    whole = Activity.objects.select_related("customer", "opportunity", "owner", "by", "done_by")
    found = whole.filter(pk=pk).first()
    if found is None or not may_see_activity(user, found):
        raise Http404
    return found


def may_see_activity(user: Actor, activity: Activity) -> bool:
    """What `activities_for` says, of an activity at hand with its customer. Asks nothing."""
    if not may(user, "sales.view"):
        return False
    owners = owners_seen(user)
    if owners is None or activity.owner_id in owners:
        return True
    return activity.customer is not None and may_see(user, activity.customer)


def may_change_activity(user: Actor, activity: Activity) -> bool:
    """Whether this person may change an activity they see: their own, one they planned, or any where they plan for
    others.
    """
    if not may(user, "sales.activities"):
        return False
    key = getattr(user, "pk", None)
    return key in (activity.owner_id, activity.by_id) or may(user, "sales.delegate")


class Shown(NamedTuple):
    """An activity for a reader: `customer` and `opportunity` only where they may see those, `mine` where they may
    change it.
    """

    activity: Activity
    customer: Any
    mine: bool
    opportunity: Any


def shown(user: Actor, activities: list[Activity]) -> list[Shown]:
    """Activities with what the reader may see and do. Asks nothing: the customers and opportunities come with the
    rows.
    """
    return [
        Shown(
            one,
            one.customer if one.customer is not None and may_see(user, one.customer) else None,
            may_change_activity(user, one),
            one.opportunity if one.opportunity is not None and may_see_opportunity(user, one.opportunity) else None,
        )
        for one in activities
    ]


@dataclass(frozen=True)
class MyDay:
    """What stands before a person: `late` from the oldest on (`more_late`: not all), `today` and `coming` by time,
    `someday` without a day, `done` today, the latest first.
    """

    late: list[Shown]
    more_late: bool
    today: list[Shown]
    coming: list[tuple[date, list[Shown]]]
    someday: list[Shown]
    done: list[Shown]

    @property
    def empty(self) -> bool:
        """Whether nothing at all stands there."""
        return not (self.late or self.today or self.coming or self.someday or self.done)


def my_day(user: User, *, today: date) -> MyDay:
    """This person's own day. Four questions, whatever there is."""
    if not may(user, "sales.view"):
        return MyDay([], False, [], [], [], [])
    mine = Activity.objects.filter(owner=user).select_related("customer", "opportunity")
    still = mine.filter(OPEN)
    late = list(still.filter(due_date__lt=today).order_by("due_date", "id")[: LATE + 1])
    until = today + timedelta(days=COMING_DAYS)
    days = still.filter(due_date__gte=today, due_date__lte=until).order_by("due_date", "id")[:DAYS]
    ahead = sorted(days, key=in_day)
    coming: dict[date, list[Activity]] = {}
    for one in ahead:
        if one.due_date is not None and one.due_date > today:
            coming.setdefault(one.due_date, []).append(one)
    return MyDay(
        late=shown(user, late[:LATE]),
        more_late=len(late) > LATE,
        today=shown(user, [one for one in ahead if one.due_date == today]),
        coming=[(day, shown(user, some)) for day, some in coming.items()],
        someday=shown(user, list(still.filter(due_date=None).order_by("id")[:SOMEDAY])),
        done=shown(user, list(mine.filter(done_at__gte=day_begins(today)).order_by("-done_at", "-id")[:DONE])),
    )


def in_day(activity: Activity) -> tuple[date, bool, float, int]:
    """The order within days: by time, then what has no time."""
    at = activity.planned_at
    return (activity.due_date or date.max, at is None, at.timestamp() if at else 0, activity.pk)


def day_begins(day: date) -> datetime:
    """The moment at which a day of the firm begins."""
    return datetime.combine(day, time(), tzinfo=current_firm().tz)


class PersonsDay(NamedTuple):
    """How one person stands: counts up to `CAPPED`, where it says "or more"."""

    person: User
    late: int
    today: int
    coming: int
    done: int


_COUNTS = """
SELECT p.id,
  (SELECT count(*) FROM (SELECT 1 FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at IS NULL
     AND a.cancelled_at IS NULL AND a.due_date < %(today)s LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT 1 FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at IS NULL
     AND a.cancelled_at IS NULL AND a.due_date = %(today)s LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT 1 FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at IS NULL
     AND a.cancelled_at IS NULL AND a.due_date > %(today)s AND a.due_date <= %(until)s LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT 1 FROM sales_activity a WHERE a.owner_id = p.id AND a.done_at >= %(begins)s
     LIMIT %(most)s) x)
FROM unnest(%(people)s::bigint[]) AS p(id)
"""


def team_day(user: User, *, today: date) -> list[PersonsDay]:
    """How everybody stands whose work this person sees: late, for today, for the coming days, done today.

    Counts are bounded by `CAPPED` for each person, so that a firm that never tidies up costs no more.
    """
    if not may(user, "sales.view"):
        return []
    people = list(assignable(user)[:PEOPLE])
    given: dict[str, Any] = {
        "today": today,
        "until": today + timedelta(days=COMING_DAYS),
        "begins": day_begins(today),
        "most": CAPPED,
        "people": [one.pk for one in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, given)
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
    return [PersonsDay(one, *counted[one.pk]) for one in people]


def activity_choices(user: User) -> dict[str, list[tuple[str, str]]]:
    """What a person may choose to narrow the list by. One query, for the names."""
    people = [(str(one.pk), str(one)) for one in assignable(user)[:PEOPLE] if one.pk != user.pk]
    return {
        "state": [
            ("", str(pgettext("activities", "Open"))),
            ("LATE", str(_("Late"))),
            ("DONE", str(pgettext("activities", "Done"))),
        ],
        "kind": [("", str(_("all"))), *((str(code), str(label)) for code, label in Activity.Kind.choices)],
        "who": [("", str(_("everybody"))), ("ME", str(_("me"))), *people],
    }


def narrow_activities(
    user: User, params: Mapping[str, str], *, today: date, choices: Mapping[str, list[tuple[str, str]]]
) -> tuple[QuerySet[Activity], list[Chip]]:
    """The activities an address names, as far as this person sees them, and the filters at work.

    `state` ('' open, `LATE`, `DONE`), `kind`, `who` (`ME`, or a person's key), `customer` (a key: then everything for
    that customer, whoever does it), `from` and `to` (days they were done on, of open ones days they are for).
    """
    chips: list[Chip] = []
    customer = params.get("customer", "")
    if customer.isdecimal() and len(customer) < 19:
        rows = activities_for(user).filter(customer=int(customer))
        chips.append(Chip(str(_("Customer")), name_of(user, int(customer)), "customer"))
    else:
        rows = activities_done_by(user)
    state = params.get("state", "")
    if state == "DONE":
        rows = rows.filter(done_at__isnull=False)
    else:
        rows = rows.filter(OPEN)
        if state == "LATE":
            rows = rows.filter(due_date__lt=today)
    if (kind := params.get("kind", "")) in Activity.Kind.values:
        rows = rows.filter(kind=kind)
    if (who := params.get("who", "")) in dict(choices["who"]) and who:
        rows = rows.filter(owner=user.pk if who == "ME" else int(who))
    for name, label, sign in (("from", _("From"), 0), ("to", _("Until"), 1)):
        if (day := _read_day(params.get(name, ""))) is None:
            continue
        if state == "DONE":
            moment = day_begins(day + timedelta(days=sign))
            rows = rows.filter(done_at__lt=moment) if sign else rows.filter(done_at__gte=moment)
        else:
            rows = rows.filter(due_date__lte=day) if sign else rows.filter(due_date__gte=day)
        chips.append(Chip(str(label), date_format(day, "j M Y"), name))
    for name, label in (("state", _("State")), ("kind", _("Kind")), ("who", _("Done by"))):
        words = dict(choices[name]).get(value := params.get(name, ""), "")
        if value and words:
            chips.append(Chip(str(label), words, name))
    return rows, chips


def _read_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def activity_legs(rows: QuerySet[Activity], *, state: str, owners: Sequence[int] = ()) -> list[Leg]:
    """Open ones by their day, those without one at the end; done ones, the latest first. `owners` are whose they are,
    where they are several people's.
    """
    rows = rows.select_related("customer", "opportunity", "owner")
    whole = Activity.objects.select_related("customer", "opportunity", "owner") if owners else None
    each = ("owner", owners) if owners else None
    if state == "DONE":
        return [Leg(rows, ("-done_at", "-id"), whole=whole, each=each)]
    legs = [Leg(rows.filter(due_date__isnull=False), ("due_date", "id"), whole=whole, each=each)]
    return legs if state == "LATE" else [*legs, Leg(rows.filter(due_date=None), ("id",), whole=whole, each=each)]


def listed_owners(user: Actor, params: Mapping[str, str]) -> list[int]:
    """Whose activities a list shows, where that is several people and not everybody; else nobody."""
    owners = owners_seen(user)
    if owners is None or not 1 < len(owners) <= PEOPLE or params.get("customer") or params.get("who"):
        return []
    return sorted(owners)


class OfCustomer(NamedTuple):
    """What a record shows of its activities: the open ones by day, and the latest that were done."""

    open: list[Shown]
    done: list[Shown]
    more_open: bool


def activities_of(user: User, customer: Any, *, most: int = 15, done: int = 5) -> OfCustomer:
    """One customer's activities; the customer has come through the gate. Two questions."""
    if not may(user, "sales.view"):
        return OfCustomer([], [], False)
    return _open_and_done(user, Activity.objects.filter(customer=customer), most=most, done=done)


def activities_to_win(user: User, opportunity: Any, *, most: int = 15, done: int = 5) -> OfCustomer:
    """One opportunity's activities, as far as this person may see them; it has come through the gate. Two questions."""
    if not may(user, "sales.view"):
        return OfCustomer([], [], False)
    found = _open_and_done(user, Activity.objects.filter(opportunity=opportunity), most=most, done=done)
    still, was = ([one for one in some if may_see_activity(user, one.activity)] for some in (found.open, found.done))
    return OfCustomer(still, was, found.more_open)


def _open_and_done(user: User, rows: QuerySet[Activity], *, most: int, done: int) -> OfCustomer:
    theirs = rows.select_related("owner", "customer", "opportunity")
    # The open ones of one record are few: sorted here, they are found by its own index alone.
    still = sorted(theirs.filter(OPEN).order_by("-done_at", "-id")[:200], key=in_day)
    was = theirs.filter(done_at__isnull=False).order_by("-done_at", "-id")[:done]
    return OfCustomer(shown(user, still[:most]), shown(user, list(was)), len(still) > most)
