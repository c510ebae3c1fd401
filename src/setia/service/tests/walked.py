"""Records of this room for a walk along every address: all have the same key, and a mark that nobody else may read."""

from datetime import date, datetime
from decimal import Decimal

from setia.customers.models import Customer
from setia.service.models import Concern, Contract, Discount


def serve(customer: Customer, *, key: int, mark: str, at: datetime) -> None:
    """A contract, a complaint and a discount of a customer."""
    contract = Contract.objects.create(
        pk=key, customer=customer, title=f"{mark} bar", from_date=date(2026, 1, 1), created_at=at, updated_at=at
    )
    Concern.objects.create(
        pk=key,
        customer=customer,
        contract=contract,
        kind="COMPLAINT",
        words=f"{mark} got it late",
        raised_date=date(2026, 11, 1),
        created_at=at,
        updated_at=at,
    )
    Discount.objects.create(pk=key, customer=customer, percent=Decimal(5), at=at)
