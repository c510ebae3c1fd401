"""Rows that name a customer merged into another one land on the survivor.

Which of two records' facts count was decided by whoever merged them, so such a row brings orders and contact points and
changes no facts. An order that was written before the merge is still recognised as unchanged.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

_MARKERS = """
WITH marker AS MATERIALIZED (SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id IS NOT NULL)
"""

_FOLLOW = f"""
{_MARKERS}
UPDATE customer_key k SET customer_id = marker.merged_into_id, merged = true FROM marker WHERE marker.id = k.customer_id
"""

# The content hash of an order has its customer in it: for one imported before a merge, that of the record merged away.
_RECOGNISE = f"""
{_MARKERS}, other AS (
  SELECT matched.order_id, {{content_hash}} AS content_hash
  FROM (SELECT m.*, marker.id AS marker_id FROM matched m JOIN marker ON marker.merged_into_id = m.customer_id
        WHERE m.fate = 'CHANGED') matched)
UPDATE matched m SET fate = 'SAME' FROM other JOIN orders_order o ON o.id = other.order_id
WHERE m.order_id = other.order_id AND o.content_hash = other.content_hash
"""

_LATELY = """
SELECT c.id, c.merged_into_id FROM customers_merge m JOIN customers_mergedcustomer o ON o.merge_id = m.id
JOIN customers_customer c ON c.id = o.customer_id
WHERE m.at > %(began)s - interval '1 hour' AND c.merged_into_id IS NOT NULL
"""


def follow(cursor: CursorWrapper) -> None:
    """Let `customer_key` name survivors; `merged` says for which keys that was so."""
    cursor.execute("ALTER TABLE customer_key ADD COLUMN merged boolean NOT NULL DEFAULT false")
    if _any(cursor):
        cursor.execute(_FOLLOW)


def recognise(cursor: CursorWrapper, content_hash: str) -> None:
    """Orders that differ from what is there only in which record of one customer they name are the same."""
    if _any(cursor):
        cursor.execute(_RECOGNISE.format(content_hash=content_hash))


def sweep(cursor: CursorWrapper, names: dict[str, Any], *, tables: Sequence[str] = ("orders_order",)) -> None:
    """Give the survivor what this run has just written for somebody who was merged away while it ran.

    A merge that comes after this one's rows were written waits for this transaction, and then moves them itself.
    """
    cursor.execute(f"SELECT EXISTS ({_LATELY})", names)
    if not cursor.fetchone()[0]:
        return
    for table in tables:
        cursor.execute(
            f"UPDATE {table} o SET customer_id = lately.merged_into_id FROM ({_LATELY}) lately"
            " WHERE o.customer_id = lately.id",
            names,
        )
    cursor.execute(
        f"UPDATE customers_contactpoint k SET customer_id = lately.merged_into_id FROM ({_LATELY}) lately"
        " WHERE k.customer_id = lately.id AND k.made_by_run = %(run)s AND NOT EXISTS ("
        "SELECT FROM customers_contactpoint had WHERE had.customer_id = lately.merged_into_id AND had.kind = k.kind"
        " AND had.value = k.value)",
        names,
    )


def _any(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM customers_customer WHERE merged_into_id IS NOT NULL)")
    return bool(cursor.fetchone()[0])
