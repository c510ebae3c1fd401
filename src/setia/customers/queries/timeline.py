"""What happened with a customer, and how to reach them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from setia.core.permissions import Actor
from setia.customers.models import ContactPoint, Customer, TimelineEntry
from setia.customers.queries.gate import customers_for, merged_into


def entries_of(
    customer: Customer, *, before: tuple[datetime, int] | None, most: int, kinds: Collection[str] = ()
) -> list[TimelineEntry]:
    """The latest entries, newest first, older than `before` (moment and key of an entry). Empty `kinds` means all.

    Entries of those merged into this customer are among them, each still with the customer it was written about.
    """
    entries = TimelineEntry.objects.select_related("by", "customer")
    merged = merged_into(customer)
    # With one key the index gives the newest first; several have to be sorted, which only those merged pay for.
    entries = entries.filter(customer__in=[customer.pk, *merged]) if merged else entries.filter(customer=customer)
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


def mobiles_of(customer_ids: Iterable[int]) -> dict[int, str]:
    """A number to write to on WhatsApp, in E.164, for those of these customers who have one. One query."""
    points = ContactPoint.objects.filter(customer__in=list(customer_ids), kind__in=["WHATSAPP", "PHONE"])
    # The last one set counts: WhatsApp before telephone, the preferred one before all.
    return {point.customer_id: point.value for point in points.order_by("preferred", "kind", "-id")}


def reach_of(customer_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """A telephone number and an e-mail address for each of these customers who has one. One query."""
    points = ContactPoint.objects.filter(customer__in=list(customer_ids), kind__in=["WHATSAPP", "PHONE", "EMAIL"])
    found: dict[int, dict[str, str]] = {}
    for point in points.order_by("preferred", "kind", "-id"):
        found.setdefault(point.customer_id, {})["EMAIL" if point.kind == "EMAIL" else "PHONE"] = point.value
    return found


def recommended_by(user: Actor, customer: Customer, *, most: int) -> list[Customer]:
    """The customers this one has recommended, the newest first: those this person may see."""
    return list(customers_for(user).filter(recommended_by=customer).order_by("-id")[:most])
