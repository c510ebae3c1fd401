"""Who reacts to which event: the one table to read. NOW is in the event's transaction, LATER is a job for the worker.

A reaction now must be quick and may fail the action it belongs to; everything else is later. A job is deferred in the
event's transaction, so it exists exactly if the event does; one that already waits is not queued twice.
"""

from collections.abc import Callable

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.core.models import Event


def _keep_portrait_up(event: Event) -> None:
    # What counts is heavy: loaded by the first order, not at the start.
    from setia.portraits import actions, queries

    customer_id = event.payload["customer_id"]
    if not actions.keep_up(customer_id, at=event.at):
        app.configure_task("portraits.refresh_one").defer(customer_id=customer_id)
    if queries.follows_at_once():
        _defer_once("portraits.refresh_all")


NOW: dict[str, tuple[Callable[[Event], None], ...]] = {
    "order.changed": (_keep_portrait_up,),
    "customer.added": (_keep_portrait_up,),
}
"""Event → functions, called in order."""

LATER: dict[str, tuple[str, ...]] = {
    "import.done": ("portraits.refresh_all",),
    "import.undone": ("portraits.refresh_all",),
    "firm.changed": ("portraits.refresh_all",),
}
"""Event → names of tasks without arguments."""


def hear(event: Event) -> None:
    """Let everybody react who listens for this event."""
    for react in NOW.get(event.name, ()):
        react(event)
    for task in LATER.get(event.name, ()):
        _defer_once(task)


def _defer_once(task: str) -> None:
    try:
        with transaction.atomic():  # the queue's refusal of a second one must not undo the action
            app.configure_task(task, queueing_lock=task).defer()
    except AlreadyEnqueued:
        return
