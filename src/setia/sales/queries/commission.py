"""Commission: its rules, its months with what each person earned, and the rows behind a sum."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Sum
from django.http import Http404

from setia.accounts.queries import people_by_id
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.sales.models import CommissionMonth, CommissionRow, CommissionRule

MONTHS = 24


class Earner(NamedTuple):
    """What one person earned in a month: `person` is None for somebody who has left and was taken away."""

    person: Any
    base: Decimal
    amount: Decimal
    rows: int


class Sheet(NamedTuple):
    """A month of a rule: the month's row (None before it is worked out), who earned what, the sum."""

    rule: CommissionRule
    month: date
    state: CommissionMonth | None
    earners: list[Earner]
    amount: Decimal


def commission_rules_for(user: Actor) -> QuerySet[CommissionRule]:
    """The rules; everybody who sells may read by what they are paid."""
    return CommissionRule.objects.all() if may(user, "sales.view") else CommissionRule.objects.none()


def get_commission_rule_for(user: Actor, pk: int) -> CommissionRule:
    """One rule. Raises `Http404`."""
    found = commission_rules_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def commission_rows_for(user: Actor) -> QuerySet[CommissionRow]:
    """The rows this person may see: all with `sales.commission`, else their own."""
    if not may(user, "sales.view"):
        return CommissionRow.objects.none()
    if may(user, "sales.commission"):
        return CommissionRow.objects.all()
    return CommissionRow.objects.filter(person=getattr(user, "pk", None))


def get_month(rule: CommissionRule, month: date) -> CommissionMonth:
    """A month of a rule that was worked out. Raises `Http404`."""
    found = CommissionMonth.objects.select_related("rule").filter(rule=rule, month=month).first()
    if found is None:
        raise Http404
    return found


def months_of(rule: CommissionRule, *, today: date) -> list[date]:
    """The first days of a rule's months, the newest first, at most `MONTHS`."""
    found: list[date] = []
    month = today.replace(day=1)
    while month >= rule.from_date and len(found) < MONTHS:
        if rule.until_date is None or month <= rule.until_date:
            found.append(month)
        month = date(month.year - (month.month == 1), month.month - 1 or 12, 1)
    return found


def sheet_for(user: Actor, rule: CommissionRule, month: date) -> Sheet:
    """A month as far as this person may see it. Three queries."""
    rows = commission_rows_for(user).filter(rule=rule, month=month)
    sums = rows.order_by().values_list("person").annotate(Sum("base"), Sum("amount"), Count("id"))
    found = list(sums)
    people = people_by_id({key for key, *_figures in found if key is not None})
    earners = [Earner(people.get(key), base, amount, count) for key, base, amount, count in found]
    earners.sort(key=lambda one: (-one.amount, str(one.person or "")))
    state = CommissionMonth.objects.filter(rule=rule, month=month).first()
    return Sheet(rule, month, state, earners, sum((one.amount for one in earners), Decimal(0)))


def commission_legs(rows: QuerySet[CommissionRow]) -> list[Leg]:
    """The order of the rows behind a sum: the latest written first."""
    return [Leg(rows.select_related("person", "reverses"), ("-month", "-id"))]
