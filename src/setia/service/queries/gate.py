"""The only ways to contracts, revisions and complaints: through the person who asks."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from setia.core.permissions import Actor, may, owners_seen
from setia.service.models import Concern, Contract

M = TypeVar("M", bound=Model)


def contracts_for(user: Actor) -> QuerySet[Contract]:
    """The contracts of the customers this person may see. For somebody who sees all, nothing is added."""
    return _of_visible(user, Contract.objects.all())


def get_contract_for(user: Actor, pk: int) -> Contract:
    """One contract with its customer, who is responsible and what follows it. Raises `Http404`."""
    found = contracts_for(user).select_related("customer", "responsible", "followed_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def concerns_for(user: Actor) -> QuerySet[Concern]:
    """The revisions and complaints of the customers this person may see."""
    return _of_visible(user, Concern.objects.all())


def get_concern_for(user: Actor, pk: int) -> Concern:
    """One revision or complaint with its customer, contract and who resolves it. Raises `Http404`."""
    found = concerns_for(user).select_related("customer", "contract", "resolver").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _of_visible(user: Actor, rows: "QuerySet[M]") -> "QuerySet[M]":
    if not (may(user, "service.view") and may(user, "customers.view")):
        return rows.none()
    owners = owners_seen(user)
    if owners is None:
        return rows
    if len(owners) == 1:
        return rows.filter(customer__owner=next(iter(owners)))
    return rows.filter(customer__owner__in=sorted(owners))
