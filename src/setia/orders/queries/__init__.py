"""Questions about orders: pages ask `pages`, the analytics read whole columns through `arrow`."""

from setia.orders.kinds import kind_of, kind_sql

__all__ = ["kind_of", "kind_sql"]
