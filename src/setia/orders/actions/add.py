"""Enter an order by hand."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Unpack

from django.db import IntegrityError, connection, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.customers.actions import hold, refuse_erased
from setia.orders.actions._record import record
from setia.orders.kinds import kind_of
from setia.orders.lines import Facts, Line, total_of
from setia.orders.models import Order, OrderLine

SOURCE = "main"  # an order typed in and the same order in tomorrow's file are one, by number


class NoLines(Exception):
    """An order needs at least one line."""


class NumberTaken(Exception):
    """Another order has this number. `order` is that one."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class OwnAgent(Exception):
    """Nobody sells to themselves: the customer of an order cannot be credited with it."""


def add(*, by: User, at: datetime, lines: Sequence[Line], **facts: Unpack[Facts]) -> Order:
    """Enter an order. Without a number it gets one of its own (`S-` and its key). Its kind follows from its total.

    Raises `NoLines`, `NumberTaken` and `OwnAgent`.
    """
    require(by, "orders.add")
    if not lines:
        raise NoLines
    order = Order(**{"ordered_at": at, "discount": Decimal(0), **facts}, source=SOURCE, created_at=at)
    settle(order, lines)
    try:
        with transaction.atomic():
            if order.customer_id:
                order.customer_id = hold(order.customer_id)
                refuse_erased([order.customer_id])
            hold_agent(order)
            if order.agent_id:
                refuse_erased([order.agent_id])
            if not order.number:
                order.pk = _next_key()
                order.number = f"S-{order.pk}"
            order.save(force_insert=True)
            write_lines(order, lines)
            record("added", by=by, at=at, order=order, customers={order.customer_id, order.agent_id})
    except IntegrityError:
        refuse_taken_number(order)
        raise
    return order


def hold_agent(order: Order) -> None:
    """Hold whom an order is credited to, as `hold` does its customer. Raises `OwnAgent`."""
    if order.agent_id:
        order.agent_id = hold(order.agent_id)
        if order.agent_id == order.customer_id:
            raise OwnAgent


def settle(order: Order, lines: Sequence[Line]) -> None:
    """Work out what follows from the rest: total, kind, the firm's day."""
    order.total = total_of(lines, order.discount)
    order.kind = kind_of(cancelled=order.cancelled, total=order.total, has_customer=order.customer_id is not None)
    order.day = firm().day_of(order.ordered_at)


def write_lines(order: Order, lines: Sequence[Line]) -> None:
    """Write an order's lines, numbered from 1."""
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product=line.product,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            amount=line.amount,
        )
        for position, line in enumerate(lines, start=1)
    )


def refuse_taken_number(order: Order) -> None:
    """Raise `NumberTaken` where another order of the same source has this order's number."""
    if other := Order.objects.filter(source=order.source, number=order.number).exclude(pk=order.pk).first():
        raise NumberTaken(other)


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orders_order', 'id'))")
        return int(cursor.fetchone()[0])
