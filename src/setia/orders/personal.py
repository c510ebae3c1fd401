"""What this room holds about a customer: what they bought. Orders stay at an erasure, as books must, under a pseudonym.

A note on an order is free text and may name somebody, so it goes; money, products and days stay.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.core.personal import AtErasure, Holding, Keeping, hold, keep_for
from setia.customers.actions import erase
from setia.customers.queries import untouched_since
from setia.orders.models import Order

_A_NIGHT = 500  # people: each is an erasure of its own

hold(
    Holding(
        "orders_order",
        _("Orders"),
        {
            "number": _("Order number"),
            "ordered_at": _("When"),
            "kind": _("Kind"),
            "total": _("Total"),
            "discount": _("Discount"),
            "channel": _("Channel"),
            "note": _("Note"),
        },
        at_erasure=AtErasure.BLANK,
        blank={"note": "''"},
        secret=("content_hash",),
        order=30,
    ),
    Holding(
        "orders_orderline",
        _("What was in the orders"),
        {
            "order": _("Order"),
            "product": _("Product"),
            "description": _("Description"),
            "quantity": _("Quantity"),
            "unit_price": _("Price"),
            "amount": _("Amount"),
        },
        at_erasure=AtErasure.KEEP,
        where="t.order_id IN (SELECT o.id FROM orders_order o WHERE o.customer_id = %(customer)s)",
        order=31,
    ),
)


def _prospects(before: datetime) -> QuerySet:  # type: ignore[type-arg]
    """Customers who never bought and with whom nothing has happened since; the longest silent first."""
    return untouched_since(before).filter(~Exists(Order.objects.filter(customer=OuterRef("pk"))))


def _forget_prospects(before: datetime) -> int:
    silent = list(_prospects(before)[:_A_NIGHT])
    for one in silent:
        erase(by=None, at=timezone.now(), customer=one)
    return len(silent)


keep_for(
    Keeping(
        "PROSPECTS",
        _("People who never bought"),
        _("Customers without an order with whom nothing has happened for that long. They are erased, 500 a night."),
        days=730,
        on=False,
        due=lambda before: _prospects(before).count(),
        go=_forget_prospects,
        sample=lambda before: [one.display_name for one in _prospects(before)[:5]],
    ),
)
