"""What the people of a simulated shop have done: calls, meetings and tasks with their results, and visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from setia.accounts.models import User
from setia.core.queries import current_firm
from setia.sales.models import Activity, Visit


@dataclass(frozen=True)
class SampleDone:
    """Something done at a moment by one of the people (a place among them), with its outcome and result in words.

    A visit began `minutes` before, at a place (degrees and metres; None where the telephone said none); `there` says
    that it goes on still.
    """

    customer_id: int
    person: int
    kind: str
    title: str
    done_at: datetime
    minutes: int
    outcome: str = ""
    result: str = ""
    place: str = ""
    degrees: tuple[float, float] | None = None
    accuracy_m: int = 12
    flags: tuple[str, ...] = ()
    there: bool = False


def put_sample_past(samples: Sequence[SampleDone], *, people: Sequence[User], at: datetime) -> list[int]:
    """Write it down. Answers the activities' keys, to be taken out by."""
    zone, made, visits = current_firm().tz, [], []
    for one in samples:
        who = people[one.person % len(people)]
        begun = one.done_at - timedelta(minutes=one.minutes)
        one_done = Activity(
            kind=one.kind,
            title=one.title,
            customer_id=one.customer_id,
            owner=who,
            by=who,
            planned_at=None if one.kind == Activity.Kind.TASK else begun,
            duration_minutes=None if one.kind == Activity.Kind.TASK else one.minutes,
            due_date=begun.astimezone(zone).date(),
            place=one.place,
            done_at=None if one.there else one.done_at,
            done_by=None if one.there else who,
            outcome="" if one.there else one.outcome,
            result="" if one.there else one.result,
            created_at=begun - timedelta(days=1),
            updated_at=at,
        )
        made.append(one_done)
        if one.kind == Activity.Kind.VISIT:
            latitude, longitude = one.degrees or (None, None)
            accuracy = one.accuracy_m if one.degrees else None
            ended = not one.there
            visits.append(
                Visit(
                    activity=one_done,
                    person=who,
                    day=begun.astimezone(zone).date(),
                    arrived_at=begun,
                    left_at=one.done_at if ended else None,
                    latitude=latitude,
                    longitude=longitude,
                    accuracy_m=accuracy,
                    left_latitude=latitude if ended else None,
                    left_longitude=longitude if ended else None,
                    left_accuracy_m=accuracy if ended else None,
                    flags=list(one.flags),
                )
            )
    Activity.objects.bulk_create(made)
    Visit.objects.bulk_create(visits)
    return [one.pk for one in made]


def take_past_out(keys: Sequence[int], *, at: datetime) -> None:
    """Remove what was written at this moment and nobody has changed since, with its visits."""
    Activity.objects.filter(pk__in=keys, updated_at=at, visit__photos=None).delete()
