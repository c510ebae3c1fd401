"""The one SQL by which people's deeds are counted, for the tally and for days that are counted while a page is made.

Who an order counts for: whoever looked after the won opportunity it came of, else who is responsible for the customer
now; an order of nobody's customer, or of somebody walking in, counts for the firm alone.
"""

DEEDS = """
WITH wanted AS (SELECT unnest(%(days)s::date[]) AS day),
span AS (SELECT min(day) - 2 AS first, max(day) + 2 AS final FROM wanted),
sold AS (
  SELECT o.id, o.day, o.total, (o.kind = 'PURCHASE' AND NOT o.reversed)::int AS purchase,
         COALESCE((SELECT p.owner_id FROM sales_opportunity p
                   WHERE p.order_id = o.id AND p.status = 'WON' ORDER BY p.id LIMIT 1), c.owner_id) AS person_id
  FROM orders_order o LEFT JOIN customers_customer c ON c.id = o.customer_id
  WHERE o.kind IN ('PURCHASE', 'RETURN') AND o.day = ANY(%(days)s::date[])
    AND o.ordered_at >= (SELECT first FROM span) AND o.ordered_at < (SELECT final FROM span)
)
SELECT day, 'SOLD' AS what, person_id, NULL::bigint AS product_id, sum(total) AS amount, sum(purchase)::int AS number
FROM sold GROUP BY day, person_id
UNION ALL
SELECT s.day, 'SOLD', s.person_id, l.product_id, sum(l.amount), count(DISTINCT s.id) FILTER (WHERE purchase = 1)::int
FROM sold s JOIN orders_orderline l ON l.order_id = s.id
WHERE l.product_id IN (SELECT t.product_id FROM sales_target t WHERE t.product_id IS NOT NULL)
GROUP BY s.day, s.person_id, l.product_id
UNION ALL
SELECT (closed_at AT TIME ZONE %(zone)s)::date, 'WON', owner_id, NULL::bigint, COALESCE(sum(amount), 0), count(*)::int
FROM sales_opportunity, span
WHERE status = 'WON' AND closed_at >= span.first AND closed_at < span.final
  AND (closed_at AT TIME ZONE %(zone)s)::date = ANY(%(days)s::date[])
GROUP BY 1, owner_id
UNION ALL
SELECT (done_at AT TIME ZONE %(zone)s)::date, 'DONE', owner_id, NULL::bigint, 0, count(*)::int
FROM sales_activity, span
WHERE done_at IS NOT NULL AND done_at >= span.first AND done_at < span.final
  AND (done_at AT TIME ZONE %(zone)s)::date = ANY(%(days)s::date[])
GROUP BY 1, owner_id
"""
"""Rows (day, what, person, product, amount, number) of the `days`; `zone` is the firm's."""
