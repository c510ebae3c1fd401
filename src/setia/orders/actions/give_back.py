"""Take a purchase back whole, by a return that names it and mirrors its lines; and think better of it."""

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
from setia.orders.queries import can_undo


class CannotGiveBack(Exception):
    """Only a purchase can be taken back, and only once."""


class CannotUndo(Exception):
    """Only a return written here can be taken away, and only once."""


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
            agent_id=purchase.agent_id,
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
        record(
            "given_back",
            by=by,
            at=at,
            order=purchase,
            customers={purchase.customer_id, purchase.agent_id},
            data={"by": back.number},
        )
    return back


def undo_give_back(*, by: User, at: datetime, order: Order) -> Order:
    """Take away a return that was written by `give_back`; answers its purchase, which counts again.

    Raises `CannotUndo` for a return that came with a file (undo that file instead) and for one already taken away.
    """
    require(by, "orders.give_back")
    with transaction.atomic():
        back = Order.objects.select_for_update(of=("self",)).filter(pk=order.pk).first()
        if back is None or back.reverses_id is None or not can_undo(back):
            raise CannotUndo
        purchase = Order.objects.get(pk=back.reverses_id)
        Order.objects.filter(pk=purchase.pk).update(reversed=False)
        back.delete()
        record(
            "give_back_undone",
            by=by,
            at=at,
            order=purchase,
            customers={purchase.customer_id, purchase.agent_id},
            data={"number": back.number, "reason": back.note},
            days=[back.day],
        )
        purchase.refresh_from_db()
    return purchase


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
