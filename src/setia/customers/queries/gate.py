"""The only way to a customer: through the person who asks."""

from django.db.models import QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may
from setia.customers.models import ContactPoint, Customer


def customers_for(user: Actor) -> QuerySet[Customer]:
    """The customers this person may see, archived ones too; none for somebody who is not signed in."""
    return Customer.objects.all() if may(user, "customers.view") else Customer.objects.none()


def get_customer_for(user: Actor, pk: int) -> Customer:
    """One customer with their industry and who recommended them. Raises `Http404` for one this person may not see."""
    customer = customers_for(user).select_related("industry", "recommended_by").filter(pk=pk).first()
    if customer is None:
        raise Http404
    return customer


def get_contact_for(user: Actor, pk: int, contact_pk: int) -> ContactPoint:
    """A contact point of a customer this person may see. Raises `Http404`."""
    contact = (
        ContactPoint.objects.select_related("customer")
        .filter(pk=contact_pk, customer__in=customers_for(user).filter(pk=pk))
        .first()
    )
    if contact is None:
        raise Http404
    return contact


def name_of(pk: int) -> str:
    """A customer's name for a label on a page whose rows went through the gate; the key where there is none."""
    found = Customer.objects.filter(pk=pk).first()
    return found.display_name if found else f"#{pk}"
