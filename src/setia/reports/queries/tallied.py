"""Which days of a report are read from its tally and which are counted along, because they may be out of date.

In a firm of few orders all such days are counted along; in a larger one the newest, and the others wait for the worker.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from setia.reports.periods import Days

FEW_ORDERS = 50_000
LIVE_DAYS = 3
"""In a firm of more than `FEW_ORDERS`, so many days are counted while a page is made."""
LARGE = 1_000_000
"""In a firm of more orders, what is heavy to count waits for the worker, who comes every five minutes."""

_STATE = """
SELECT (SELECT reltuples FROM pg_class WHERE oid = 'orders_order'::regclass),
  ARRAY(SELECT DISTINCT day FROM reports_uncountedday
        WHERE day BETWEEN %(first)s AND %(final)s OR day BETWEEN %(from)s AND %(until)s ORDER BY day DESC)
"""


class Sources(NamedTuple):
    """The days of some spans: those to count along (`live`), whole `months` of the tally by their first days, other
    `days` of the tally, and how many of them wait for the worker."""

    live: list[date]
    months: list[date]
    days: list[date]
    waiting: int


def sources_of(spans: Sequence[Days], *, months: bool = True, heavy: bool = False) -> Sources:
    """Where each day of one or two spans is read; `heavy` counts one day along at most. One query."""
    first, second = spans[0], spans[-1]
    names = {"first": first.first, "final": first.final, "from": second.first, "until": second.final}
    with connection.cursor() as cursor:
        cursor.execute(_STATE, names)
        many, uncounted = cursor.fetchall()[0]
    most = int(many < LARGE) if heavy else LIVE_DAYS
    live = set(uncounted if many < FEW_ORDERS else uncounted[:most])
    whole = _whole_months(spans, live) if months else []
    inside = set(whole)
    wanted = sorted({day for days in spans for day in days.each()})
    days = [day for day in wanted if day not in live and day.replace(day=1) not in inside]
    return Sources(sorted(live), whole, days, len(uncounted) - len(live))


def _whole_months(spans: Sequence[Days], live: set[date]) -> list[date]:
    """The first days of months that lie wholly in one of the spans and have no day that is counted along."""
    touched = {day.replace(day=1) for day in live}
    found = []
    for days in spans:
        for start in sorted({day.replace(day=1) for day in days.each()}):
            end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            if days.first <= start and end <= days.final and start not in touched:
                found.append(start)
    return found
