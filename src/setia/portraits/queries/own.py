"""What home shows to somebody who sees only some customers: theirs, counted when they look.

The pictures of home are drawn from the whole firm; somebody responsible for some hundred customers gets the few figures
that cost little to count among these, by the index of those responsible.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count

from setia.core.permissions import Actor, owners_seen
from setia.customers.queries import customers_for
from setia.portraits.models import Portrait, Stage
from setia.portraits.queries.figures import latest_refresh
from setia.portraits.queries.portraits import leaving_first, worth_most


@dataclass(frozen=True)
class OwnPage:
    """`stages` are code, words and number; `team` says whether colleagues' customers are among them."""

    as_of: date | None = None
    customers: int = 0
    stages: list[tuple[str, str, int]] = field(default_factory=list)
    leaving: list[Any] = field(default_factory=list)
    leaving_count: int = 0
    worth: list[Any] = field(default_factory=list)
    team: bool = False


def own_page(user: Actor, *, most: int) -> OwnPage | None:
    """The customers this person sees, by stage, and the first few who may leave or spent most; None for somebody who
    sees all, of whom there are too many to count at every look.
    """
    owners = owners_seen(user)
    if owners is None:
        return None
    customers = customers_for(user)
    latest = latest_refresh()
    portraits = Portrait.objects.filter(customer__in=customers)
    counted = dict(portraits.order_by().values_list("stage").annotate(Count("pk")))
    leaving = leaving_first(customers, most=most)
    return OwnPage(
        as_of=latest.as_of_date if latest else None,
        customers=customers.filter(archived_at=None).count(),
        stages=[(code, str(label), counted.get(code, 0)) for code, label in Stage.choices if counted.get(code)],
        leaving=leaving,
        leaving_count=portraits.filter(leaving=True).count() if leaving else 0,
        worth=worth_most(customers, most=most),
        team=len(owners) > 1,
    )
