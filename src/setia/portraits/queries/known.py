"""What is known of customers beside their orders, for working out their classes: words of people, ties, work to order.

Few customers are in any of these, so they come as small tables by customer and not as columns of a million.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from setia.customers.queries import chain_ends
from setia.orders.queries import credited, made_to_order
from setia.portraits.models import Overruling


class Ruling(NamedTuple):
    """A person's word in force: of which class, which value, since which day."""

    what: str
    value: str
    since: date


@dataclass(frozen=True)
class Known:
    """By customer: `rulings` in force; `sells_for` and `sold_for_by` count ties of selling that hold; `made_to_order`
    counts purchases with a line that is no product of the catalogue, `credited` those of others that they sold.
    """

    rulings: Mapping[int, list[Ruling]] = field(default_factory=dict)
    sells_for: Mapping[int, int] = field(default_factory=dict)
    sold_for_by: Mapping[int, int] = field(default_factory=dict)
    made_to_order: Mapping[int, int] = field(default_factory=dict)
    credited: Mapping[int, int] = field(default_factory=dict)


def known(*, today: date, customer_id: int | None = None) -> Known:
    """What is known of everybody, or of one customer, on a day."""
    sells_for, sold_for_by = chain_ends(today=today, customer_id=customer_id)
    return Known(
        rulings=rulings(today=today, customer_id=customer_id),
        sells_for=sells_for,
        sold_for_by=sold_for_by,
        made_to_order=made_to_order(customer_id=customer_id),
        credited=credited(customer_id=customer_id),
    )


def in_force(*, today: date) -> Q:
    """The words that count on a day."""
    return Q(ended_at=None) & (Q(until_date=None) | Q(until_date__gte=today))


def rulings(*, today: date, customer_id: int | None = None) -> dict[int, list[Ruling]]:
    """The words in force by customer."""
    found = Overruling.objects.filter(in_force(today=today))
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    by_customer: dict[int, list[Ruling]] = {}
    for customer, what, value, at in found.values_list("customer", "what", "value", "at").iterator():
        by_customer.setdefault(customer, []).append(Ruling(what, value, at.date()))
    return by_customer
