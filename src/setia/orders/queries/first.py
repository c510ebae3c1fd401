"""Who has bought: the line between a prospect and a customer."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Min

from setia.core.among import among
from setia.orders.models import Order


def first_bought(customer_ids: Collection[int]) -> dict[int, datetime]:
    """Of these customers, those who have bought, with the moment of the first purchase. One query.

    A purchase taken back whole is none, and what was free is none.
    """
    bought = Order.objects.filter(among("customer", customer_ids), kind=Order.Kind.PURCHASE, reversed=False)
    return dict(bought.values_list("customer").annotate(first=Min("ordered_at")).values_list("customer", "first"))
