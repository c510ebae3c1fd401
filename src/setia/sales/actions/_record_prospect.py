"""Writes down what a verb did to a prospect: on the customer's timeline, in the audit trail, and as an event."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from setia.customers import actions as customers

if TYPE_CHECKING:
    from setia.accounts.models import User
    from setia.customers.models import Customer


def record(
    verb: str,
    *,
    by: "User | None",
    at: datetime,
    customer: "Customer",
    data: dict[str, Any] | None = None,
    audited: dict[str, Any] | None = None,
) -> None:
    """Write a verb (`captured`) three times over. `data` is for the timeline, `audited` for the trail.

    What a person typed (a note) stands on the timeline alone, which an erasure reaches.
    """
    customers.record(f"prospect_{verb}", by=by, at=at, customer=customer, data=data, audited=audited)
