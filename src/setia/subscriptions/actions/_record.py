"""Writes down what a verb did here, and tells who may care."""

from datetime import datetime
from typing import Any

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox


def record(
    verb: str,
    *,
    by: User | None,
    at: datetime,
    about: str,
    about_id: int,
    customers: set[int],
    data: dict[str, Any] | None = None,
) -> None:
    """Write a verb (`subscription.paused`) in the audit trail and as an event, and one for each customer it touches."""
    audit(by=by, at=at, verb=verb, about=about, about_id=about_id, data=data)
    outbox.emit(verb, at=at, **{f"{about}_id": about_id})
    for customer_id in sorted(customers):
        outbox.emit("base.changed", at=at, customer_id=customer_id)
