"""The only ways to prospects: through the person who asks. Who sees a customer sees how they stand as a prospect."""

from django.db.models import QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may, owners_seen
from setia.orders.queries import first_bought
from setia.sales.models import Prospect


def prospects_for(user: Actor) -> QuerySet[Prospect]:
    """The prospects among the customers this person may see, those of archived ones too; none of merged ones."""
    if not may_see_prospects(user):
        return Prospect.objects.none()
    rows = Prospect.objects.filter(customer__merged_into=None)
    owners = owners_seen(user)
    if owners is None:
        return rows
    return rows.filter(customer_owner__in=sorted(owners))


def may_see_prospects(user: Actor) -> bool:
    """Whether this person may see prospects at all: theirs, or everybody's."""
    return may(user, "sales.view") and may(user, "customers.view")


def get_prospect_for(user: Actor, pk: int) -> Prospect:
    """One prospect with their customer and who looks after them. Raises `Http404`."""
    found = prospects_for(user).select_related("customer", "customer__owner").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def prospect_of(user: Actor, customer_id: int) -> Prospect | None:
    """How a customer stands as a prospect, as far as this person may see it."""
    return prospects_for(user).select_related("captured_by", "customer__industry").filter(customer=customer_id).first()


def has_bought(customer_id: int) -> bool:
    """Whether a customer has bought, and so is no prospect any more."""
    return bool(first_bought([customer_id]))
