"""Who is in the recurring and in the installed base on a day.

Recurring: has a subscription that was active on that day, by its steps; on trial, paused or over is not active.
Installed: a unit stood at theirs on that day.
"""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from setia.subscriptions.models import Subscription, SubscriptionStep, Unit


def recurring(as_of: date) -> QuerySet[Subscription]:
    """The subscriptions active on a day."""
    latest = SubscriptionStep.objects.filter(subscription=OuterRef("pk"), day__lte=as_of).order_by("-day", "-id")
    there = Subscription.objects.filter(started_date__lte=as_of).exclude(ended_date__lte=as_of)
    return there.annotate(status_then=Subquery(latest.values("status")[:1])).filter(status_then="ACTIVE")


def installed(as_of: date) -> QuerySet[Unit]:
    """The units that stood somewhere on a day."""
    return Unit.objects.filter(installed_date__lte=as_of).exclude(retired_date__lte=as_of)


def in_base(name: str, as_of: date) -> Q:
    """A condition on customers: in the base class `RECURRING` or `INSTALLED` on a day."""
    rows: QuerySet[Any] = recurring(as_of) if name == "RECURRING" else installed(as_of)
    return Q(Exists(rows.filter(customer=OuterRef("pk"))))


def base_keys(name: str, as_of: date, *, customer_id: int | None = None) -> list[int] | None:
    """The keys of the customers in a base class on a day, or of this one if in it; None: nothing is recorded yet."""
    table: Any = Subscription if name == "RECURRING" else Unit
    if not table.objects.exists():
        return None
    rows: QuerySet[Any] = recurring(as_of) if name == "RECURRING" else installed(as_of)
    if customer_id is not None:
        rows = rows.filter(customer=customer_id)
    return sorted(set(rows.values_list("customer_id", flat=True)))
