"""Take a purchase back whole: a return that names it and mirrors its lines."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.core.text import paragraph
from setia.orders.actions._record import record
from setia.orders.actions.add import write_lines
from setia.orders.lines import Line
from setia.orders.models import Order


class CannotGiveBack(Exception):
    """Only a purchase can be taken back, and only once."""


def give_back(*, by: User, at: datetime, order: Order, reason: str) -> Order:
    """Take a purchase back whole, now. Answers the return; the purchase no longer counts as one.

    Raises `CannotGiveBack`. Of two people who do it at once, the second gets that.
    """
    require(by, "orders.give_back")
    with transaction.atomic():
        if not Order.objects.filter(pk=order.pk, kind=Order.Kind.PURCHASE, reversed=False).update(reversed=True):
            raise CannotGiveBack
        purchase = Order.objects.get(pk=order.pk)
        back = Order.objects.create(
            source=purchase.source,
            number=_free_number(purchase),
            numbered=purchase.numbered,
            customer_id=purchase.customer_id,
            ordered_at=at,
            day=firm().day_of(at),
            kind=Order.Kind.RETURN,
            cancelled=True,
            total=-purchase.total,
            discount=-purchase.discount,
            promotion_code=purchase.promotion_code,
            channel=purchase.channel,
            reverses=purchase,
            note=paragraph(reason),
            created_at=at,
        )
        write_lines(back, [_mirrored(line) for line in _lines(purchase)])
        record("given_back", by=by, at=at, order=purchase, customers={purchase.customer_id}, data={"by": back.number})
    return back


def _lines(order: Order) -> list[Line]:
    return [
        Line(line.product, line.quantity, line.unit_price, line.discount, line.description)
        for line in order.lines.select_related("product").order_by("position")
    ]


def _mirrored(line: Line) -> Line:
    return replace(line, quantity=-line.quantity, discount=-line.discount)


def _free_number(purchase: Order) -> str:
    """The purchase's number with `-R`, and counted on where a feed has that one already."""
    stem = f"{purchase.number[:190]}-R"
    taken = set(Order.objects.filter(source=purchase.source, number__startswith=stem).values_list("number", flat=True))
    return next(number for n in range(1, len(taken) + 2) if (number := stem if n == 1 else f"{stem}{n}") not in taken)
