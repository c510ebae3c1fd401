"""Who of a firm's many customers may be among the best of a period, told without adding up each of them."""

from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from setia.reports.models.best import ANYBODY_ELSE
from setia.reports.periods import Days

# By the index of moments, a day at a time: no zone is further than a day from UTC.
_LEADING = f"""
WITH others AS (
  SELECT year, at_most FROM reports_bestbuyer
  WHERE customer = {ANYBODY_ELSE}
  AND year BETWEEN extract(year FROM %(first)s::date) AND extract(year FROM %(final)s::date)
)
SELECT customer, NULL AS at_most FROM (
  SELECT DISTINCT o.customer_id AS customer
  FROM (SELECT DISTINCT day FROM reports_uncountedday WHERE day BETWEEN %(first)s AND %(final)s) d
  CROSS JOIN LATERAL (
    SELECT customer_id FROM orders_order WHERE day = d.day AND customer_id IS NOT NULL
    AND ordered_at >= d.day - 2 AND ordered_at < d.day + 3
  ) o LIMIT %(most)s + 1
) uncounted
UNION ALL (
  SELECT b.customer, sum(b.at_most - others.at_most) + (SELECT sum(at_most) FROM others)
  FROM reports_bestbuyer b JOIN others USING (year) WHERE b.customer <> {ANYBODY_ELSE}
  GROUP BY b.customer ORDER BY 2 DESC LIMIT %(most)s + 1
)
UNION ALL SELECT {ANYBODY_ELSE}, COALESCE(sum(at_most), 0) FROM others"""  # noqa: S608 — this module's own words


class Leading(NamedTuple):
    """Among whom the best of some days are: `customers` who bought most in these years, and those who bought on days
    that were `uncounted`. Nobody else brought more than `others`."""

    customers: list[int]
    uncounted: list[int]
    others: Decimal


def leading(days: Days, *, most: int) -> Leading | None:
    """Up to `most` customers who may have brought most in the days, and those who bought on days that were not counted
    yet; none where these are more. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEADING, {"first": days.first, "final": days.final, "most": most})
        rows = cursor.fetchall()
    uncounted = [pk for pk, at_most in rows if at_most is None]
    if len(uncounted) > most:
        return None
    # Last stands what whoever has no row bought at most; before that, who comes after the others here.
    *placed, (_anybody, others) = [row for row in rows if row[1] is not None]
    return Leading([row[0] for row in placed[:most]], uncounted, placed[most][1] if len(placed) > most else others)
