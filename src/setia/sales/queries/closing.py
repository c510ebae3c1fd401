"""Whom to ask for the first purchase: rapport is there, an order is not.

Warm is who was in touch with the firm at least twice in the last thirty days (activities done with them, notes of
talks), has not bought yet, and has nothing that was lost since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from setia.accounts.models import User
from setia.core.keyset import Leg
from setia.customers.queries import customers_for, entries_of
from setia.orders.queries import orders_for, orders_of
from setia.sales.models import Activity, Opportunity, Prospect
from setia.sales.queries.opportunities import opportunities_for

if TYPE_CHECKING:
    from setia.customers.models import Customer
    from setia.orders.models import Order

WARM_DAYS = 30
TOUCHES = 2
ORDERED_DAYS = 90
_ORDERS = 5
Status = Opportunity.Status


@dataclass(frozen=True)
class Prompt:
    """Why now: how often there was contact lately, when it was the latest time, and what is open already."""

    touches: int
    latest_at: datetime
    opportunity: Opportunity | None


def closing_prompt(user: User, customer: "Customer", *, at: datetime) -> Prompt | None:
    """The prompt on a customer's record, None where there is no reason for one. Four queries at most."""
    if orders_of(customer.pk, most=1):
        return None
    since = at - timedelta(days=WARM_DAYS)
    moments = [
        moment
        for moment in Activity.objects.filter(customer=customer, done_at__gt=since)
        .order_by("-done_at")
        .values_list("done_at", flat=True)[:20]
        if moment
    ]
    moments += [one.at for one in entries_of(customer, before=None, most=20, kinds=["NOTE"]) if one.at > since]
    if len(moments) < TOUCHES:
        return None
    latest = max(moments)
    rows = opportunities_for(user, Opportunity.objects.filter(customer=customer)).select_related("stage")
    found = list(rows.order_by("-updated_at")[:20])
    if any(one.status == Status.LOST and one.closed_at and one.closed_at >= latest for one in found):
        return None  # they have said no since
    return Prompt(len(moments), latest, next((one for one in found if one.is_open), None))


def warm_for(user: User, *, at: datetime) -> "QuerySet[Prospect]":
    """The prospects this person may see who were in touch twice lately and have not bought: whom to ask today."""
    since = at - timedelta(days=WARM_DAYS)
    touched = Activity.objects.filter(customer=OuterRef("customer"), done_at__gt=since)
    twice = touched.order_by("-done_at").values("pk")[TOUCHES - 1 : TOUCHES]
    rows = Prospect.objects.filter(closed_at=None, moved_at__gt=since)
    rows = rows.filter(Exists(twice), customer__in=customers_for(user).filter(archived_at=None))
    lost = Opportunity.objects.filter(customer=OuterRef("customer"), status=Status.LOST, closed_at__gt=since)
    return rows.exclude(Exists(lost))


def warm_legs(rows: "QuerySet[Prospect]") -> list[Leg]:
    """The latest touched first."""
    return [Leg(rows.select_related("customer", "customer__owner"), ("-moved_at", "-id"))]


def orders_to_win_with(user: User, opportunity: Opportunity, *, at: datetime) -> "list[Order]":
    """What the customer has ordered already, and no opportunity counts as its own: purchases of the last ninety days
    that were not taken back, the newest first and five at most. An order taken on the way is among them.
    """
    since = at - timedelta(days=ORDERED_DAYS)
    taken = Opportunity.objects.filter(order=OuterRef("pk"))
    found = orders_for(user).filter(
        ~Exists(taken), customer=opportunity.customer_id, kind="PURCHASE", reversed=False, ordered_at__gte=since
    )
    return list(found.order_by("-ordered_at", "-id")[:_ORDERS])
