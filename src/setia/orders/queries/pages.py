"""What the pages ask about orders. `orders_for` and `get_order_for` are the only gates to them."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.catalogue.queries import product_name
from setia.core.chips import Chip
from setia.core.keyset import Leg
from setia.core.permissions import Actor, may, owners_seen
from setia.core.text import line
from setia.customers.queries import name_of, sellers_below
from setia.orders.models import Order, OrderLine
from setia.orders.queries.bought import with_products


def orders_for(user: Actor) -> QuerySet[Order]:
    """The orders of the customers this person may see, and walk-ins for whoever sees all customers.

    None for somebody who is not signed in. For somebody who sees all, nothing is added to the query.
    """
    if not (may(user, "orders.view") and may(user, "customers.view")):
        return Order.objects.none()
    owners = owners_seen(user)
    if owners is None:
        return Order.objects.all()
    if len(owners) == 1:
        return Order.objects.filter(customer__owner=next(iter(owners)))
    return Order.objects.filter(customer__owner__in=sorted(owners))


def get_order_for(user: Actor, pk: int) -> Order:
    """One order with its customer and the purchase it takes back. Raises `Http404`."""
    order = orders_for(user).select_related("customer", "reverses", "agent").filter(pk=pk).first()
    if order is None:
        raise Http404
    return order


def return_of(order: Order) -> Order | None:
    """The return that took this purchase back whole, if one did."""
    return Order.objects.filter(reverses=order).order_by("-id").first() if order.reversed else None


def can_undo(order: Order) -> bool:
    """Whether this is a return that was entered here, so that undoing no file takes it away."""
    by_hand = order.made_by_run is None and order.latest_run is None
    return order.kind == Order.Kind.RETURN and by_hand and order.reverses_id is not None


def lines_of(order: Order) -> list[OrderLine]:
    """An order's lines in their order, with their products."""
    return list(OrderLine.objects.filter(order=order).select_related("product").order_by("position"))


def lines_of_many(orders: Collection[Order], *, most: int) -> dict[int, list[OrderLine]]:
    """The first few lines of each of these orders, by the order's key. One query."""
    found: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    lines = OrderLine.objects.filter(order__in=list(found), position__lte=most).select_related("product")
    for one in lines.order_by("order_id", "position"):
        found[one.order_id].append(one)
    return found


def orders_of(customer_id: int, *, before: tuple[datetime, int] | None = None, most: int) -> list[Order]:
    """A customer's latest orders, newest first, older than `before` (moment and key of an order)."""
    orders = Order.objects.filter(customer=customer_id)
    if before:
        at, pk = before
        orders = orders.filter(Q(ordered_at__lte=at) & (Q(ordered_at__lt=at) | Q(ordered_at=at, pk__lt=pk)))
    return list(orders.order_by("-ordered_at", "-id")[:most])


def channels() -> list[str]:
    """The sales channels in use, read off the index one distinct value at a time."""
    found = Order.objects.raw(
        """
        WITH RECURSIVE found AS (
            (SELECT channel FROM orders_order WHERE channel > '' ORDER BY channel LIMIT 1)
            UNION ALL
            SELECT (SELECT o.channel FROM orders_order o WHERE o.channel > f.channel AND o.channel > ''
                    ORDER BY o.channel LIMIT 1)
            FROM found f WHERE f.channel IS NOT NULL
        )
        SELECT 0 AS id, channel FROM found WHERE channel IS NOT NULL LIMIT 200
        """
    )
    return [row.channel for row in found]


