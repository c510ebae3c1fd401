"""Who is in a base class that other rooms record: the recurring and the installed, asked where they are kept."""

from datetime import date, timedelta

from setia.portraits.analysis.shop import Recorded
from setia.subscriptions.queries import base_keys


def recorded_on(as_of: date, *, customer_id: int | None = None) -> Recorded:
    """The recurring and the installed base on a day and before its month began, or whether one customer is in them.

    For one customer only what a portrait needs is asked: the subscriptions.
    """
    before = as_of.replace(day=1) - timedelta(days=1)
    recurring = base_keys("RECURRING", as_of, customer_id=customer_id)
    if recurring is not None:
        recurring_before = base_keys("RECURRING", before, customer_id=customer_id)
    else:
        recurring_before = None
    if customer_id is not None:
        return Recorded(recurring, recurring_before)
    return Recorded(recurring, recurring_before, base_keys("INSTALLED", as_of), base_keys("INSTALLED", before))
