"""Writes down what a verb did to an order, and tells who may care."""

from datetime import datetime
from typing import Any

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core import outbox
from setia.orders.models import Order


def record(
    verb: str,
    *,
    by: User,
    at: datetime,
    order: Order,
    customers: set[int | None],
    data: dict[str, Any] | None = None,
) -> None:
    """Write a verb (`edited`) in the audit trail and as an event, and one for each customer whose orders changed.

    A walk-in's order is nobody's, and still counts in the firm's figures: its event names no customer.
    """
    audit(by=by, at=at, verb=f"order.{verb}", about="order", about_id=order.pk, data=data)
    outbox.emit(f"order.{verb}", at=at, order_id=order.pk, customer_id=order.customer_id)
    known: list[int | None] = [*sorted(pk for pk in customers if pk is not None)]
    for customer_id in known or [None]:
        outbox.emit("order.changed", at=at, order_id=order.pk, customer_id=customer_id)
