"""Questions about orders: pages ask `pages`, the analytics read whole columns through `arrow`."""

from setia.orders.kinds import kind_of, kind_sql
from setia.orders.queries.pages import (
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
from setia.orders.queries.version import version_of

__all__ = [
    "channels",
    "exported",
    "get_order_for",
    "kind_of",
    "kind_sql",
    "legs",
    "lines_of",
    "lines_of_many",
    "narrow",
    "orders_for",
    "orders_of",
    "return_of",
    "version_of",
]
