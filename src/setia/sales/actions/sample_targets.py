"""Targets and commission of a simulated shop: what its people are to reach this month, and what they earn."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from setia.accounts.models import User
from setia.sales.actions.commission import compute_month
from setia.sales.actions.tally import count_days, mark_stale
from setia.sales.models import CommissionMonth, CommissionRow, CommissionRule, Tally, Target

_NAME = "Komisi penjualan"
_TIERS = [["0", "1"], ["10000000", "1.5"], ["25000000", "2.5"]]
_STEP = Decimal(500_000)


def put_sample_targets(*, people: Sequence[User], owner: User, at: datetime, today: date) -> dict[str, list[int]]:
    """A target of this month for the firm and each of these, a tenth above what the month before brought, and a rule of
    commission worked out for both months. Answers the keys made.
    """
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    until = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    count_days([before + timedelta(days=day) for day in range((today - before).days + 1)])
    made = []
    for person in (None, *people):
        value = _above(person, before, first)
        target, fresh = Target.objects.get_or_create(
            measure=Target.Measure.AMOUNT,
            person=person,
            team=None,
            product=None,
            from_date=first,
            until_date=until,
            defaults={"value": value, "made_by": owner, "created_at": at, "updated_at": at},
        )
        made += [target.pk] if fresh else []
    rule = CommissionRule.objects.create(
        name=_NAME, tiers=_TIERS, closer_percent=100, from_date=before, made_by=owner, created_at=at, updated_at=at
    )
    for month in (before, first):
        compute_month(rule=rule, month=month, at=at)
    return {"targets": made, "commission_rules": [rule.pk]}


def take_targets_out(keys: dict[str, list[int]], *, at: datetime) -> None:
    """Remove the targets nobody has changed since, and the rules of which payroll took no month."""
    Target.objects.filter(pk__in=keys.get("targets", []), updated_at=at).delete()
    taken = CommissionMonth.objects.filter(closed_at__isnull=False).values("rule")
    rules = CommissionRule.objects.filter(pk__in=keys.get("commission_rules", [])).exclude(pk__in=taken)
    gone = list(rules.values_list("pk", flat=True))
    CommissionRow.objects.filter(rule__in=gone).delete()
    CommissionMonth.objects.filter(rule__in=gone).delete()
    rules.filter(pk__in=gone).delete()
    mark_stale(list(Tally.objects.values_list("day", flat=True).distinct()))


def _above(person: User | None, begins: date, ends: date) -> Decimal:
    """A tenth above what somebody, or the whole firm, sold in a time, rounded up to a figure people would name."""
    days = Tally.objects.filter(what=Tally.What.SOLD, product=None, day__gte=begins, day__lt=ends)
    sold = (days if person is None else days.filter(person=person)).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return max((sold * 11 / 10 // _STEP + 1) * _STEP, _STEP)
