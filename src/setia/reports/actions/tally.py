"""Keeps the tallies of what was sold and of who bought, and the note of whose customers' orders lie on which day: says
which days are out of date, and counts days, and what the best customers bought at most, anew.

Who bought on a day may turn from returning into new, or back, when their earlier orders change: what happens to an
order puts the customer's later days out of date with its own.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from setia.reports import buying
from setia.reports.actions.best import count_best
from setia.reports.counting import FIGURES, counted, of_days, orders_of
from setia.reports.models import UncountedDay
from setia.reports.models.bought import NEVER

LOCK = 7_340_077
BATCH = 10
MANY = 60
_WAYS = "PCSRAI"
_NAMES = ", ".join(FIGURES)
_SUMS = ", ".join(f"sum({name})" for name in FIGURES)
_ADD = f"INSERT INTO reports_soldtally (way, owner, span, day, key, {_NAMES})"

_BUYERS = f"INSERT INTO reports_buyertally (product, owner, span, day, {', '.join(buying.FIGURES)}, away)"

_MARK_ORDER = """
WITH touched AS (
  SELECT day FROM orders_order WHERE id = %(order)s OR reverses_id = %(order)s
  UNION SELECT p.day FROM orders_order o JOIN orders_order p ON p.id = o.reverses_id WHERE o.id = %(order)s
  UNION SELECT unnest(%(days)s::date[])
)
INSERT INTO reports_uncountedday (day)
SELECT day FROM touched
UNION SELECT o.day FROM orders_order o WHERE o.customer_id = %(customer)s AND o.day > (SELECT min(day) FROM touched)
"""

_DIFFERENT = """
WITH different AS (
SELECT day FROM (
  SELECT day, sum(total) AS total, count(*) FILTER (WHERE kind = 'PURCHASE' AND NOT reversed) AS orders
  FROM orders_order WHERE kind IN ('PURCHASE', 'RETURN') GROUP BY day
) there FULL JOIN (
  SELECT day, sum(purchased + returned) AS total, sum(orders) AS orders
  FROM reports_soldtally WHERE way = 'C' AND owner = -1 AND span = 'D' GROUP BY day
) kept USING (day)
WHERE there.total IS DISTINCT FROM kept.total OR there.orders IS DISTINCT FROM kept.orders
UNION SELECT unnest(%(days)s::date[])
)
INSERT INTO reports_uncountedday (day)
SELECT day FROM different
UNION SELECT DISTINCT day FROM orders_order WHERE day > (SELECT min(day) FROM different)
"""

_OF_MONTH = """FROM reports_buyertally WHERE owner = -1 AND span = 'D' AND product > 0
  AND day >= %(month)s::date AND day < (%(month)s::date + interval '1 month')::date"""
_ADDED = ", ".join(f"sum({name}) AS {name}" for name in buying.FIGURES)
# Of those who came back on a day of the month, who had not in it before: as of its first day, however long before.
_MONTH_OF_BUYERS = f"""{_BUYERS}
SELECT s.product, s.owner, 'M', %(month)s::date, s.new, COALESCE(cardinality(a.away), 0), s.new_orders,
  s.again_orders, s.walk_in_orders, COALESCE(a.away, '{{}}')
FROM (SELECT product, owner, {_ADDED} {_OF_MONTH} GROUP BY product, owner) s
LEFT JOIN (
  SELECT product, array_agg(since ORDER BY since) AS away FROM (
    SELECT product, CASE WHEN since = {NEVER} THEN since ELSE since - (day - %(month)s::date) END AS since
    FROM (SELECT product, day, unnest(away) AS since {_OF_MONTH}) each_day
  ) each_customer WHERE since > 0 GROUP BY product
) a USING (product)"""  # noqa: S608 — this module's own words


_NOTE = f"""INSERT INTO reports_ownedorder (day, owner, order_id)
SELECT o.day, c.owner_id, o.id {orders_of("ALL")} AND c.owner_id IS NOT NULL AND o.kind IN ('PURCHASE', 'RETURN')"""


def mark_days(days: Iterable[date]) -> None:
    """Say that the tally of these days is out of date."""
    UncountedDay.objects.bulk_create([UncountedDay(day=day) for day in sorted(set(days))])


def mark_order(order_id: int, days: Iterable[str] = (), *, customer: int | None = None) -> None:
    """Say that the days of an order, of what it returns and of returns of it, `days` (ISO) it was on before, and later
    ones on which the customer bought, are out of date.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK_ORDER, {"order": order_id, "days": list(days), "customer": customer})


