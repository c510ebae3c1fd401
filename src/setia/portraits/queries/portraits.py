"""Portraits of customers who have come through the gate."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from setia.core.keyset import Leg
from setia.core.yearly import coming
from setia.portraits.models import Portrait


def portraits_among(customers: QuerySet[Any]) -> QuerySet[Portrait]:
    """The portraits of `customers`, who have come through the gate."""
    return Portrait.objects.filter(customer__in=customers)


def portrait_of(customer_id: int) -> Portrait | None:
    """A customer's portrait; None for one who is newer than the latest refresh."""
    return Portrait.objects.filter(pk=customer_id).first()


def portraits_of(customer_ids: Iterable[int]) -> dict[int, Portrait]:
    """The portraits of a page of customers, by customer."""
    return Portrait.objects.in_bulk(list(customer_ids))


def leaving_first(customers: QuerySet[Any], *, most: int) -> list[Portrait]:
    """Customers about to leave, those with the most at stake first, with their `customer`."""
    rows = Portrait.objects.filter(leaving=True, customer__in=customers)
    return list(rows.select_related("customer").order_by("-spent_12_months", "customer_id")[:most])


def worth_most(customers: QuerySet[Any], *, most: int) -> list[Portrait]:
    """The customers who spent most so far, with their `customer`."""
    rows = Portrait.objects.filter(spent_rank__isnull=False, customer__in=customers)
    return list(rows.select_related("customer").order_by("spent_rank")[:most])


def anniversaries(customers: QuerySet[Any], *, today: date, days: int) -> Sequence[Leg]:
    """Anniversaries of the first purchase within so many days, as legs of a list. Rows have their `customer`."""
    bought = Portrait.objects.filter(first_date__lt=today, customer__in=customers).select_related("customer")
    return coming(bought, "first_date", today=today, days=days, key="customer_id")
