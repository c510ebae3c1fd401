"""Writes down what a verb did to an order, and tells who may care."""

from collections.abc import Collection
from datetime import date, datetime
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
    days: Collection[date] = (),
) -> None:
    """Write a verb (`edited`) in the audit trail and as an event, and one for each customer whose orders changed.

    `days` are those its figures lay on before, or still lie on where a row is gone: what is counted by day needs them.
    A walk-in's order is nobody's, and still counts in the firm's figures: its event names no customer.
    """
    audit(by=by, at=at, verb=f"order.{verb}", about="order", about_id=order.pk, data=data)
    outbox.emit(f"order.{verb}", at=at, order_id=order.pk, customer_id=order.customer_id)
    known: list[int | None] = [*sorted(pk for pk in customers if pk is not None)]
    told: dict[str, Any] = {"days": sorted({day.isoformat() for day in days})} if days else {}
    for customer_id in known or [None]:
        outbox.emit("order.changed", at=at, order_id=order.pk, customer_id=customer_id, **told)