def mark_customers(customers: Collection[int]) -> None:
    """Say that the days on which these customers bought are out of date: who they are to the firm has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_uncountedday (day) SELECT DISTINCT day FROM orders_order WHERE customer_id = ANY(%s)",
            [list(customers)],
        )


def mark_regions(texts: Collection[str]) -> None:
    """Say that the days are out of date on which those bought who live where one of these free texts says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_uncountedday (day) SELECT DISTINCT o.day FROM customers_customer c"
            " JOIN orders_order o ON o.customer_id = c.id WHERE c.region = ANY(%s) AND c.region_code = ''",
            [list(texts)],
        )


def mark_all() -> None:
    """Say that every day is out of date: many customers may have changed at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_uncountedday (day) SELECT day FROM orders_order"
            " UNION SELECT day FROM reports_soldtally UNION SELECT day FROM reports_buyertally"
        )


def mark_different(days: Iterable[date] = ()) -> None:
    """Say of every day whose orders come to something else than its tally, of `days`, and of all days after the first
    of them, that they are out of date: after an import, and every night, should anything ever have slipped by. One
    reading of all orders.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"days": list(days)})


def count_days(days: Collection[date]) -> None:
    """Count days anew, the newest first, some at a time, each batch in a transaction of its own; they are fresh then.

    More than `MANY` are one batch: who bought on a day is told from all their earlier orders, which are read once then.
    """
    ordered = sorted(set(days), reverse=True)
    size = BATCH if len(ordered) <= MANY else len(ordered)
    for start in range(0, len(ordered), size):
        some = ordered[start : start + size]
        months = sorted({day.replace(day=1) for day in some})
        with transaction.atomic(), connection.cursor() as cursor:
            # One counter at a time: two would both delete and both insert.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # What changes from here on marks its day by another row, and so stays marked.
            cursor.execute("SELECT id FROM reports_uncountedday WHERE day = ANY(%s)", [some])
            marks = [row[0] for row in cursor.fetchall()]
            _count_sold(cursor, some, months)
            _count_buyers(cursor, some, months)
            count_best(cursor, some)
            cursor.execute("DELETE FROM reports_ownedorder WHERE day = ANY(%s)", [some])
            cursor.execute(_NOTE, of_days(some))
            cursor.execute("DELETE FROM reports_uncountedday WHERE id = ANY(%s)", [marks])


def _count_sold(cursor: CursorWrapper, days: list[date], months: list[date]) -> None:
    cursor.execute("DELETE FROM reports_soldtally WHERE day = ANY(%s) AND span = 'D'", [days])
    for start in range(0, len(days), BATCH):
        cursor.execute(
            f"{_ADD} SELECT way, owner, 'D', day, key, {_NAMES} FROM ({counted(_WAYS)}) counted",  # noqa: S608
            of_days(days[start : start + BATCH]),
        )
    cursor.execute("DELETE FROM reports_soldtally WHERE day = ANY(%s) AND span = 'M'", [months])
    for month in months:
        cursor.execute(
            f"{_ADD} SELECT way, owner, 'M', %(month)s::date, key, {_SUMS} FROM reports_soldtally"  # noqa: S608
            " WHERE span = 'D' AND day >= %(month)s::date AND day < %(month)s::date + interval '1 month'"
            " AND (way <> 'I' OR owner = -1)"
            " GROUP BY way, owner, key",
            {"month": month},
        )


def _count_buyers(cursor: CursorWrapper, days: list[date], months: list[date]) -> None:
    cursor.execute("DELETE FROM reports_buyertally WHERE day = ANY(%s) AND span = 'D'", [days])
    for of in ("ANYTHING", "EACH"):
        cursor.execute(
            f"{_BUYERS} SELECT product, owner, 'D', day, {', '.join(buying.FIGURES)}, away"  # noqa: S608
            f" FROM ({buying.buyers(of)}) counted",
            of_days(days),
        )
    cursor.execute("DELETE FROM reports_buyertally WHERE day = ANY(%s) AND span = 'M'", [months])
    for month in months:
        cursor.execute(_MONTH_OF_BUYERS, {"month": month})


def count_sold() -> int:
    """Count the days that are out of date. Answers how many."""
    days = list(UncountedDay.objects.values_list("day", flat=True).distinct())
    count_days(days)
    return len(days)
