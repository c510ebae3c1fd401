"""An activity for a walk along every address: with a key of its own, and a mark that nobody else may read."""

from datetime import datetime

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.sales.models import Activity, Visit


def busy(customer: Customer, owner: User, *, key: int, mark: str, at: datetime) -> None:
    """A visit planned for a customer, and begun."""
    one = Activity.objects.create(
        pk=key,
        kind="VISIT",
        title=f"See {mark}",
        customer=customer,
        owner=owner,
        by=owner,
        planned_at=at,
        due_date=at.date(),
        created_at=at,
        updated_at=at,
    )
    Visit.objects.create(activity=one, person=owner, day=at.date(), arrived_at=at, latitude=-6.9, longitude=107.6)
