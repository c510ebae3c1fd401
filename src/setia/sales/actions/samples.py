"""Activities of a simulated shop: what stands before its owner on the day it is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from setia.accounts.models import User
from setia.core.queries import firm
from setia.sales.models import Activity


@dataclass(frozen=True)
class SampleActivity:
    """Something still to be done, `days` from today (below 0: late; None: some day), at an hour or at any time."""

    customer_id: int | None
    kind: str
    title: str
    days: int | None
    hour: int | None = None
    minutes: int | None = None
    place: str = ""


def put_sample_activities(samples: Sequence[SampleActivity], *, owner: User, at: datetime, today: date) -> list[int]:
    """Write them down as the owner's. Answers their keys, to be taken out by."""
    zone = firm().tz
    made = []
    for one in samples:
        day = None if one.days is None else today + timedelta(days=one.days)
        begins = datetime.combine(day, time(one.hour), tzinfo=zone) if day and one.hour is not None else None
        made.append(
            Activity(
                kind=one.kind,
                title=one.title,
                customer_id=one.customer_id,
                owner=owner,
                planned_at=begins,
                duration_minutes=one.minutes,
                due_date=day,
                place=one.place,
                created_at=at,
                updated_at=at,
            )
        )
    return [one.pk for one in Activity.objects.bulk_create(made)]


def take_activities_out(keys: Sequence[int]) -> None:
    """Remove those nobody has touched since; what somebody did or changed is theirs now."""
    Activity.objects.filter(pk__in=keys, by=None, done_at=None, cancelled_at=None, revision=0).delete()
