"""Learn from all subscriptions there were who leaves at a renewal, once a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from setia.core.queries import today
from setia.subscriptions import analysis
from setia.subscriptions.models import LeavingStudy
from setia.subscriptions.queries.lived import Case, lived, raised

_Kind = tuple[int | None, str, int | None]


def study_leaving(*, at: datetime, again: bool = False) -> int:
    """Work out the studies anew for the firm's day, unless they are of that day already and not asked for `again`.

    Answers how many there are. A plan nobody ever paid for has none.
    """
    day = today(at=at)
    if not again and LeavingStudy.objects.filter(as_of_date__gte=day).exists():
        return LeavingStudy.objects.count()
    lives, rises = _gathered(lived(day)), _gathered(raised(day))
    studies = [_study(kind, cases, rises.get(kind, []), day) for kind, cases in lives.items()]
    with transaction.atomic():
        LeavingStudy.objects.all().delete()
        LeavingStudy.objects.bulk_create(studies)
    return len(studies)


def _gathered(cases: Iterable[Case]) -> dict[_Kind, list[Case]]:
    """By plan and length of period, and once more without the plan."""
    found: dict[_Kind, list[Case]] = defaultdict(list)
    for one in cases:
        found[(one.plan_id, one.period, one.days)].append(one)
        found[(None, one.period, one.days)].append(one)
    return found


def _study(kind: _Kind, lives: list[Case], rises: list[Case], day: date) -> LeavingStudy:
    plan_id, period, days = kind
    learnt = analysis.leaving(analysis.Lived(one.renewals, one.left, one.subscriptions) for one in lives)
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
        as_of_date=day,
    )
