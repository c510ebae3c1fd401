"""Sales through an agent or reseller: credited to them, and to the firm, whose figures count every order anyway.

Of a customer who sells, a page shows what they sold themselves and what their chain sold below them, month by month.
Purchases taken back count neither; a return lowers the money, as everywhere.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from setia.core.permissions import Actor
from setia.customers.queries import Seller, customers_for, sellers_below, sells_for
from setia.orders.models import Order
from setia.orders.queries.pages import orders_for

MONTHS = 12
_BOUGHT = Q(kind=Order.Kind.PURCHASE, reversed=False)


class Result(NamedTuple):
    """What was sold: revenue (purchases and returns), purchases, customers they were sold to."""

    revenue: Decimal = Decimal(0)
    purchases: int = 0
    customers: int = 0


class Month(NamedTuple):
    """A month: own results, those with the chain below, and where the orders of each are listed."""

    first: date
    own: Result
    whole: Result
    own_url: str
    whole_url: str


class ChainSeller(NamedTuple):
    """Somebody of the chain below: who, how deep, for whom they sell, what they sold themselves, and which orders."""

    customer: Any
    depth: int
    sells_for: Any
    own: Result
    url: str


@dataclass(frozen=True)
class AgentPage:
    """Results of the past `MONTHS` months, the newest first; the chain above (`sells_for`) and below."""

    since: date
    own: Result
    whole: Result
    own_url: str
    whole_url: str
    months: list[Month] = field(default_factory=list)
    above: list[Any] = field(default_factory=list)
    below: list[ChainSeller] = field(default_factory=list)


def credited(*, customer_id: int | None = None) -> dict[int, int]:
    """By agent, how many purchases they sold; of everybody, or of one customer."""
    sold = Order.objects.filter(_BOUGHT, agent__isnull=False)
    if customer_id is not None:
        sold = sold.filter(agent=customer_id)
    return dict(sold.order_by().values_list("agent").annotate(n=Count("pk")))


def agent_page(user: Actor, customer: Any, *, today: date) -> AgentPage:
    """What a customer, who has come through the gate, and their chain sold; as far as this person sees the orders and
    the sellers.
    """
    chain = sellers_below(customer.pk)
    seen = customers_for(user).in_bulk([one.customer_id for one in chain])
    chain = [one for one in chain if one.customer_id in seen]
    everybody = [customer.pk, *seen]
    since = _months_before(today.replace(day=1), MONTHS - 1)
    sold = orders_for(user).filter(agent__in=everybody, day__gte=since, day__lte=today)
    own_months, whole_months = _by_month(sold.filter(agent=customer.pk)), _by_month(sold)
    each = _by_agent(sold)
    months = []
    for back in range(MONTHS):
        first = _months_before(today.replace(day=1), back)
        days = {"from": first, "to": _months_before(first, -1) - timedelta(days=1)}
        months.append(
            Month(
                first,
                own_months.get(first, Result()),
                whole_months.get(first, Result()),
                _orders(customer.pk, **days),
                _orders(customer.pk, below="1", **days),
            )
        )
    people = seen | {customer.pk: customer}
    above = sells_for(customer)
    visible = set(customers_for(user).filter(pk__in=[one.pk for one in above]).values_list("pk", flat=True))
    return AgentPage(
        since=since,
        own=each.get(customer.pk, Result()),
        whole=_result(sold),
        own_url=_orders(customer.pk, **{"from": since}),
        whole_url=_orders(customer.pk, below="1", **{"from": since}),
        months=months,
        above=[one for one in above if one.pk in visible],
        below=[_seller(one, people, each, since) for one in chain],
    )


def _seller(one: Seller, people: dict[int, Any], each: dict[int, Result], since: date) -> ChainSeller:
    own = each.get(one.customer_id, Result())
    url = _orders(one.customer_id, **{"from": since})
    return ChainSeller(people[one.customer_id], one.depth, people.get(one.sells_for), own, url)


def _result(sold: QuerySet[Order]) -> Result:
    found = sold.aggregate(**_FIGURES)
    return Result(found["revenue"] or Decimal(0), found["purchases"], found["buyers"])


_FIGURES: dict[str, Any] = {
    "revenue": Sum("total", filter=Q(kind__in=[Order.Kind.PURCHASE, Order.Kind.RETURN])),
    "purchases": Count("pk", filter=_BOUGHT),
    "buyers": Count("customer", filter=_BOUGHT, distinct=True),
}


def _by_month(sold: QuerySet[Order]) -> dict[date, Result]:
    return _grouped(sold.annotate(month=TruncMonth("day")).order_by().values_list("month"))


def _by_agent(sold: QuerySet[Order]) -> dict[int, Result]:
    return _grouped(sold.order_by().values_list("agent"))


def _grouped(rows: QuerySet[Order, Any]) -> dict[Any, Result]:
    found = rows.annotate(**_FIGURES)
    return {key: Result(revenue or Decimal(0), purchases, buyers) for key, revenue, purchases, buyers in found}


def _orders(agent: int, **more: Any) -> str:
    return f"{reverse('orders')}?{urlencode({'agent': agent} | more)}"


def _months_before(first: date, months: int) -> date:
    place = first.year * 12 + first.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)
