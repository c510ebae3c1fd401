"""Customers by their contact points, exactly: for programs."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from setia.customers import normalise
from setia.customers.models import ContactPoint, Customer
from setia.customers.names import split as split_name

__all__ = ["contacts_of_many", "has_contact", "reached_by", "split_name", "stands_twice"]

_TELEPHONES = (ContactPoint.Kind.PHONE.value, ContactPoint.Kind.WHATSAPP.value)


def contacts_of_many(customer_ids: Iterable[int]) -> dict[int, list[ContactPoint]]:
    """The contact points of a page of customers, ordered as `contacts_of` orders them. One query."""
    found: dict[int, list[ContactPoint]] = {pk: [] for pk in customer_ids}
    order = {kind: place for place, kind in enumerate(ContactPoint.Kind.values)}
    points = ContactPoint.objects.filter(customer__in=list(found))
    for point in sorted(points, key=lambda one: (not one.preferred, order[one.kind], one.pk)):
        found[point.customer_id].append(point)
    return found


def reached_by(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those of `customers` who have exactly this contact point, of whatever kind the text can be."""
    same = _same((kind, text) for kind in ContactPoint.Kind.values)
    return (
        customers.filter(Exists(ContactPoint.objects.filter(same, customer=OuterRef("pk"))))
        if same
        else (customers.none())
    )


def stands_twice(contacts: Iterable[tuple[str, str]]) -> bool:
    """Whether one of these pairs of kind and text says the same as another, however it is written."""
    values = [(kind, normalise.contact(kind, text) or text) for kind, text in contacts]
    return len(set(values)) < len(values)


def has_contact(customer: Customer, kind: str, text: str) -> bool:
    """Whether a customer has this contact point already, however it is written."""
    value = normalise.contact(kind, text)
    return value is not None and ContactPoint.objects.filter(customer=customer, kind=kind, value=value).exists()


def _same(contacts: Iterable[tuple[str, str]]) -> Q:
    same = Q()
    for kind, text in contacts:
        if value := normalise.contact(kind, text):
            kinds = _TELEPHONES if kind in _TELEPHONES else (kind,)
            same |= Q(kind__in=kinds, value=value)
    return same
