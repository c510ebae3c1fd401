"""What the pages of one subscription, one unit and one customer show."""

from typing import NamedTuple

from django.db.models import QuerySet

from setia.core.words import Change, changes_in_words
from setia.subscriptions.models import (
    Plan,
    Subscription,
    SubscriptionPeriod,
    SubscriptionStep,
    Unit,
    UnitService,
)

_SHOWN = 200


class Step(NamedTuple):
    """A step in the reader's words."""

    step: SubscriptionStep
    changes: list[Change]


def steps_of(subscription: Subscription) -> list[Step]:
    """What changed and when, the newest first."""
    found = subscription.steps.select_related("by").order_by("-day", "-id")[:_SHOWN]
    return [Step(one, changes_in_words("subscription", one.changes)) for one in found]


def planned_of(subscription: Subscription) -> list[Change]:
    """What a planned change will change."""
    changes = {name: [str(getattr(subscription, name)), text] for name, text in subscription.planned.items()}
    if key := subscription.planned.get("plan"):
        name = Plan.objects.filter(pk=key).values_list("name", flat=True).first()
        changes["plan"] = [str(subscription.plan), name or f"#{key}"]
    return changes_in_words("subscription", changes)


def periods_of(subscription: Subscription) -> list[SubscriptionPeriod]:
    """The periods that began, the newest first."""
    return list(subscription.periods.order_by("-from_date")[:_SHOWN])


def services_of(unit: Unit) -> list[UnitService]:
    """What was done to a unit, the newest first."""
    return list(unit.services.select_related("by").order_by("-day", "-id")[:_SHOWN])


def offered() -> QuerySet[Plan]:
    """The plans that can be subscribed to, by name."""
    return Plan.objects.filter(archived_at=None).order_by("name", "id")


class Base(NamedTuple):
    """What a customer's page shows: the subscriptions and units, the newest first, and whether there are more."""

    subscriptions: list[Subscription]
    units: list[Unit]
    more: bool


def base_of(customer_id: int, *, most: int = 20) -> Base:
    """A customer's subscriptions and the units in use at theirs."""
    subscriptions = list(
        Subscription.objects.filter(customer=customer_id)
        .select_related("plan")
        .order_by("-started_date", "-id")[: most + 1]
    )
    units = list(
        Unit.objects.filter(customer=customer_id, retired_date=None)
        .select_related("product")
        .order_by("-installed_date", "-id")[: most + 1]
    )
    more = len(subscriptions) > most or len(units) > most
    return Base(subscriptions[:most], units[:most], more)


def plan_choices() -> list[tuple[str, str]]:
    """The plans of a filter, archived ones too; the first 200 by name."""
    found = Plan.objects.order_by("name", "id").values_list("pk", "name")[:200]
    return [(str(pk), name) for pk, name in found]
