"""Sequences of follow-ups: the templates, what may be started where, what runs, and on which day a step falls."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from setia.accounts.models import User
from setia.core.permissions import Actor, may, owners_seen
from setia.sales.models import FollowStep, FollowUp, Opportunity, Prospect, Sequence, SequenceStep

_CLOSED = 3
"""So many that have come to an end are shown beside those that run."""


def sequences_for(user: Actor, *, archived: bool = False) -> QuerySet[Sequence]:
    """The templates in use (or those put away), with their steps."""
    rows = (
        Sequence.objects.filter(archived_at__isnull=not archived)
        if may(user, "sales.view")
        else Sequence.objects.none()
    )
    rows = rows.select_related("pipeline", "stage").order_by("pipeline__position", "stage__position", "name", "id")
    return rows.prefetch_related(Prefetch("steps", SequenceStep.objects.order_by("position"), to_attr="shown"))


def get_sequence_for(user: Actor, pk: int) -> Sequence:
    """One template with its steps. Raises `Http404`."""
    found = (
        Sequence.objects.select_related("pipeline", "stage").filter(pk=pk).first() if may(user, "sales.view") else None
    )
    if found is None:
        raise Http404
    return found


def fitting(*, opportunity: Opportunity | None = None, prospect: Prospect | None = None) -> QuerySet[Sequence]:
    """The templates that are for an opportunity where it stands, or for a prospect as they stand."""
    rows = Sequence.objects.filter(archived_at=None)
    if opportunity is not None:
        return rows.filter(Q(stage=opportunity.stage_id) | Q(stage=None), pipeline=opportunity.pipeline_id)
    status = prospect.status if prospect is not None else ""
    return rows.filter(Q(status=status) | Q(status=""), pipeline=None)


@dataclass(frozen=True)
class ShownStep:
    """A step of what runs, for a reader. `state`: DONE, SKIPPED, OPEN, PAUSED, COMING or LEFT (never came)."""

    position: int
    kind: str
    title: str
    state: str
    activity: Any


@dataclass(frozen=True)
class ShownFollowUp:
    """What runs or ran, with its steps; `back` where the step left out last can be taken back."""

    one: FollowUp
    steps: list[ShownStep]
    back: bool


@dataclass(frozen=True)
class FollowUps:
    """What a record shows: what runs and ran lately, and what may be started beside it."""

    running: list[ShownFollowUp]
    closed: list[ShownFollowUp]
    offered: list[Sequence]


def follow_ups_of(user: User, *, opportunity: Opportunity | None = None, prospect: Prospect | None = None) -> FollowUps:
    """Of an opportunity or a prospect, which has come through the gate. Four questions at the most."""
    if not may(user, "sales.view"):
        return FollowUps([], [], [])
    if opportunity is not None:
        rows, open_to = FollowUp.objects.filter(opportunity=opportunity), opportunity.is_open
    else:
        rows = FollowUp.objects.filter(customer=prospect.customer_id if prospect else None, opportunity=None)
        open_to = prospect is not None and prospect.is_open
    steps = FollowStep.objects.select_related("activity__owner").order_by("position")
    plan = SequenceStep.objects.order_by("position")
    found = list(
        rows.select_related("sequence", "started_by")
        .prefetch_related(Prefetch("taken", steps, to_attr="known"), Prefetch("sequence__steps", plan, to_attr="shown"))
        .order_by("-started_at", "-id")[:30]
    )
    running = [one for one in found if one.is_open]
    busy = {one.sequence_id for one in running}
    offered = list(fitting(opportunity=opportunity, prospect=prospect).order_by("name")) if open_to else []
    return FollowUps(
        [_shown(one) for one in running],
        [_shown(one) for one in found if not one.is_open][:_CLOSED],
        [one for one in offered if one.pk not in busy],
    )


def _shown(one: FollowUp) -> ShownFollowUp:
    known = {step.position: step for step in one.known}  # type: ignore[attr-defined]
    plan = {step.position: step for step in one.sequence.shown}  # type: ignore[attr-defined]
    steps = []
    for position in sorted({*known, *(place for place in plan if place > one.position)}):
        taken = known.get(position)
        if taken is None:
            state = "COMING" if one.is_open else "LEFT"
            steps.append(ShownStep(position, plan[position].kind, plan[position].title, state, None))
            continue
        activity = taken.activity
        state = (
            "DONE" if activity.done_at else "SKIPPED" if taken.skipped_at else "OPEN" if activity.is_open else "LEFT"
        )
        if state == "LEFT" and one.state == FollowUp.State.PAUSED:
            state = "PAUSED"
        steps.append(ShownStep(position, activity.kind, activity.title, state, activity))
    before = known.get(one.position - 1)
    back = one.state == FollowUp.State.RUNNING and before is not None and before.skipped_at is not None
    return ShownFollowUp(one, steps, back)


def follow_ups_for(user: Actor) -> QuerySet[FollowUp]:
    """What runs or ran for the opportunities and prospects this person sees (as their own gates say)."""
    if not (may(user, "sales.view") and may(user, "customers.view")):
        return FollowUp.objects.none()
    rows = FollowUp.objects.filter(customer__merged_into=None)
    owners = owners_seen(user)
    if owners is None:
        return rows
    keys = sorted({*owners, *([user.pk] if isinstance(user, User) else [])})
    to_win = Q(opportunity__customer_owner__in=keys) | Q(opportunity__owner__in=keys)
    return rows.filter(to_win | Q(opportunity=None, customer__owner__in=sorted(owners)))


def get_follow_up_for(user: Actor, pk: int) -> FollowUp:
    """One that runs or ran. Raises `Http404`."""
    whole = follow_ups_for(user).select_related("sequence", "customer", "opportunity")
    found = whole.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def step_day(begun: date, days: int, *, earliest: date, working: str = "") -> date:
    """The day a step falls on: so many days after `begun`, and never before `earliest`.

    `working` holds the week's working days as ISO numbers (1 is Monday): then only those count, and the step falls on
    one; '' counts every day.
    """
    if not working:
        return max(begun + timedelta(days=days), earliest)
    day, left = begun, days
    while left:
        day += timedelta(days=1)
        left -= str(day.isoweekday()) in working
    day = max(day, earliest)
    while str(day.isoweekday()) not in working:
        day += timedelta(days=1)
    return day
