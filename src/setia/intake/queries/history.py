"""What imports did to one row: the value before each run, and the one after it, without a line written per row.

A run keeps the row as it was before (that is what undo needs); the value after it is what the next run found, or what
the row holds now. What people changed by hand in between is the caller's to put back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from setia.intake.models import Change, Run

MOST = 200  # runs that one record's history looks back on

_NOW = {
    "customers_customer": "SELECT to_jsonb(t) FROM customers_customer t WHERE id = %s",
    "catalogue_product": "SELECT to_jsonb(t) FROM catalogue_product t WHERE id = %s",
    "orders_order": """
      SELECT to_jsonb(t) || jsonb_build_object('lines', COALESCE((
        SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM orders_orderline l WHERE l.order_id = t.id), '[]'))
      FROM orders_order t WHERE id = %s""",
}

_ORDERS_CHANGED = """
WITH changed AS (
  SELECT o.day, (c.before ->> 'day')::date AS day_before,
    o.customer_id, (c.before ->> 'customer_id')::bigint AS customer_before
  FROM intake_change c JOIN orders_order o ON o.id = c.row_id WHERE c.run_id = %s AND c."table" = 'orders_order'
)
SELECT ARRAY(SELECT day FROM changed UNION SELECT day_before FROM changed),
  ARRAY(SELECT customer_id FROM changed WHERE customer_id IS NOT NULL
        UNION SELECT customer_before FROM changed WHERE customer_before IS NOT NULL)"""


@dataclass(frozen=True)
class RowChange:
    """One run and one row: the columns before and after it; `before` is None where the run made the row."""

    run: Run
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


def row_changes(table: str, row_id: int) -> list[RowChange]:
    """What runs that stand did to a row, the newest first. Three queries."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW[table], [row_id])
        found = cursor.fetchone()
    if found is None:
        return []
    row: dict[str, Any] = json.loads(found[0], parse_float=Decimal) if isinstance(found[0], str) else found[0]
    changes = Change.objects.filter(table=table, row_id=row_id, run__state=Run.State.DONE)
    after, steps = row, []
    for change in changes.select_related("run__by").order_by("-run_id")[:MOST]:
        steps.append(RowChange(change.run, change.before, after))
        after = change.before
    if made := Run.objects.select_related("by").filter(pk=row.get("made_by_run") or 0).first():
        steps.append(RowChange(made, None, after))
    return steps


def orders_changed(run_id: int) -> tuple[list[date], list[int]]:
    """The days and the customers of the orders a run changed, as they were before it and as they are. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS_CHANGED, [run_id])
        days, whose = cursor.fetchone()
    return days, whose
