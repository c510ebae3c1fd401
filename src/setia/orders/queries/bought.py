"""Whether a customer bought within some days: what the pages behind a figure narrow a list of customers by."""

from datetime import date

from django.db.models import Exists, OuterRef

from setia.orders.models import Order


def bought_between(first: date, latest: date, *, after: str | None = None, free: bool = False) -> Exists:
    """For a queryset of customers: a purchase that counts on a day from `first` to `latest`, both included.

    `after` names an annotation of that queryset: a day the purchase must lie after. `free` counts orders of nothing as
    purchases, where the firm does.
    """
    kinds = [Order.Kind.PURCHASE, *([Order.Kind.FREE] if free else [])]
    purchases = Order.objects.filter(
        customer=OuterRef("pk"), kind__in=kinds, reversed=False, day__gte=first, day__lte=latest
    )
    return Exists(purchases.filter(day__gt=OuterRef(after)) if after else purchases)
