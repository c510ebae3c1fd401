"""Other terms: another price, quantity or discount, from today or a day to come; and dropping a planned change."""

from datetime import date, datetime
from decimal import Decimal

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.words import told, told_changes
from setia.subscriptions.actions import _steps
from setia.subscriptions.actions._during import NotNow, changing, latest_day
from setia.subscriptions.actions.start import WrongDay
from setia.subscriptions.models import Subscription


def change(
    *,
    by: User,
    at: datetime,
    subscription: Subscription,
    day: date | None = None,
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    discount: Decimal | None = None,
    version: str = "",
) -> Subscription:
    """Let other terms count from a day on (today, where none is given); what is not given stays.

    A day to come is planned: one change at a time, a newer plan takes the older one's place. A day that has passed must
    not lie before the latest step. Raises `NotNow` for one that is over, `WrongDay`, and `ChangedMeanwhile`.
    """
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription, version=version) as (progress, now, tell):
        one = progress.one
        if one.is_over:
            raise NotNow
        day = day or now
        given = {"quantity": quantity, "price": price, "discount": discount}
        terms = {name: value for name, value in given.items() if value is not None and value != getattr(one, name)}
        if day > now:
            if one.ends_date is not None and day >= one.ends_date:
                raise WrongDay("day", one.ends_date)
            one.planned_date = day if terms else None
            one.planned = {name: told(value) for name, value in terms.items()}
            changes = told_changes({name: (getattr(one, name), value) for name, value in terms.items()})
            if terms:
                tell("subscription.change_planned", {"changes": changes, "day": day.isoformat()})
            return one
        if day < max([latest_day(one), *(step.day for step in progress.steps)]):
            raise WrongDay("day", latest_day(one))
        if terms:
            changes = told_changes({name: (getattr(one, name), value) for name, value in terms.items()})
            _steps.change(progress, day, terms)
            tell("subscription.changed", {"changes": changes})
    return one


def drop_planned_change(*, by: User, at: datetime, subscription: Subscription) -> Subscription:
    """Let a planned change not come. Raises `NotNow` where none is planned."""
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription) as (progress, _now, tell):
        one = progress.one
        if one.planned_date is None:
            raise NotNow
        one.planned_date, one.planned = None, {}
        tell("subscription.planned_change_dropped", {})
    return one
