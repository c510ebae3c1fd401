"""Let a subscription that was agreed for a fixed time go on after its end; and take that back."""

from datetime import date, datetime

from setia.accounts.models import User
from setia.core.permissions import require
from setia.subscriptions.actions._during import NotNow, changing
from setia.subscriptions.actions.start import WrongDay
from setia.subscriptions.models import Subscription


def renew(*, by: User, at: datetime, subscription: Subscription, ends_date: date | None = None) -> Subscription:
    """Let one that was agreed for a fixed time go on after it: until another day, or until somebody cancels.

    Raises `NotNow` for one that is over, was cancelled or has no end, and `WrongDay` for a day not after that end.
    """
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription) as (progress, _now, tell):
        one = progress.one
        before = one.ends_date
        if not one.can_renew or before is None:
            raise NotNow
        if ends_date is not None and ends_date <= before:
            raise WrongDay("ends_date", before)
        one.renewed_from_date, one.ends_date = before, ends_date
        tell(
            "subscription.renewed_term",
            {"was": before.isoformat(), "until": ends_date.isoformat() if ends_date else ""},
        )
    return one


def take_renewal_back(*, by: User, at: datetime, subscription: Subscription) -> Subscription:
    """Let the end count again that was agreed before the latest renewal, as long as it has not come.

    Raises `NotNow` where there was no renewal, where that day has come, or where the subscription was cancelled since.
    """
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription) as (progress, now, tell):
        one = progress.one
        before = one.renewed_from_date
        if before is None or not one.can_take_renewal_back(now):
            raise NotNow
        one.ends_date, one.renewed_from_date = before, None
        tell("subscription.renewal_taken_back", {"until": before.isoformat()})
    return one
