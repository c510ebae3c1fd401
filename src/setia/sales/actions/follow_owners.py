"""Keeps on each opportunity who looks after its customer, so that who may see it is asked of its own row."""

from collections.abc import Collection
from typing import Any

from django.db import connection

_FOLLOW = """
UPDATE sales_opportunity o SET customer_owner_id = c.owner_id FROM customers_customer c
WHERE c.id = o.customer_id AND o.customer_owner_id IS DISTINCT FROM c.owner_id
"""


def follow_owners(customer_ids: Collection[int] | None = None) -> int:
    """Let the opportunities of these customers (None: of all) say who looks after them now; answers how many changed.

    Called in the transaction in which that changed: whoever no longer sees a customer sees no opportunity of theirs.
    """
    names: dict[str, Any] = {"keys": None if customer_ids is None else list(customer_ids)}
    chosen = "" if customer_ids is None else " AND o.customer_id = ANY(%(keys)s)"
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW + chosen, names)
        return int(cursor.rowcount)
