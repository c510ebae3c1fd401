"""Questions about selling."""

from setia.customers.queries import Key

CUSTOMER_KEYS: tuple[Key, ...] = ()
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = ["CUSTOMER_KEYS"]
