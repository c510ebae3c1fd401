"""Keeps what each year's best customers bought at most (`BestBuyer`).

Of the customers of the days counted anew the year is added up again; who comes to more than the others gets a row.
When there are too many rows, or many days come at once, the year is counted from all its orders.
"""

from collections.abc import Collection
from datetime import date

from django.db.backends.utils import CursorWrapper

from setia.reports.counting import of_days, orders_of

KEPT = 10_000
"""Customers of a year with a row of their own, when it was counted from all its orders."""
MANY_DAYS = 31

_BOUGHT = "o.kind IN ('PURCHASE', 'RETURN') AND o.total > 0 AND o.customer_id IS NOT NULL"
_OF_YEAR = "o.day >= make_date(%(year)s, 1, 1) AND o.day <= make_date(%(year)s, 12, 31)"
_ADD = "INSERT INTO reports_bestbuyer (year, customer, at_most)"

_WHOLE = f"""{_ADD}
WITH placed AS (
  SELECT o.customer_id AS customer, sum(o.total) AS at_most, row_number() OVER (ORDER BY sum(o.total) DESC) AS place
  FROM orders_order o WHERE {_BOUGHT} AND {_OF_YEAR} GROUP BY o.customer_id
)
SELECT %(year)s, customer, at_most FROM placed WHERE place <= %(kept)s
UNION ALL SELECT %(year)s, 0, COALESCE(max(at_most) FILTER (WHERE place > %(kept)s), 0) FROM placed"""  # noqa: S608

_THESE = f"""{_ADD}
SELECT %(year)s, o.customer_id, sum(o.total) FROM orders_order o
WHERE {_BOUGHT} AND {_OF_YEAR} AND o.customer_id = ANY(ARRAY(
  SELECT DISTINCT o.customer_id {orders_of("ALL", "")} AND o.customer_id IS NOT NULL))
GROUP BY o.customer_id
HAVING sum(o.total) > (SELECT at_most FROM reports_bestbuyer WHERE year = %(year)s AND customer = 0)
ON CONFLICT (year, customer) DO UPDATE SET at_most = excluded.at_most"""  # noqa: S608 — this module's own words


def count_best(cursor: CursorWrapper, days: Collection[date]) -> None:
    """Count the years of these days anew, as far as the days bear on them; the caller counts alone."""
    cursor.execute("SELECT year, count(*) FROM reports_bestbuyer GROUP BY year")
    there = dict(cursor.fetchall())
    for year in sorted({day.year for day in days}):
        some = [day for day in days if day.year == year]
        names = of_days(some) | {"year": year, "kept": KEPT}
        if len(some) > MANY_DAYS or not 0 < there.get(year, 0) < 2 * KEPT:
            cursor.execute("DELETE FROM reports_bestbuyer WHERE year = %(year)s", names)
            cursor.execute(_WHOLE, names)
        else:
            cursor.execute(_THESE, names)
