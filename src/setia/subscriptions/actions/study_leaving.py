"""Learn from all subscriptions there were who leaves at a renewal, once a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from setia.core.queries import today
from setia.subscriptions import analysis
from setia.subscriptions.models import LeavingStudy
from setia.subscriptions.queries.lived import Begun, Case, begun, raised

_Kind = tuple[int | None, str, int | None]
_Row = TypeVar("_Row", Begun, Case)
YEARLY_DISCOUNT = 0.1
"""What a year's waiting takes off money to come."""
_AHEAD = {"MONTH": 12, "QUARTER": 8, "YEAR": 5, "DAYS": 12}
"""Renewals a curve goes on beyond the longest subscription so far."""
_MONTHS = {"MONTH": 1.0, "QUARTER": 3.0, "YEAR": 12.0}


def study_leaving(*, at: datetime, again: bool = False) -> int:
    """Work out the studies anew for the firm's day, unless they are of that day already and not asked for `again`.

    Answers how many there are. A plan nobody ever paid for has none.
    """
    day = today(at=at)
    if not again and LeavingStudy.objects.filter(as_of_date__gte=day).exists():
        return LeavingStudy.objects.count()
    lives, rises = _gathered(begun(day)), _gathered(raised(day))
    studies = [_study(kind, cases, rises.get(kind, []), day) for kind, cases in lives.items()]
    with transaction.atomic():
        LeavingStudy.objects.all().delete()
        LeavingStudy.objects.bulk_create(studies)
    return len(studies)


def _gathered(cases: Iterable[_Row]) -> dict[_Kind, list[_Row]]:
    """By plan and length of period, and once more without the plan."""
    found: dict[_Kind, list[_Row]] = defaultdict(list)
    for one in cases:
        found[(one.plan_id, one.period, one.days)].append(one)
        found[(None, one.period, one.days)].append(one)
    return found


def _study(kind: _Kind, lives: list[Begun], rises: list[Case], day: date) -> LeavingStudy:
    plan_id, period, days = kind
    lasted = [analysis.Lived(one.renewals, one.left, one.subscriptions) for one in lives]
    learnt = analysis.leaving(lasted)
    longest = max(one.renewals for one in lives)
    expected = 0.0
    if learnt.alpha is not None and learnt.beta is not None:
        alpha, beta = learnt.alpha, learnt.beta
        expected = sum(one.subscriptions * alpha / (alpha + beta + one.renewals) for one in rises)
    return LeavingStudy(
        plan_id=plan_id,
        period=period,
        days=days,
        subscriptions=learnt.subscriptions,
        left=learnt.left,
        alpha=learnt.alpha,
        beta=learnt.beta,
        raised=sum(one.subscriptions for one in rises),
        raised_left=sum(one.subscriptions for one in rises if one.left),
        raised_expected=expected,
        cohorts=_cohorts(lives),
        curve=analysis.curve(lasted, until=longest + _AHEAD[period]),
        remaining=_remaining(lasted, lives, _MONTHS.get(period) or (days or 1) * 12 / 365),
        as_of_date=day,
    )


def _cohorts(lives: Sequence[Begun]) -> list[dict[str, Any]]:
    """The months in their order; `gone` and `there` as pairs of renewals and subscriptions, the fewest first."""
    months: dict[date, dict[bool, Counter[int]]] = defaultdict(lambda: {True: Counter(), False: Counter()})
    for one in lives:
        months[one.month][one.left][one.renewals] += one.subscriptions
    return [
        {
            "month": month.isoformat(),
            "began": counted[True].total() + counted[False].total(),
            "gone": sorted(counted[True].items()),
            "there": sorted(counted[False].items()),
        }
        for month, counted in sorted(months.items())
    ]


def _remaining(lasted: Sequence[analysis.Lived], lives: Sequence[Begun], months: float) -> dict[str, float | None]:
    """What is still to come from those who run, whose periods are so many months long."""
    pays: dict[int, float] = defaultdict(float)
    for one in lives:
        if not one.left:
            pays[one.renewals] += float(one.monthly) * months
    found = analysis.remaining(lasted, pays, discount=(1 + YEARLY_DISCOUNT) ** (months / 12) - 1)
    told: dict[str, float | None] = {"monthly": float(sum(one.monthly for one in lives if not one.left))}
    if found is not None:
        told |= found._asdict()
    return told
