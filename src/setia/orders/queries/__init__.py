"""Questions about orders: pages ask `pages`, the analytics read whole columns through `arrow`."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.orders.kinds import kind_of, kind_sql
from setia.orders.models import Order
from setia.orders.queries.credit import AgentPage, agent_page, credited
from setia.orders.queries.first import first_bought
from setia.orders.queries.made_to_order import made_to_order
from setia.orders.queries.pages import (
    can_undo,
    channels,
    exported,
    get_order_for,
    legs,
    lines_of,
    lines_of_many,
    narrow,
    orders_for,
    orders_of,
    return_of,
)
from setia.orders.queries.product_days import ProductDays, product_days
from setia.orders.queries.terms import Terms, offer_terms, terms_for
from setia.orders.queries.version import version_of
from setia.orders.queries.warranty import Warranted, warranted

CUSTOMER_KEYS = (
    Key(Order, "customer", words=ngettext_lazy("%(count)s order", "%(count)s orders", "count")),
    Key(
        Order,
        "agent",
        words=ngettext_lazy("%(count)s sale credited to them", "%(count)s sales credited to them", "count"),
    ),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = [
    "CUSTOMER_KEYS",
    "AgentPage",
    "ProductDays",
    "Terms",
    "Warranted",
    "agent_page",
    "can_undo",
    "channels",
    "credited",
    "exported",
    "first_bought",
    "get_order_for",
    "kind_of",
    "kind_sql",
    "legs",
    "lines_of",
    "lines_of_many",
    "made_to_order",
    "narrow",
    "offer_terms",
    "orders_for",
    "orders_of",
    "product_days",
    "return_of",
    "terms_for",
    "version_of",
    "warranted",
]
