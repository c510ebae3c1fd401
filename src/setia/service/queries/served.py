"""How one customer is served, for their record: contracts and concerns of a client, warranties and habit of a buyer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from setia.accounts.models import User
from setia.core.permissions import may
from setia.orders.queries import Warranted, warranted
from setia.portraits.queries import portrait_of
from setia.service.models import Concern, Contract
from setia.service.queries.gate import concerns_for, contracts_for
from setia.service.queries.reach import ReachPage, reach_page
from setia.subscriptions.queries import units_for

MOST = 20
"""Rows of each kind a record shows."""


@dataclass(frozen=True)
class Served:
    """What a record shows. `portrait` is None for one newer than the latest refresh; `done` are the latest few."""

    portrait: Any
    contracts: list[Contract]
    open: list[Concern]
    done: list[Concern]
    warranties: list[Warranted]
    reach: ReachPage

    @property
    def relation(self) -> str:
        """CLIENT, BUYER, or '' where it cannot be told."""
        return str(self.portrait.relation) if self.portrait else ""


def served_for(user: User, customer: Any, *, today: date) -> Served:
    """How a customer, who has come through the gate, is served; as far as this person may see it."""
    contracts = contracts_for(user).filter(customer=customer).select_related("responsible", "followed_by")
    concerns = concerns_for(user).filter(customer=customer).select_related("resolver", "contract", "closed_by")
    found = warranted(customer.pk, today=today, most=MOST) if may(user, "orders.view") else []
    if found:  # what is registered as a unit shows its warranty there, by its own days
        units = set(units_for(user).filter(customer=customer).values_list("product", flat=True))
        found = [one for one in found if one.product_id not in units]
    return Served(
        portrait=portrait_of(customer.pk),
        contracts=list(contracts.order_by("-from_date", "-id")[:MOST]),
        open=list(
            concerns.filter(closed_at=None).order_by(F("due_date").asc(nulls_last=True), "raised_date", "id")[:MOST]
        ),
        done=list(concerns.filter(closed_at__isnull=False).order_by("-closed_at", "-id")[:5]),
        warranties=found,
        reach=reach_page(user, customer, today=today),
    )
