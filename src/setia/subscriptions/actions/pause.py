"""Let a subscription rest, and go on."""

from datetime import date, datetime

from setia.accounts.models import User
from setia.core.permissions import require
from setia.subscriptions.actions import _steps
from setia.subscriptions.actions._during import NotNow, changing
from setia.subscriptions.actions.start import WrongDay
from setia.subscriptions.models import Subscription, SubscriptionStep

Status = Subscription.Status


def pause(*, by: User, at: datetime, subscription: Subscription, resumes_date: date | None = None) -> Subscription:
    """Let it rest from today, until `resumes_date` (the first day it runs again) or until somebody resumes it.

    What is left of the period waits. Raises `NotNow` unless it is active and no end is set, and `WrongDay`.
    """
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription) as (progress, now, tell):
        one = progress.one
        if one.status != Status.ACTIVE or one.reason:
            raise NotNow
        if resumes_date is not None and resumes_date <= now:
            raise WrongDay("resumes_date", now)
        one.status, one.paused_date, one.resumes_date = Status.PAUSED, now, resumes_date
        progress.step(SubscriptionStep.Kind.PAUSED, now)
        tell("subscription.paused", {"until": resumes_date.isoformat()} if resumes_date else {})
    return one


def resume(*, by: User, at: datetime, subscription: Subscription) -> Subscription:
    """Let it go on today. Raises `NotNow` unless it rests."""
    require(by, "subscriptions.edit")
    with changing(by=by, at=at, subscription=subscription) as (progress, now, tell):
        if progress.one.status != Status.PAUSED:
            raise NotNow
        _steps.resume(progress, now)
        tell("subscription.resumed", {})
    return progress.one
