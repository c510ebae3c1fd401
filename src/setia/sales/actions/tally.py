"""Keeps the tally of people's deeds: says which days are out of date, and counts days anew."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from setia.core.queries import current_firm
from setia.sales.counting import DEEDS
from setia.sales.models import StaleDay, Target

LOCK = 7_340_031
BATCH = 31
RECENT = 40
"""So many days back are counted anew every night, whatever was said about them: what comes in late is in them."""


def mark_stale(days: Collection[date]) -> None:
    """Say that the tally of these days is out of date; pages count them themselves until `count_stale` has."""
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in sorted(set(days))], ignore_conflicts=True)


def mark_order(order_id: int) -> None:
    """Say that the day of an order, and that of a return of it, are out of date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_staleday (day) SELECT DISTINCT day FROM orders_order"
            " WHERE id = %(order)s OR reverses_id = %(order)s ORDER BY day ON CONFLICT DO NOTHING",
            {"order": order_id},
        )


def mark_customers(customers: Collection[int]) -> None:
    """Say that the days on which these customers bought are out of date: who is responsible for them has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_staleday (day) SELECT DISTINCT day FROM orders_order WHERE customer_id = ANY(%s)"
            " AND day >= (SELECT min(from_date) FROM sales_target) ORDER BY day ON CONFLICT DO NOTHING",
            [list(customers)],
        )


def count_days(days: Collection[date]) -> None:
    """Count days anew, some at a time, each batch in a transaction of its own; they are fresh then."""
    zone = current_firm().zone
    ordered = sorted(set(days))
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        with transaction.atomic(), connection.cursor() as cursor:
            # One counter at a time: two would both delete and both insert.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # Taken off before counting: a change that comes meanwhile puts its day on again.
            cursor.execute("DELETE FROM sales_staleday WHERE day = ANY(%s)", [some])
            cursor.execute("DELETE FROM sales_tally WHERE day = ANY(%s)", [some])
            cursor.execute(
                f"INSERT INTO sales_tally (day, what, person_id, product_id, amount, number) {DEEDS}",
                {"days": some, "zone": zone},
            )


def count_stale() -> None:
    """Count the days that are out of date."""
    count_days(list(StaleDay.objects.values_list("day", flat=True)))


def count_running(*, at: datetime) -> None:
    """Count the latest days, and all days of targets whose period ended no longer ago than those.

    After an import, a change of who is responsible for many customers, and every night.
    """
    today = current_firm().day_of(at)
    recent = today - timedelta(days=RECENT)
    days = {recent + timedelta(days=day) for day in range(RECENT + 1)}
    for first, final in Target.objects.filter(until_date__gte=recent).values_list("from_date", "until_date"):
        days |= {first + timedelta(days=day) for day in range((min(final, today) - first).days + 1)}
    count_days(days)
