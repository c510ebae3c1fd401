"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.customers.views.contacts import contact_edit, contact_new, contact_prefer, contact_remove
from setia.customers.views.customers import (
    customer_archive,
    customer_delete,
    customer_edit,
    customer_new,
    customer_note,
    customer_restore,
    customer_search,
)

__all__ = [
    "contact_edit",
    "contact_new",
    "contact_prefer",
    "contact_remove",
    "customer_archive",
    "customer_delete",
    "customer_edit",
    "customer_new",
    "customer_note",
    "customer_restore",
    "customer_search",
]
