"""Records of this room for a walk along every address: all have the same key, and a mark that nobody else may read."""

from datetime import date, datetime

from setia.catalogue.models import Product
from setia.customers.models import Customer
from setia.subscriptions.models import Plan, Subscription, Unit


def subscribed(customer: Customer, product: Product, *, key: int, mark: str, at: datetime) -> None:
    """A plan, a subscription and a unit of a customer."""
    plan = Plan.objects.create(pk=key, code="CARE", name="Care", price=1, created_at=at, updated_at=at)
    Subscription.objects.create(
        pk=key,
        number=f"{mark}-2",
        customer=customer,
        plan=plan,
        price=125_000,
        period="MONTH",
        started_date=date(2026, 11, 19),
        anchor_date=date(2026, 11, 19),
        created_at=at,
        updated_at=at,
    )
    Unit.objects.create(
        pk=key,
        product=product,
        serial=f"{mark.upper()}-3",
        customer=customer,
        installed_date=date(2026, 11, 19),
        place=mark,
        created_at=at,
        updated_at=at,
    )
