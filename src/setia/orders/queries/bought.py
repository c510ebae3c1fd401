"""Whether a customer bought within some days: what the pages behind a figure narrow a list of customers by."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from setia.orders.models import Order, OrderLine


def bought_between(first: date, latest: date, *, after: str | None = None, free: bool = False) -> Exists:
    """For a queryset of customers: a purchase that counts on a day from `first` to `latest`, both included.

    `after` names an annotation of that queryset: a day the purchase must lie after. `free` counts orders of nothing as
    purchases, where the firm does.
    """
    kinds = [Order.Kind.PURCHASE, *([Order.Kind.FREE] if free else [])]
    purchases = Order.objects.filter(
        customer=OuterRef("pk"), kind__in=kinds, reversed=False, day__gte=first, day__lte=latest
    )
    return Exists(purchases.filter(day__gt=OuterRef(after)) if after else purchases)


def buyers_on(day: date, *, free: bool = False) -> QuerySet[Any]:
    """The customers (`customer_id`) of the purchases of one day, found by the index of moments."""
    kinds = [Order.Kind.PURCHASE, *([Order.Kind.FREE] if free else [])]
    noon = datetime.combine(day, time(12), UTC)
    # No zone is further from noon in UTC than this, so every moment of the firm's day lies within.
    around = (noon - timedelta(hours=27), noon + timedelta(hours=27))
    orders = Order.objects.filter(ordered_at__range=around, day=day, kind__in=kinds, reversed=False)
    return orders.filter(customer__isnull=False).values("customer_id")


def buyers_of(*products: int, since: date) -> QuerySet[Any]:
    """The customers (`customer_id`) of purchases since a day that have a line of each of these products."""
    orders = Order.objects.filter(kind=Order.Kind.PURCHASE, reversed=False, day__gte=since, customer__isnull=False)
    # By the index of moments: no zone is further from UTC than this.
    orders = orders.filter(ordered_at__gte=datetime.combine(since, time(), UTC) - timedelta(hours=15))
    return with_products(orders, *products).values("customer_id")


def with_products(orders: QuerySet[Order], *products: int) -> QuerySet[Order]:
    """Of these orders the ones that have a line of each of these products."""
    for product in products:
        orders = orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), product=product, amount__gt=0)))
    return orders
