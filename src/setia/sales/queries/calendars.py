"""A person's calendar: a month, a week or a day of their activities, and the same for other programs (iCalendar)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import override

from setia.accounts.models import User
from setia.core.permissions import may
from setia.core.queries import current_firm
from setia.customers.queries import assignable
from setia.sales.ical import Item
from setia.sales.models import Activity, CalendarFeed
from setia.sales.queries.activities import PEOPLE, Shown, in_day, shown
from setia.sales.secret_address import hash_token

MOST = 1000
"""Activities a page of the calendar, or the feed, holds."""
BACK, AHEAD = timedelta(days=90), timedelta(days=366)
"""How far the feed reaches."""


@dataclass(frozen=True)
class Calendar:
    """Days from Monday on, each with its activities by time. `person` is whose they are."""

    person: User
    first: date
    final: date
    weeks: list[list[tuple[date, list[Shown]]]]
    full: bool


def calendar_of(user: User, person: User, *, first: date, final: date) -> Calendar:
    """Whole weeks that hold the days asked for, of somebody whose work the reader sees. One question."""
    begins = first - timedelta(days=first.weekday())
    ends = final + timedelta(days=6 - final.weekday())
    rows = Activity.objects.none()
    if may(user, "sales.view"):
        rows = Activity.objects.filter(
            owner=person, due_date__gte=begins, due_date__lte=ends, cancelled_at=None
        ).select_related("customer", "opportunity")
    found = list(rows.order_by("due_date", "id")[: MOST + 1])
    by_day: dict[date, list[Activity]] = {}
    for one in sorted(found[:MOST], key=in_day):
        if one.due_date is not None:
            by_day.setdefault(one.due_date, []).append(one)
    days = [begins + timedelta(days=number) for number in range((ends - begins).days + 1)]
    told = [(day, shown(user, by_day.get(day, []))) for day in days]
    return Calendar(person, first, final, [told[at : at + 7] for at in range(0, len(told), 7)], len(found) > MOST)


def calendar_people(user: User) -> list[User]:
    """Whose calendars this person may look at: their own first."""
    return sorted(assignable(user, user.pk)[:PEOPLE], key=lambda one: (one.pk != user.pk, str(one)))


def feed_of(user: User) -> CalendarFeed | None:
    """The address this person's calendar is read from, if they have one."""
    return CalendarFeed.objects.filter(user=user).first()


def feed_for(token: str) -> CalendarFeed | None:
    """The feed behind a secret; None for a wrong one, for somebody who left, or who may not see activities any more."""
    feed = CalendarFeed.objects.select_related("user__role").filter(token_hash=hash_token(token)).first()
    return feed if feed is not None and may(feed.user, "sales.view") else None


def feed_items(user: User, *, at: datetime) -> list[Item]:
    """What the feed of this person holds: their own activities, customers named only where they see them."""
    today = current_firm().day_of(at)
    rows = Activity.objects.filter(owner=user, due_date__gte=today - BACK, due_date__lte=today + AHEAD)
    rows = rows.filter(Q(cancelled_at=None) | Q(cancelled_at__gte=at - BACK))
    found = shown(user, list(rows.select_related("customer", "opportunity").order_by("-due_date", "-id")[:MOST]))
    with override(user.language or current_firm().language):
        kinds = {kind.value: str(kind.label) for kind in Activity.Kind}
        return [_item(one, kinds) for one in found]


def _item(one: Shown, kinds: Mapping[str, str]) -> Item:
    activity = one.activity
    whom = f": {one.customer.display_name}" if one.customer else ""
    done = "✓ " if activity.done_at else ""
    return Item(
        uid=f"activity-{activity.pk}.{activity.created_at:%Y%m%d%H%M%S%f}@setia",
        sequence=activity.revision,
        changed_at=activity.updated_at,
        title=f"{done}{activity.title}{whom}",
        at=activity.planned_at,
        minutes=activity.duration_minutes,
        day=activity.due_date or activity.created_at.date(),
        place=activity.place,
        text=activity.note,
        kind=kinds[activity.kind],
        cancelled=activity.cancelled_at is not None,
        busy=activity.planned_at is not None and activity.is_open,
    )
