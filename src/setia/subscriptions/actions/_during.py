"""The frame of every verb on a subscription that is there: locked, brought up to the day, changed, written, told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.queries import today
from setia.subscriptions.actions._record import record
from setia.subscriptions.actions._steps import Progress
from setia.subscriptions.actions.follow import follow
from setia.subscriptions.models import Subscription

Told = Callable[[str, dict[str, Any]], None]


class NotNow(Exception):
    """What was asked for does not fit the state the subscription is in, which somebody else may just have changed."""


@contextmanager
def changing(
    *, by: User | None, at: datetime, subscription: Subscription, version: str = ""
) -> Iterator[tuple[Progress, date, Told]]:
    """Give the subscription as it is today, with the day and a function that says what was done. One transaction.

    Raises `ChangedMeanwhile` (of `core.versions`) where `version` is no longer the subscription's.
    """
    with transaction.atomic():
        one = Subscription.objects.select_for_update(of=("self",)).select_related("plan").get(pk=subscription.pk)
        versions.check(version, versions.version_of(one.updated_at))
        now = today(at=at)
        progress = Progress(one, by=None, at=at)
        progress.advance(now)  # what was due happened by itself, not by whoever comes along
        progress.by = by
        told: list[tuple[str, dict[str, Any]]] = []
        yield progress, now, lambda verb, data: told.append((verb, data))
        progress.advance(now)
        moves = bool(progress.steps)
        if told or moves or progress.periods:
            progress.write()
        if moves:
            follow([one.customer_id])
        for verb, data in told:
            customers = {one.customer_id} if moves else set()
            record(verb, by=by, at=at, about="subscription", about_id=one.pk, customers=customers, data=data)


def latest_day(subscription: Subscription) -> date:
    """The day of the latest step: nothing may be dated before it."""
    day = subscription.steps.order_by("-day", "-id").values_list("day", flat=True).first()
    return day or subscription.started_date
