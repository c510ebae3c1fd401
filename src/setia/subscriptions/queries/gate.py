"""The only ways to subscriptions and units: through the person who asks. Plans are the firm's."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may, owners_seen
from setia.subscriptions.models import Plan, Subscription, Unit

M = TypeVar("M", bound=Model)


def subscriptions_for(user: Actor) -> QuerySet[Subscription]:
    """The subscriptions of the customers this person may see. For somebody who sees all, nothing is added."""
    return _of_visible(user, Subscription.objects.all())


def get_subscription_for(user: Actor, pk: int) -> Subscription:
    """One subscription with its customer and plan. Raises `Http404`."""
    found = subscriptions_for(user).select_related("customer", "plan__product").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def units_for(user: Actor) -> QuerySet[Unit]:
    """The units of the customers this person may see, those out of use too."""
    return _of_visible(user, Unit.objects.all())


def get_unit_for(user: Actor, pk: int) -> Unit:
    """One unit with its product and customer. Raises `Http404`."""
    found = units_for(user).select_related("customer", "product").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def plans_for(user: Actor) -> QuerySet[Plan]:
    """All plans, archived ones too; none for somebody who may not see subscriptions."""
    return Plan.objects.all() if may(user, "subscriptions.view") else Plan.objects.none()


def get_plan_for(user: Actor, pk: int) -> Plan:
    """One plan with its product. Raises `Http404`."""
    found = plans_for(user).select_related("product").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _of_visible(user: Actor, rows: "QuerySet[M]") -> "QuerySet[M]":
    if not (may(user, "subscriptions.view") and may(user, "customers.view")):
        return rows.none()
    owners = owners_seen(user)
    if owners is None:
        return rows
    if len(owners) == 1:
        return rows.filter(customer__owner=next(iter(owners)))
    return rows.filter(customer__owner__in=sorted(owners))
