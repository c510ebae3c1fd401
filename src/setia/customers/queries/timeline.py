"""What happened with a customer, and how to reach them."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from setia.customers.models import ContactPoint, Customer, TimelineEntry


def entries_of(
    customer: Customer, *, before: tuple[datetime, int] | None, most: int, kinds: Collection[str] = ()
) -> list[TimelineEntry]:
    """The latest entries, newest first, older than `before` (moment and key of an entry). Empty `kinds` means all."""
    entries = TimelineEntry.objects.filter(customer=customer).select_related("by")
    if kinds:
        entries = entries.filter(kind__in=kinds)
    if before:
        at, pk = before
        entries = entries.filter(Q(at__lte=at) & (Q(at__lt=at) | Q(at=at, pk__lt=pk)))
    return list(entries.order_by("-at", "-id")[:most])


def contacts_of(customer: Customer) -> list[ContactPoint]:
    """The customer's contact points: the preferred one first, then by kind as the model lists them."""
    order = {kind: place for place, kind in enumerate(ContactPoint.Kind.values)}
    points = ContactPoint.objects.filter(customer=customer)
    return sorted(points, key=lambda point: (not point.preferred, order[point.kind], point.pk))
