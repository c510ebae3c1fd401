"""Prospects from staged rows: the customers of the file are written first, then whoever has not bought becomes one.

Who is a prospect already stays as they are, with the source and the step they have. The firm's rules say to whom the
new customers go, inside the same transaction: whose a prospect is does not change between two looks at the list, and
an undo takes it all back together.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.sales.actions import deal, work_out_fit
from setia.sales.queries import as_spelled, desk, due_of

MOST_SOURCES = 500
"""Different sources whose spelling is looked up; more of them is some other column."""

_SAID = """
CREATE TEMP TABLE prospect_said ON COMMIT DROP AS
SELECT k.customer_id, bool_or(k.merged) AS merged,
  left(btrim((array_agg(s.prospect_source ORDER BY s.rn DESC) FILTER (WHERE s.prospect_source IS NOT NULL))[1]), 60)
    AS source,
  left(btrim((array_agg(s.campaign ORDER BY s.rn DESC) FILTER (WHERE s.campaign IS NOT NULL))[1]), 100) AS campaign,
  (array_agg(s.wants ORDER BY s.rn DESC) FILTER (WHERE s.wants IS NOT NULL))[1] AS wants
FROM keyed s JOIN customer_key k USING (ckey) GROUP BY k.customer_id
"""

_KNOWN = "EXISTS (SELECT FROM sales_prospect p WHERE p.customer_id = said.customer_id)"

# As `first_bought` of orders has it: a purchase that was taken back whole is none.
_BOUGHT = """EXISTS (SELECT FROM orders_order o WHERE o.customer_id = said.customer_id AND o.kind = 'PURCHASE'
    AND NOT o.reversed)"""

_COUNT = f"""
SELECT count(*) FILTER (WHERE {_KNOWN}), count(*) FILTER (WHERE NOT {_KNOWN} AND {_BOUGHT}) FROM prospect_said said
"""

_MAKE = f"""
WITH made AS (
  INSERT INTO sales_prospect (customer_id, status, reason, note, how, source, campaign, captured_at, captured_by_id,
                              due_at, moved_at, updated_at, made_by_run, latest_run)
  SELECT said.customer_id, 'NEW', '', COALESCE(said.wants, ''), 'FILE', COALESCE(said.source, ''),
         COALESCE(said.campaign, ''), %(at)s, %(by)s, %(due)s, %(at)s, %(at)s, %(run)s, %(run)s
  FROM prospect_said said JOIN customers_customer c ON c.id = said.customer_id
  WHERE NOT said.merged AND c.erased_at IS NULL AND NOT {_KNOWN} AND NOT {_BOUGHT}
  ORDER BY said.customer_id
  RETURNING id, customer_id),
stepped AS (
  INSERT INTO sales_prospectstep (prospect_id, before, after, reason, note, at, by_id)
  SELECT id, '', 'NEW', '', '', %(at)s, %(by)s::bigint FROM made)
SELECT customer_id FROM made
"""

# A customer who was here and was nobody's is given to somebody, too: as they were before is kept for the undo.
_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_customer', c.id, to_jsonb(c) FROM customers_customer c
WHERE c.id = ANY(%(customers)s) AND c.made_by_run IS DISTINCT FROM %(run)s
ON CONFLICT DO NOTHING
"""

_GIVE = """
UPDATE customers_customer c SET owner_id = g.owner, updated_at = %(at)s
FROM unnest(%(customers)s::bigint[], %(owners)s::bigint[]) g(customer, owner) WHERE c.id = g.customer
"""


def write(cursor: CursorWrapper, run: Run, counts: Counts, *, at: Any) -> None:
    """Make prospects of the customers the file was just written for, and give those that are nobody's to somebody."""
    names: dict[str, Any] = {"run": run.pk, "at": at, "by": run.by_id, "due": due_of(at, desk())}
    cursor.execute(_SAID)
    cursor.execute("ANALYZE prospect_said")
    cursor.execute("SELECT DISTINCT source FROM prospect_said WHERE source > '' LIMIT %s", [MOST_SOURCES])
    for (said,) in cursor.fetchall():
        if (spelled := as_spelled(said)) != said:
            cursor.execute("UPDATE prospect_said SET source = %s WHERE source = %s", [spelled, said])
    cursor.execute(_COUNT)
    known, bought = cursor.fetchone()
    cursor.execute(_MAKE, names)
    made = [customer for (customer,) in cursor.fetchall()]
    if bought:
        run.warnings = [*run.warnings, {"code": "bought_already", "field": "", "count": bought}]
    counts.add("prospects", created=len(made), unchanged=known)
    work_out_fit(customer_ids=made)
    owners = deal(at=at, customer_ids=made)
    if owners:
        names |= {"customers": list(owners), "owners": list(owners.values())}
        cursor.execute(_KEEP_BEFORE, names)
        cursor.execute(_GIVE, names)
