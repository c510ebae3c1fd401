"""Keeps on each opportunity and prospect who looks after its customer: who may see it is asked of its own row."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

_FOLLOW = """
UPDATE {table} o SET customer_owner_id = c.owner_id FROM customers_customer c
WHERE c.id = o.customer_id AND o.customer_owner_id IS DISTINCT FROM c.owner_id{chosen}
"""


def follow_owners(customer_ids: Collection[int] | None = None) -> int:
    """Let what is sold to these customers (None: to all) say who looks after them now; answers how many rows changed.

    Called in the transaction in which that changed: whoever no longer sees a customer sees nothing of theirs here.
    """
    names: dict[str, Any] = {"keys": None if customer_ids is None else list(customer_ids)}
    chosen = "" if customer_ids is None else " AND o.customer_id = ANY(%(keys)s)"
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        # What follows from a customer is no change of the row itself: an import that made it may still take it back.
        cursor.execute("SELECT COALESCE(current_setting('setia.restoring', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('setia.restoring', 'on', true)")
        for table in ("sales_opportunity", "sales_prospect"):
            cursor.execute(_FOLLOW.format(table=table, chosen=chosen), names)
            changed += cursor.rowcount
        cursor.execute("SELECT set_config('setia.restoring', %s, true)", [before])
    return changed
