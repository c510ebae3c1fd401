"""The renewals that are due, each with the risk that the customer leaves at it, and what that rests on.

The risk is the model's of the plan (of all plans of the same length, where the plan has too few), for somebody who has
renewed as often. Where the price rises for this renewal, it is multiplied by how many more left at earlier rises than
the model would have it. The interval is that of a count: of those who left, and of those who left at a rise (Garwood
1936, exact for a Poisson count); it says nothing of a future unlike the past.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet

from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.subscriptions.models import LeavingStudy, Subscription, SubscriptionStep
from setia.subscriptions.queries.gate import subscriptions_for
from setia.subscriptions.terms import as_long_again, periods_until

WITHIN = (30, 60, 90)
LEAST_RISES, LEAST_EXPECTED = 30, 3.0
"""Fewer renewals at a higher price, or fewer leavers to be expected among them, say nothing about a rise."""
_COVERAGE = 0.95


class Range(NamedTuple):
    """A share with the interval that holds it nineteen times out of twenty."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Renewal:
    """One renewal to come. `risk` is None where there is too little to say; `rise` is the price before and after.

    `pooled` says that all plans of this length were asked, `rise_known` whether the rise is in the risk.
    """

    subscription: Subscription
    made: int
    risk: Range | None
    rise: tuple[Decimal, Decimal] | None
    study: LeavingStudy | None
    pooled: bool
    rise_known: bool


def renewals_due(user: Actor, params: Mapping[str, str], *, today: date) -> QuerySet[Subscription]:
    """The subscriptions that renew from tomorrow on, within `within` days (30, 60, 90), of a `plan`, with a `rise`."""
    wanted = params.get("within", "")
    within = int(wanted) if wanted in map(str, WITHIN) else WITHIN[0]
    rows = subscriptions_for(user).filter(status="ACTIVE", reason="", until_date__gt=today)
    rows = rows.filter(until_date__lte=today + timedelta(days=within))
    # An agreed end before the renewal: it does not come to it.
    rows = rows.filter(Q(ends_date=None) | Q(ends_date__gt=today + timedelta(days=within)))
    if (plan := params.get("plan", "")).isdecimal() and len(plan) < 19:
        rows = rows.filter(plan=int(plan))
    return rows.filter(planned__has_key="price") if params.get("rise") == "1" else rows


def endings_due(user: Actor, params: Mapping[str, str], *, today: date) -> QuerySet[Subscription]:
    """The subscriptions whose agreed end comes `within` days (30, 60, 90) unless somebody renews them, of a `plan`."""
    wanted = params.get("within", "")
    within = int(wanted) if wanted in map(str, WITHIN) else WITHIN[0]
    rows = subscriptions_for(user).filter(ended_date=None, reason="", ends_date__isnull=False)
    rows = rows.filter(ends_date__gt=today, ends_date__lte=today + timedelta(days=within))
    if (plan := params.get("plan", "")).isdecimal() and len(plan) < 19:
        rows = rows.filter(plan=int(plan))
    return rows


def ending_legs(rows: QuerySet[Subscription]) -> list[Leg]:
    """Those that end soonest first."""
    return [Leg(rows.select_related("customer", "plan"), ("ends_date", "id"))]


def next_end(one: Subscription) -> date | None:
    """The end to suggest for a renewal: as long again as the time that ends now. None where it has no end."""
    if one.ends_date is None:
        return None
    began = one.renewed_from_date or one.trial_until_date or one.started_date
    try:
        return as_long_again(began, one.ends_date, one.period, one.days)
    except OverflowError:
        return None


def renewal_legs(rows: QuerySet[Subscription]) -> list[Leg]:
    """The soonest first."""
    return [Leg(rows.select_related("customer", "plan"), ("until_date", "id"))]


def with_risk(found: Sequence[Subscription], *, known: Sequence[LeavingStudy] | None = None) -> list[Renewal]:
    """The renewals of a page, each with its risk. Two queries, one where `all_studies` are known already."""
    studies = {(one.plan_id, one.period, one.days): one for one in (all_studies() if known is None else known)}
    rises = _rises(found)
    return [_renewal(one, studies, rises.get(one.pk)) for one in found]


