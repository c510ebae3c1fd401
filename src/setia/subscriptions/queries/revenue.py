"""Monthly recurring revenue: what stands at the end of each month, and how it came to be so.

A month's revenue is what all active subscriptions bring in a month at the end of its last day, or today. It is that of
the month before plus new customers' and those's who came back, plus what others bring more, less what they bring less,
less what those brought who left; each is counted per customer, from one month's end to the next.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from setia.core.keyset import Leg
from setia.core.permissions import Actor, may
from setia.customers.queries import customers_for
from setia.subscriptions.models import RevenueMove, RevenueTotal, Subscription
from setia.subscriptions.terms import months_later

KINDS = tuple(RevenueMove.Kind.values)


class Figure(NamedTuple):
    """A sum, and how many customers are behind it."""

    amount: Decimal
    customers: int


class Month(NamedTuple):
    """One month: what stood before, the moves by kind, what stands after, and how many customers bring it."""

    month: date
    before: Decimal
    moves: dict[str, Figure]
    after: Decimal
    customers: int


def revenue_months(*, today: date, months: int = 13) -> list[Month]:
    """The latest months, the oldest first, each following from the one before. Two queries, of a few rows a month."""
    first = months_later(today.replace(day=1), -(months - 1))
    before = dict(
        RevenueTotal.objects.filter(month__lt=first).values_list("kind").annotate(amount=Sum("amount")).order_by()
    )
    people = dict(RevenueTotal.objects.filter(month__lt=first).values_list("kind").annotate(n=Sum("people")).order_by())
    totals = {
        (one.month, one.kind): Figure(one.amount, one.people)
        for one in RevenueTotal.objects.filter(month__gte=first, month__lte=today, people__gt=0)
    }
    stands = sum(before.values(), Decimal(0))
    customers = _people({kind: people.get(kind, 0) for kind in KINDS})
    found = []
    for place in range(months):
        month = months_later(first, place)
        moves = {kind: totals.get((month, kind), Figure(Decimal(0), 0)) for kind in KINDS}
        after = stands + sum((one.amount for one in moves.values()), Decimal(0))
        customers += _people({kind: one.customers for kind, one in moves.items()})
        found.append(Month(month, stands, moves, after, customers))
        stands = after
    return found


def moves_behind(user: Actor, month: date, kind: str) -> QuerySet[RevenueMove]:
    """The customers behind one figure, none for somebody who may not see it."""
    if not may(user, "subscriptions.revenue"):
        return RevenueMove.objects.none()
    return RevenueMove.objects.filter(month=month, kind=kind, customer__in=customers_for(user))


def move_legs(moves: QuerySet[RevenueMove]) -> list[Leg]:
    """The highest amount first; of those who bring less, the least loss first."""
    return [Leg(moves.select_related("customer"), ("-amount", "-id"))]


def standing_behind(user: Actor, month: date) -> QuerySet[RevenueMove]:
    """Who brings what at the end of a month: for each customer the latest move up to it that left something."""
    if not may(user, "subscriptions.revenue"):
        return RevenueMove.objects.none()
    stands = Q(next_month=None) | Q(next_month__gt=month)
    return RevenueMove.objects.filter(stands, month__lte=month, after__gt=0, customer__in=customers_for(user))


def standing_legs(moves: QuerySet[RevenueMove]) -> list[Leg]:
    """Who brings most comes first."""
    return [Leg(moves.select_related("customer"), ("-after", "-id"))]


def any_subscription() -> bool:
    """Whether there is one at all."""
    return Subscription.objects.exists()


def _people(counts: dict[str, int]) -> int:
    return counts["NEW"] + counts["REACTIVATION"] - counts["CHURN"]
