"""End a subscription, now or when what was paid for is over; and think better of it."""

from datetime import datetime

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.customers.actions import refuse_erased
from setia.subscriptions.actions import _steps
from setia.subscriptions.actions._during import NotNow, changing
from setia.subscriptions.models import Reason, Subscription

Status = Subscription.Status


def cancel(
    *,
    by: User,
    at: datetime,
    subscription: Subscription,
    reason: str,
    text: str = "",
    at_period_end: bool = False,
) -> Subscription:
    """End it today, or with `at_period_end` on the day the period (or the trial) is over. A paused one ends today.

    Raises `NotNow` for one that is over, and ValueError for a reason there is none of.
    """
    require(by, "subscriptions.cancel")
    why = Reason(reason)
    with changing(by=by, at=at, subscription=subscription) as (progress, now, tell):
        one = progress.one
        if one.is_over:
            raise NotNow
        one.reason, one.reason_text = why.value, paragraph(text)
        if one.reason_text:  # of somebody erased nothing is written any more; the end itself is no word about them
            refuse_erased([one.customer_id])
        over = one.trial_until_date if one.status == Status.TRIAL else one.until_date
        if at_period_end and one.status != Status.PAUSED and over is not None and over > now:
            one.ends_date = over if one.ends_date is None else min(over, one.ends_date)
            tell("subscription.cancel_planned", {"day": one.ends_date.isoformat(), "reason": why.value})
        else:
            _steps.end(progress, now)
            tell("subscription.cancelled", {"reason": why.value})
    return one


def keep(*, by: User, at: datetime, subscription: Subscription) -> Subscription:
    """Take back a cancellation whose day has not come. Raises `NotNow` where there is none.

    An end agreed from the beginning is not known any more then: it goes on until somebody cancels.
    """
    require(by, "subscriptions.cancel")
    with changing(by=by, at=at, subscription=subscription) as (progress, _now, tell):
        one = progress.one
        if one.is_over or not one.reason:
            raise NotNow
        one.ends_date, one.reason, one.reason_text = None, "", ""
        one.renewed_from_date = None
        tell("subscription.kept", {})
    return one
