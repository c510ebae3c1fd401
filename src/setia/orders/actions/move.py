"""Give orders to another customer: what came in while two were one, or was entered for the wrong one."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers.actions import hold, refuse_erased
from setia.orders.actions._record import record
from setia.orders.models import Order

if TYPE_CHECKING:
    from setia.customers.models import Customer


def move(*, by: User, at: datetime, orders: Sequence[Order], customer: "Customer") -> int:
    """Let these orders be this customer's, with the returns that name them. Answers how many were not.

    An order of nobody stays nobody's: with a customer it would count as something else.
    """
    require(by, "orders.edit")
    with transaction.atomic():
        to = hold(customer.pk)
        refuse_erased([to])
        keys = {one.pk for one in orders}
        keys |= set(Order.objects.filter(reverses__in=keys).values_list("pk", flat=True))
        keys |= {one.reverses_id for one in Order.objects.filter(pk__in=keys) if one.reverses_id}
        found = Order.objects.select_for_update(of=("self",)).filter(pk__in=keys, customer__isnull=False)
        moved = [one for one in found.order_by("pk") if one.customer_id != to]
        for one in moved:
            was = one.customer_id
            one.customer_id = to
            one.save(update_fields=["customer"])
            record("moved", by=by, at=at, order=one, customers={was, to}, data={"from": was, "to": to})
    return len(moved)
