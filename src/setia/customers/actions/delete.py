"""Delete a customer that should never have been one."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.core.permissions import require
from setia.customers.actions.fields import forget_reference
from setia.customers.models import Customer


class StillReferenced(Exception):
    """Something the firm must keep, such as an order, names this customer. Archive it instead."""


def delete(*, by: User, at: datetime, customer: Customer) -> None:
    """Delete a customer with its contact points and timeline, for good. The owner alone may.

    Raises `StillReferenced` while an order points at it; the database says so too, should one come in meanwhile.
    """
    require(by, "customers.delete")
    pk = customer.pk
    try:
        with transaction.atomic():
            # The customer's row before those that hang on it, as everybody takes them.
            Customer.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            forget_reference(to=pk)
            Customer.objects.filter(pk=pk).delete()
            audit(
                by=by, at=at, verb="customer.deleted", about="customer", about_id=pk, data={"number": customer.number}
            )
            outbox.emit("customer.deleted", at=at, customer_id=pk)
    except (ProtectedError, RestrictedError, IntegrityError) as error:
        raise StillReferenced from error