def narrow(user: Actor, orders: QuerySet[Order], params: Mapping[str, str]) -> tuple[QuerySet[Order], list[Chip]]:
    """Apply the filters an address names, and say which in the words this person may read.

    `with` (two products bought in one order: their keys and a point between), `kind`, `channel`, `walk_in=1`,
    `from` and `to` (days, both included), `customer`, `agent` and `product` (keys; with
    `below=1` the agent and whoever sells for them), `q` (the
    beginning of a number). A value that is not one of a filter's is no filter.
    """
    chips: list[Chip] = []
    if (kind := params.get("kind", "")) in Order.Kind.values:
        orders = orders.filter(kind=kind)
        chips.append(Chip(str(_("Kind")), str(Order.Kind(kind).label), "kind"))
    if channel := line(params.get("channel", ""))[:100]:
        orders = orders.filter(channel=channel)
        chips.append(Chip(str(_("Channel")), channel, "channel"))
    if params.get("walk_in") == "1":
        orders = orders.filter(customer=None, kind=Order.Kind.PURCHASE)
        chips.append(Chip(str(_("Walk-in")), str(pgettext_lazy("the filter Walk-in", "only")), "walk_in"))
    for key, label, sign in (("from", _("From"), 0), ("to", _("Until"), 1)):
        if day := _day(params.get(key, "")):
            moment = datetime.combine(day + timedelta(days=sign), time(), timezone.get_current_timezone())
            orders = orders.filter(ordered_at__lt=moment) if sign else orders.filter(ordered_at__gte=moment)
            chips.append(Chip(str(label), date_format(day, "j M Y"), key))
    if (customer := params.get("customer", "")).isdecimal() and len(customer) < 19:
        orders = orders.filter(customer=int(customer))
        chips.append(Chip(str(_("Customer")), name_of(user, int(customer)), "customer"))
    if (agent := params.get("agent", "")).isdecimal() and len(agent) < 19:
        below = params.get("below") == "1"
        sellers = [int(agent), *(one.customer_id for one in sellers_below(int(agent)))] if below else [int(agent)]
        orders = orders.filter(agent__in=sellers)
        chips.append(Chip(str(_("Sold through")), name_of(user, int(agent)), "agent"))
        if below:
            chips.append(Chip(str(_("Sold through")), str(_("and whoever sells for them")), "below"))
    if (product := params.get("product", "")).isdecimal() and len(product) < 19:
        orders = orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), product=int(product))))
        chips.append(Chip(str(_("Product")), product_name(int(product)), "product"))
    if both := re.fullmatch(r"([0-9]{1,15})\.([0-9]{1,15})", params.get("with", "")):
        one, other = int(both[1]), int(both[2])
        orders = with_products(orders.filter(kind=Order.Kind.PURCHASE, reversed=False), one, other)
        chips.append(Chip(str(_("Bought together")), f"{product_name(one)}, {product_name(other)}", "with"))
    if q := line(params.get("q", ""))[:100]:
        orders = orders.filter(_numbered(q))
    return orders, chips


def legs(orders: QuerySet[Order], sort: str) -> list[Leg]:
    """The list's order: the newest first, `oldest` first, or by `total`, the highest first."""
    order = {"oldest": ("ordered_at", "id"), "total": ("-total", "-id")}.get(sort, ("-ordered_at", "-id"))
    return [Leg(orders.select_related("customer"), order)]


def exported(orders: QuerySet[Order], *, chunk: int = 1000) -> Iterator[list[Any]]:
    """Rows for a file, one per line of an order, read some hundred orders at a time in the order they were written."""
    after = 0
    ordered = orders.select_related("customer", "reverses", "agent").order_by("id")
    while found := list(ordered.filter(id__gt=after)[:chunk]):
        after = found[-1].pk
        lines = lines_of_many(found, most=2**31 - 1)
        for order in found:
            for one in lines[order.pk] or (None,):
                yield _exported(order, one)


def _exported(order: Order, one: OrderLine | None) -> list[Any]:
    customer, product = order.customer, one.product if one else None
    return [
        order.number,
        timezone.localtime(order.ordered_at),
        order.get_kind_display(),
        customer.number if customer else "",
        customer.name if customer else "",
        product.code if product else "",
        (one.description or (product.name if product else "")) if one else "",
        one.quantity if one else None,
        one.unit_price if one else None,
        one.discount if one else None,
        one.amount if one else None,
        order.discount,
        order.total,
        order.promotion_code,
        order.channel,
        order.reverses.number if order.reverses else "",
        order.agent.number if order.agent else "",
        order.note,
    ]


def _numbered(q: str) -> Q:
    """Numbers that begin with a text, in any case; each source has its stretch of the index."""
    begins = Q()
    for spelling in {q, q.upper(), q.lower()}:
        begins |= Q(number__startswith=spelling)
    return Q(source__in=_sources()) & begins


def _sources() -> list[str]:
    found = Order.objects.raw(
        """
        WITH RECURSIVE found AS (
            (SELECT source FROM orders_order ORDER BY source LIMIT 1)
            UNION ALL
            SELECT (SELECT o.source FROM orders_order o WHERE o.source > f.source ORDER BY o.source LIMIT 1)
            FROM found f WHERE f.source IS NOT NULL
        )
        SELECT 0 AS id, source FROM found WHERE source IS NOT NULL LIMIT 200
        """
    )
    return [row.source for row in found]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
