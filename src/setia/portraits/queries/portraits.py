"""Portraits of customers who have come through the gate."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from setia.core.keyset import Leg
from setia.portraits.models import Portrait


def portrait_of(customer_id: int) -> Portrait | None:
    """A customer's portrait; None for one who is newer than the latest refresh."""
    return Portrait.objects.filter(pk=customer_id).first()


def portraits_of(customer_ids: Iterable[int]) -> dict[int, Portrait]:
    """The portraits of a page of customers, by customer."""
    return Portrait.objects.in_bulk(list(customer_ids))


def legs_by_value(customers: QuerySet[Any], *, lowest_first: bool = False) -> list[Leg]:
    """Rows for a list by expected value: portraits with their `customer`, those without a value after all others."""
    rows = Portrait.objects.filter(customer__in=customers).select_related("customer")
    order = ("value", "-customer_id") if lowest_first else ("-value", "customer_id")
    return [Leg(rows.filter(value__isnull=False), order), Leg(rows.filter(value=None), ("customer_id",))]


def leaving_first(customers: QuerySet[Any], *, most: int) -> list[Portrait]:
    """Customers about to leave, those with the most at stake first, with their `customer`."""
    rows = Portrait.objects.filter(leaving=True, customer__in=customers)
    return list(rows.select_related("customer").order_by("-spent_12_months", "customer_id")[:most])
