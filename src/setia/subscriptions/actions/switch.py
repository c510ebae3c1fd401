"""To another plan: its price and its period, from today or a day to come."""

from datetime import date, datetime
from decimal import Decimal

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.words import told, told_changes
from setia.subscriptions.actions import _steps
from setia.subscriptions.actions._during import NotNow, changing, latest_day
from setia.subscriptions.actions.start import WrongDay
from setia.subscriptions.models import Plan, Subscription


class SamePlan(Exception):
    """The subscription has this plan already; other terms of it are a change."""


def switch(
    *,
    by: User,
    at: datetime,
    subscription: Subscription,
    plan: Plan,
    day: date | None = None,
    price: Decimal | None = None,
    quantity: Decimal | None = None,
    discount: Decimal | None = None,
    version: str = "",
) -> Subscription:
    """Let it go to another plan from a day on (today, where none is given), at that plan's price unless one is given.

    What it brings in a month is another from that day on: an expansion or a contraction of the month's revenue. The
    period that runs keeps its price and its length; the next one is the new plan's. A day to come is planned and can be
    dropped (`drop_planned_change`). Raises `SamePlan`, `NotNow` for one that is over, `WrongDay`, `ChangedMeanwhile`.
    """
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription, version=version) as (progress, now, tell):
        one = progress.one
        if one.is_over:
            raise NotNow
        if one.plan_id == plan.pk:
            raise SamePlan
        day = day or now
        given = {"quantity": quantity, "price": plan.price if price is None else price, "discount": discount}
        terms = {name: value for name, value in given.items() if value is not None and value != getattr(one, name)}
        changes = told_changes(
            {"plan": (one.plan, plan)} | {name: (getattr(one, name), value) for name, value in terms.items()}
        )
        if day > now:
            if one.ends_date is not None and day >= one.ends_date:
                raise WrongDay("day", one.ends_date)
            one.planned_date = day
            one.planned = {"plan": str(plan.pk)} | {name: told(value) for name, value in terms.items()}
            tell("subscription.switch_planned", {"changes": changes, "day": day.isoformat()})
            return one
        if day < max([latest_day(one), *(step.day for step in progress.steps)]):
            raise WrongDay("day", latest_day(one))
        _steps.switch(progress, day, plan, terms)
        tell("subscription.switched", {"changes": changes})
    return one