def all_studies() -> list[LeavingStudy]:
    """What the risks rest on, a row a plan and one for all plans as long."""
    return list(LeavingStudy.objects.select_related("plan").order_by("id"))


def leaving_studies(user: Actor, *, known: Sequence[LeavingStudy] | None = None) -> list[LeavingStudy]:
    """What the risks rest on, by plan, the largest first; nothing for somebody who may not see the firm's revenue."""
    if not may(user, "subscriptions.revenue"):
        return []
    return sorted(
        all_studies() if known is None else known, key=lambda one: (one.plan_id is None, -one.subscriptions, one.pk)
    )


def first_risk(study: LeavingStudy) -> Range | None:
    """The risk at the first renewal."""
    return _scaled(_base(study, 0), study.left) if study.alpha is not None else None


def rise_factor(study: LeavingStudy) -> Range | None:
    """How many times more left at a higher price than without; None where too few prices rose."""
    if study.raised < LEAST_RISES or study.raised_expected < LEAST_EXPECTED:
        return None
    low, high = _counted(study.raised_left)
    expected = study.raised_expected
    return Range(study.raised_left / expected, low / expected, high / expected)


def _rises(found: Sequence[Subscription]) -> dict[int, tuple[Decimal, Decimal]]:
    """The prices that rise for the coming renewal: planned until then, or changed since the period began."""
    rises: dict[int, tuple[Decimal, Decimal]] = {}
    steps = SubscriptionStep.objects.filter(
        subscription__in=[one.pk for one in found], kind=SubscriptionStep.Kind.CHANGED, changes__has_key="price"
    ).order_by("day", "id")
    begun = {one.pk: one.from_date for one in found}
    for step in steps:
        since = begun[step.subscription_id]
        if since is not None and step.day > since:
            before, after = (Decimal(text) for text in step.changes["price"])
            rises[step.subscription_id] = (rises.get(step.subscription_id, (before, after))[0], after)
    for one in found:
        comes = one.planned_date and one.until_date and one.planned_date <= one.until_date
        if comes and "price" in one.planned and "plan" not in one.planned:
            rises[one.pk] = (rises.get(one.pk, (one.price, one.price))[0], Decimal(one.planned["price"]))
    return {key: (before, after) for key, (before, after) in rises.items() if after > before}


def _renewal(
    one: Subscription,
    studies: Mapping[tuple[int | None, str, int | None], LeavingStudy],
    rise: tuple[Decimal, Decimal] | None,
) -> Renewal:
    own = studies.get((one.plan_id, one.period, one.days))
    pooled = studies.get((None, one.period, one.days))
    study = next((each for each in (own, pooled) if each is not None and each.alpha is not None), None)
    began = one.trial_until_date or one.started_date
    assert one.until_date is not None  # what renews has a day for it
    made = max(periods_until(began, one.period, one.days, one.until_date) - 1, 0)
    if study is None:
        return Renewal(one, made, None, rise, None, False, False)
    risk = _scaled(_base(study, made), study.left)
    factor = next((found for each in (own, pooled) if each is not None and (found := rise_factor(each))), None)
    if rise is not None and factor is not None:
        base = _base(study, made)
        risk = Range(*(min(base * share, 1.0) for share in factor))
    return Renewal(one, made, risk, rise, study, study.plan_id is None, rise is not None and factor is not None)


def _base(study: LeavingStudy, made: int) -> float:
    """The chance of leaving at the renewal after so many: the model's retention, turned round."""
    assert study.alpha is not None
    assert study.beta is not None
    return study.alpha / (study.alpha + study.beta + made)


def _scaled(share: float, left: int) -> Range:
    low, high = _counted(left)
    return Range(share, min(share * low / left, 1.0), min(share * high / left, 1.0)) if left else Range(share, 0, 1)


def _counted(count: int) -> tuple[float, float]:
    """The interval of the mean behind a count."""
    from scipy.stats import chi2  # here and not above: the pages start without the libraries that count

    tail = (1 - _COVERAGE) / 2
    low = float(chi2.ppf(tail, 2 * count) / 2) if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2) / 2)
