"""The one SQL by which new and returning customers are counted: for their tally, and for days counted while a page is
made.

A customer is new on the day of their first purchase, of anything or of one product, and returning on any later day;
who walks in is a third number. A purchase that was taken back whole is none.
"""

from typing import Literal

from setia.reports.counting import Whose, orders_of
from setia.reports.models.bought import ANYTHING, NEVER

FIGURES = ("new", "again", "new_orders", "again_orders", "walk_in_orders")
"""Customers new and returning, and orders of theirs and of who walked in."""

_COUNTS = "o.kind = 'PURCHASE' AND NOT o.reversed"
_LINES = "JOIN orders_orderline l ON l.order_id = o.id AND l.product_id IS NOT NULL AND l.amount > 0"
# Whether there was an earlier purchase of anything: one look at the customer's first.
_FIRST = f"""
SELECT b.customer, b.product, b.day, CASE WHEN f.day < b.day THEN f.day END AS before FROM bought b
CROSS JOIN LATERAL (
  SELECT o.day FROM orders_order o WHERE o.customer_id = b.customer AND {_COUNTS} ORDER BY o.ordered_at, o.id LIMIT 1
) f"""  # noqa: S608 — this module's own words
# Of products the day before that is needed, too: from all that the customers had bought until then.
_EACH_DAY = f"""
SELECT customer, product, day, lag(day) OVER each AS before, min(day) OVER each AS first
FROM (
  SELECT o.customer_id AS customer, {{product}} AS product, o.day
  FROM (SELECT customer, max(day) AS latest FROM bought WHERE customer IS NOT NULL GROUP BY customer) w
  JOIN orders_order o ON o.customer_id = w.customer AND o.day <= w.latest {{lines}}
  WHERE {_COUNTS} GROUP BY 1, 2, 3
) known
WINDOW each AS (PARTITION BY customer, product ORDER BY day)"""  # noqa: S608 — this module's own words


def buyers(of: Literal["ANYTHING", "EACH", "ONE"], whose: Whose = "ALL") -> str:
    """SQL for rows (product, owner, day, then `FIGURES`, away): purchases of anything, of each product, or of the one
    `product`.

    Of everybody's orders there are rows for each owner, too; of products none for nobody's customers apart. Of anything
    `away` is empty.
    """
    anything = of == "ANYTHING"
    lines = "" if anything else f"{_LINES} {'AND l.product_id = %(product)s' if of == 'ONE' else ''}"
    product = f"{ANYTHING}::bigint" if anything else "l.product_id"
    each_owner = whose == "ALL" and of != "ONE"
    away = f"CASE WHEN t.before > t.first THEN b.day - t.before ELSE {NEVER} END"
    away = f"COALESCE(array_agg({away} ORDER BY {away}) FILTER (WHERE t.before IS NOT NULL), '{{}}')"
    told = _FIRST if anything else _EACH_DAY.format(product=product, lines=lines)
    return f"""
WITH bought AS MATERIALIZED (
  SELECT o.day, o.customer_id AS customer, {product} AS product, COALESCE(c.owner_id, 0) AS owner,
    count(DISTINCT o.id) AS orders
  {orders_of(whose, f"LEFT JOIN customers_customer c ON c.id = o.customer_id {lines}")} AND {_COUNTS}
  GROUP BY 1, 2, 3, 4
), told AS ({told})
SELECT b.product, {"CASE WHEN GROUPING(b.owner) = 1 THEN -1 ELSE b.owner END" if each_owner else "-1::bigint"} AS owner,
  b.day, count(*) FILTER (WHERE t.day IS NOT NULL AND t.before IS NULL)::int AS new, count(t.before)::int AS again,
  COALESCE(sum(b.orders) FILTER (WHERE t.day IS NOT NULL AND t.before IS NULL), 0)::int AS new_orders,
  COALESCE(sum(b.orders) FILTER (WHERE t.before IS NOT NULL), 0)::int AS again_orders,
  COALESCE(sum(b.orders) FILTER (WHERE b.customer IS NULL), 0)::int AS walk_in_orders,
  {"'{}'::int[]" if anything else away} AS away
FROM bought b LEFT JOIN told t ON t.customer = b.customer AND t.product = b.product AND t.day = b.day
GROUP BY {"GROUPING SETS ((b.product, b.day), (b.product, b.day, b.owner))" if each_owner else "b.product, b.day"}
{"HAVING GROUPING(b.owner) = 1 OR b.owner > 0" if each_owner and not anything else ""}"""  # noqa: S608 — this module's own words
