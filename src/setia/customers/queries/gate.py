"""The only way to a customer: through the person who asks."""

from django.db.models import Q, QuerySet
from django.http import Http404

from setia.accounts.models import User
from setia.core.permissions import Actor, may, owners_seen
from setia.customers.models import ContactPoint, Customer


def customers_for(user: Actor) -> QuerySet[Customer]:
    """The customers this person may see, archived ones too: all, or those their team or they themselves are responsible
    for, as their role says. None for somebody who is not signed in.

    A customer merged into another one is not there any more. For somebody who sees all, nothing else is asked.
    """
    if not may(user, "customers.view"):
        return Customer.objects.none()
    customers = Customer.objects.filter(merged_into=None)
    owners = owners_seen(user)
    if owners is None:
        return customers
    if len(owners) == 1:
        return customers.filter(owner=next(iter(owners)))
    return customers.filter(owner__in=sorted(owners))


def get_customer_for(user: Actor, pk: int) -> Customer:
    """One customer with their industry and who recommended them. Raises `Http404` for one this person may not see.

    For one merged away it is the survivor, so that an old link, or a page opened before the merge, finds them.
    """
    seen = customers_for(user).select_related("industry", "recommended_by", "owner")
    customer = seen.filter(pk=pk).first() or seen.filter(pk__in=_survivor(pk)).first()
    if customer is None:
        raise Http404
    return customer


def may_see(user: Actor, customer: Customer) -> bool:
    """Whether this person may see a customer at hand, named on another one's page. One's own role costs no query."""
    if not may(user, "customers.view"):
        return False
    owners = owners_seen(user)
    return owners is None or customer.owner_id in owners


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


def assignable(user: Actor, present: int | None = None) -> QuerySet[User]:
    """The people this person may make responsible for a customer; whoever is so at `present` stays among them."""
    owners = owners_seen(user)
    people = User.objects.filter(Q(is_active=True) | Q(pk=present))
    return (people if owners is None else people.filter(pk__in=owners)).order_by("name", "email")


def name_of(user: Actor, pk: int) -> str:
    """A customer's name for a label; the key where there is none, or none this person may see."""
    found = customers_for(user).filter(pk=pk).first()
    return found.display_name if found else f"#{pk}"


def merged_into(customer: Customer) -> list[int]:
    """The keys of those merged into this customer: with the customer's own, all that its history is kept under."""
    return list(Customer.objects.filter(merged_into=customer).order_by("pk").values_list("pk", flat=True))


def _survivor(pk: int) -> QuerySet[Customer, int | None]:
    return Customer.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", flat=True)
