"""Working hours: who works when, and by when an answer is due that is promised within so many working minutes."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from setia.core.queries import current_firm
from setia.sales.models import SalesDesk, WorkTime

_MOST_DAYS = 400


class Hours(Protocol):
    """Days of the week as ISO numbers, and from when until when one works on them."""

    days: str
    from_time: time
    until_time: time


def desk() -> SalesDesk:
    """The firm's terms, as they are or as they are to begin with."""
    return SalesDesk.objects.filter(pk=1).first() or SalesDesk()


def due_of(at: datetime, terms: SalesDesk) -> datetime | None:
    """By when somebody who came in at a moment should hear from the firm; None where nothing is promised."""
    if terms.response_minutes is None:
        return None
    if not terms.business_hours:
        return at + timedelta(minutes=terms.response_minutes)
    return after_work(at, minutes=terms.response_minutes, hours=terms, tz=current_firm().tz)


def after_work(at: datetime, *, minutes: int, hours: Hours, tz: ZoneInfo) -> datetime:
    """The moment when so many minutes have been worked since `at`."""
    left = timedelta(minutes=minutes)
    day = at.astimezone(tz).date()
    for _day in range(_MOST_DAYS):
        if str(day.isoweekday()) in hours.days:
            begins = max(_moment(day, hours.from_time, tz), at)
            ends = _moment(day, hours.until_time, tz)
            if begins + left <= ends:
                return begins + left
            left -= max(ends - begins, timedelta())
        day += timedelta(days=1)
    return at + left


def at_work(at: datetime, *, hours: Hours, tz: ZoneInfo) -> bool:
    """Whether one works at a moment."""
    here = at.astimezone(tz)
    return str(here.isoweekday()) in hours.days and hours.from_time <= here.time() < hours.until_time


def hours_of(people: Iterable[int], *, terms: SalesDesk) -> dict[int, WorkTime | SalesDesk]:
    """When each of these people works: as they said, else as the firm does."""
    own = {one.user_id: one for one in WorkTime.objects.filter(user__in=list(people))}
    return {pk: own.get(pk, terms) for pk in people}


def away(hours: WorkTime | SalesDesk, day: date) -> bool:
    """Whether somebody is away on a day."""
    until = getattr(hours, "away_until_date", None)
    return until is not None and day <= until


def _moment(day: date, clock: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=tz)
