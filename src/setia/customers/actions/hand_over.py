"""Write down that a copy of a person's data was handed out; the copy itself is `queries.bundle`."""

from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions._record import record
from setia.customers.models import Customer


def hand_over(*, by: User, at: datetime, customer: Customer) -> None:
    """Somebody took a copy of everything held about a customer: a line in the timeline and in the audit trail."""
    require(by, "customers.hand_over")
    with transaction.atomic():
        record("handed_over", by=by, at=at, customer=customer)
