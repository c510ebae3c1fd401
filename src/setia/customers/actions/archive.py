"""Put a customer out of the way, and back. Nothing is lost: orders still count, the record still opens."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions._record import record
from setia.customers.actions.erased import refuse_erased
from setia.customers.models import Customer


def archive(*, by: User, at: datetime, customer: Customer) -> None:
    """Take a customer off the lists. Of two people who do it at once, one does and one changes nothing."""
    require(by, "customers.archive")
    with transaction.atomic():
        if Customer.objects.filter(pk=customer.pk, archived_at=None).update(archived_at=at, updated_at=at):
            record("archived", by=by, at=at, customer=customer)


def archive_many(*, by: User, at: datetime, customers: Iterable[Customer]) -> int:
    """Take several customers off the lists, all of them or none. Answers how many were on them."""
    require(by, "customers.archive")
    with transaction.atomic():
        wanted = [one for one in customers if not one.is_archived]
        for one in wanted:
            archive(by=by, at=at, customer=one)
    return len(wanted)


def restore(*, by: User, at: datetime, customer: Customer) -> None:
    """Put an archived customer back on the lists."""
    require(by, "customers.restore")
    with transaction.atomic():
        refuse_erased([customer.pk])
        if Customer.objects.filter(pk=customer.pk, archived_at__isnull=False).update(archived_at=None, updated_at=at):
            record("restored", by=by, at=at, customer=customer)
