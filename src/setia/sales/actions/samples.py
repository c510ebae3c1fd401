"""Opportunities and activities of a simulated shop: what stands before its owner on the day it is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from setia.accounts.models import User
from setia.core.queries import firm
from setia.sales.actions.follow_owners import follow_owners
from setia.sales.actions.pipelines import make_first_pipeline
from setia.sales.models import Activity, Competitor, LostReason, Opportunity, Stage, StageChange

_STEP_DAYS = 6
"""How long a sample stood in each stage before the one it is in."""


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
    untouched = Activity.objects.filter(pk__in=keys, by=None, done_at=None, cancelled_at=None, revision=0)
    untouched.filter(visit=None).delete()


@dataclass(frozen=True)
class SampleOpportunity:
    """Something a customer may buy, since `waiting` days in the stage of this place (from 0), decided in `due` days.

    `lost`: it stood so until today, and then was lost.
    """

    customer_id: int
    title: str
    amount: int
    place: int
    waiting: int
    due: int
    next_step: str = ""
    lost: bool = False


def put_sample_opportunities(
    samples: Sequence[SampleOpportunity], *, owner: User, rivals: Sequence[int] = (), at: datetime, today: date
) -> list[int]:
    """Write them down as the owner's, each with its way through the firm's first pipeline. Answers their keys.

    Every third one has met the brands of the keys `rivals`.
    """
    make_first_pipeline(at=at)
    stages = list(
        Stage.objects.filter(archived_at=None, pipeline__archived_at=None)
        .select_related("pipeline")
        .order_by("pipeline__position", "pipeline_id", "position")
    )
    stages = [one for one in stages if one.pipeline_id == stages[0].pipeline_id]
    samples = [one for one in samples if one.place < len(stages)]  # the firm's own pipeline may be shorter
    reason = LostReason.objects.filter(archived_at=None).order_by("id").first()
    made: list[Opportunity] = []
    steps: list[StageChange] = []
    for sample in samples:
        passed = stages[: sample.place + 1]
        entered = [at - timedelta(days=sample.waiting + _STEP_DAYS * back) for back in reversed(range(len(passed)))]
        lost = sample.lost and reason is not None
        one = Opportunity(
            customer_id=sample.customer_id,
            owner=owner,
            pipeline_id=passed[-1].pipeline_id,
            stage=passed[-1],
            title=sample.title,
            amount=Decimal(sample.amount),
            expected_date=today + timedelta(days=sample.due),
            next_step=sample.next_step,
            entered_at=entered[-1],
            created_at=entered[0],
            updated_at=at,
        )
        ways: list[tuple[Stage | None, Stage, datetime | None, datetime]] = [(None, passed[0], None, entered[0])]
        ways += [
            (before, after, since, moment)
            for (before, after), (since, moment) in zip(pairwise(passed), pairwise(entered), strict=True)
        ]
        steps += [
            StageChange(
                opportunity=one, before=before, after=after, status="OPEN", amount=one.amount, since=since, at=moment
            )
            for before, after, since, moment in ways
        ]
        if lost:
            one.status, one.closed_at, one.lost_reason = Opportunity.Status.LOST, at, reason
            steps.append(
                StageChange(
                    opportunity=one,
                    before=one.stage,
                    after=one.stage,
                    status="LOST",
                    amount=one.amount,
                    since=entered[-1],
                    at=at,
                )
            )
        made.append(one)
    Opportunity.objects.bulk_create(made)
    follow_owners([one.customer_id for one in made])
    StageChange.objects.bulk_create(steps)
    Competitor.objects.bulk_create(Competitor(opportunity=one, rival_id=key) for one in made[::3] for key in rivals)
    return [one.pk for one in made]


def take_opportunities_out(keys: Sequence[int], *, at: datetime) -> None:
    """Remove those written at this moment that nobody has changed since."""
    Opportunity.objects.filter(pk__in=keys, updated_at=at, order=None, subscription=None).delete()
