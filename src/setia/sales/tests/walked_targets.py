"""A target of Budi's and a rule of commission, for a walk along every address."""

from datetime import date, datetime
from decimal import Decimal

from setia.accounts.models import User
from setia.sales.models import CommissionMonth, CommissionRule, Target


def aimed(person: User, *, key: int, at: datetime) -> None:
    """A target and a rule with a month, all with the same key."""
    first, final = date(2026, 11, 1), date(2026, 11, 30)
    Target.objects.create(
        pk=key,
        measure="AMOUNT",
        person=person,
        from_date=first,
        until_date=final,
        value=Decimal(1),
        created_at=at,
        updated_at=at,
    )
    rule = CommissionRule.objects.create(
        pk=key, name="Ladder", tiers=[["0", "2"]], from_date=first, created_at=at, updated_at=at
    )
    CommissionMonth.objects.create(rule=rule, month=first)
