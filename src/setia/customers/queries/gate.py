"""The only way to a customer: through the person who asks."""

from django.db.models import Q, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.customers.models import ContactPoint, Customer


def customers_for(user: Actor) -> QuerySet[Customer]:
    """The customers this person may see, archived ones too; none for somebody who is not signed in.

    A customer merged into another one is not there any more.
    """
    return Customer.objects.filter(merged_into=None) if may(user, "customers.view") else Customer.objects.none()


def get_customer_for(user: Actor, pk: int) -> Customer:
    """One customer with their industry and who recommended them. Raises `Http404` for one this person may not see.

    For one merged away it is the survivor, so that an old link, or a page opened before the merge, finds them.
    """
    seen = customers_for(user).select_related("industry", "recommended_by")
    customer = seen.filter(pk=pk).first() or seen.filter(pk__in=_survivor(pk)).first()
    if customer is None:
        raise Http404
    return customer


def get_contact_for(user: Actor, pk: int, contact_pk: int) -> ContactPoint:
    """A contact point of a customer this person may see. Raises `Http404`."""
    contact = (
        ContactPoint.objects.select_related("customer")
        .filter(pk=contact_pk, customer__in=customers_for(user).filter(Q(pk=pk) | Q(pk__in=_survivor(pk))))
        .first()
    )
    if contact is None:
        raise Http404
    return contact


def name_of(pk: int) -> str:
    """A customer's name for a label on a page whose rows went through the gate; the key where there is none."""
    found = Customer.objects.filter(pk=pk).first()
    return found.display_name if found else f"#{pk}"


def merged_into(customer: Customer) -> list[int]:
    """The keys of those merged into this customer: with the customer's own, all that its history is kept under."""
    return list(Customer.objects.filter(merged_into=customer).order_by("pk").values_list("pk", flat=True))


def _survivor(pk: int) -> QuerySet[Customer, int | None]:
    return Customer.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", flat=True)
