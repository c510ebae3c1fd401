"""Writes down what a verb did: the customer's timeline, the firm's audit trail, and the outbox."""

from datetime import datetime
from typing import Any

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.customers.actions.erased import refuse_erased
from setia.customers.models import Customer, TimelineEntry

_OF_THE_ERASED = ("erased", "handed_over")


def record(
    verb: str,
    *,
    by: User | None,
    at: datetime,
    customer: Customer,
    data: dict[str, Any] | None = None,
    audited: dict[str, Any] | None = None,
) -> TimelineEntry:
    """Write a verb (`edited`) three times over; answers the entry of the timeline.

    `data` is for the timeline, which the customer's own colleagues read; `audited` for the audit trail, which holds
    names of fields and never a person's details. Raises `RecordErased`, but for what is done to the erased themselves.
    """
    entry = TimelineEntry.objects.create(customer=customer, kind=verb.upper(), at=at, by=by, data=data or {})
    if verb not in _OF_THE_ERASED:
        refuse_erased([customer.pk])
    audit(by=by, at=at, verb=f"customer.{verb}", about="customer", about_id=customer.pk, data=audited)
    outbox.emit(f"customer.{verb}", at=at, customer_id=customer.pk)
    return entry


def enter(verb: str, *, by: User | None, at: datetime, customer_id: int, data: dict[str, Any]) -> TimelineEntry:
    """Write what a verb of another room means for a customer on their timeline, and nowhere else: that room audits and
    announces it itself. Ask `refuse_erased` first.
    """
    return TimelineEntry.objects.create(customer_id=customer_id, kind=verb.upper(), at=at, by=by, data=data)
