"""What happens by itself: renewals, ends of trials and pauses, planned changes, ends. The worker asks every hour.

Only what is due is looked at, some hundred at a time, each lot a transaction of its own; a lot another worker has in
hand is passed over. Killed at any point, what was written stays and the rest is still due.
"""

from datetime import date, datetime

from django.db import transaction

from setia.core import outbox
from setia.core.queries import today
from setia.subscriptions.actions._steps import Progress
from setia.subscriptions.actions.follow import follow
from setia.subscriptions.models import Subscription

_LOT = 200
_BY_ITSELF = {
    "TRIAL_ENDED": "subscription.trial_ended",
    "CHANGED": "subscription.changed",
    "SWITCHED": "subscription.switched",
    "RESUMED": "subscription.resumed",
    "CANCELLED": "subscription.cancelled",
    "EXPIRED": "subscription.expired",
}
"""What is told of a step that nobody took."""


def roll_over(*, at: datetime) -> int:
    """Do all that is due by the firm's day at a moment. Answers how many subscriptions moved; again at once: none."""
    day = today(at=at)
    moved = 0
    while done := _some(day, at):
        moved += done
    return moved


def _some(day: date, at: datetime) -> int:
    with transaction.atomic():
        due = Subscription.objects.filter(due_date__lte=day).order_by("due_date", "id")
        lot = list(due.select_for_update(skip_locked=True, of=("self",))[:_LOT])
        touched = set()
        for one in lot:
            progress = Progress(one, by=None, at=at)
            progress.advance(day)
            if progress.steps:
                touched.add(one.customer_id)
            told = [_BY_ITSELF[step.kind] for step in progress.steps if step.kind in _BY_ITSELF]
            told += ["subscription.renewed"] if progress.periods else []
            progress.write()
            for name in dict.fromkeys(told):
                outbox.emit(name, at=at, subscription_id=one.pk)
        follow(touched)
        for customer_id in sorted(touched):
            outbox.emit("base.changed", at=at, customer_id=customer_id)
    return len(lot)
