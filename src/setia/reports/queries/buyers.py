"""New and returning customers, by day and by product, counted from the orders when they are asked for.

A customer is new on the day of their first purchase, of anything or of one product, and returning on any later day;
who walks in is a third number. A purchase that was taken back whole is none.
"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.catalogue.queries import products_for
from setia.core.permissions import owners_seen
from setia.reports.live import Asked, Table

_COUNTS = "o.kind = 'PURCHASE' AND NOT o.reversed"
_OWNED = "AND EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = o.customer_id AND c.owner_id = ANY(%(owners)s))"
# By the index of moments: no zone is further than a day from UTC.
_BOUGHT = f"""
FROM orders_order o {{lines}}
WHERE {_COUNTS} AND o.day BETWEEN %(first)s AND %(final)s
  AND o.ordered_at >= %(first)s::date - 2 AND o.ordered_at < %(final)s::date + 3 {{owned}}
"""
_LINES = "JOIN orders_orderline l ON l.order_id = o.id AND l.product_id IS NOT NULL AND l.amount > 0"
_FIRST = f"""(SELECT o.day FROM orders_order o {{lines}} WHERE o.customer_id = b.customer_id AND {_COUNTS}
  {{same}} ORDER BY o.ordered_at, o.id LIMIT 1)"""  # noqa: S608 — this module's own words


_SAME = "AND l.product_id = b.product_id"


def buyers_by_day(user: User, asked: Asked) -> Table:
    """Each day's new and returning customers, of one product if one was asked for, and orders of who walked in."""
    one = asked.product is not None
    lines = f"{_LINES} AND l.product_id = %(product)s" if one else ""
    owned = _owned(user)
    inside = _BOUGHT.format(lines=lines, owned=owned)
    rows = _ask(
        f"""
        WITH bought AS (SELECT o.day, o.customer_id, count(DISTINCT o.id) AS orders {inside} GROUP BY 1, 2),
        known AS (SELECT b.customer_id, {_FIRST.format(lines=lines, same="")} AS first
                  FROM (SELECT DISTINCT customer_id FROM bought WHERE customer_id IS NOT NULL) b)
        SELECT b.day, count(*) FILTER (WHERE k.first = b.day), count(*) FILTER (WHERE k.first < b.day),
          COALESCE(sum(b.orders) FILTER (WHERE k.first = b.day), 0)::bigint,
          COALESCE(sum(b.orders) FILTER (WHERE k.first < b.day), 0)::bigint,
          COALESCE(sum(b.orders) FILTER (WHERE b.customer_id IS NULL), 0)::bigint
        FROM bought b LEFT JOIN known k USING (customer_id) GROUP BY b.day
        """,  # noqa: S608 — this module's own words
        user,
        asked,
    )
    names = ("new", "returning", "new_orders", "returning_orders", "walk_in_orders")
    found = {day: dict(zip(names, numbers, strict=True)) for day, *numbers in rows}
    table = []
    for day in asked.period.now.each():
        row: dict[str, Any] = {"key": day.isoformat(), "day": day.isoformat()}
        row |= found.get(day, dict.fromkeys(names, 0))
        if not one:
            row |= {f"{name}_rows": f"bought={day}.{name}" for name in ("new", "returning")}
        table.append(row)
    # A customer may return on several days: those are not added up.
    return Table(table, {name: sum(row[name] for row in table) for name in names if name != "returning"})


def buyers_by_product(user: User, asked: Asked) -> Table:
    """Of each product, how many customers bought it for the first time in the period, how many on a later day."""
    owned = _owned(user)
    rows = _ask(
        f"""
        WITH bought AS (SELECT l.product_id, o.customer_id, min(o.day) AS early, max(o.day) AS late,
                          count(DISTINCT o.id) AS orders {_BOUGHT.format(lines=_LINES, owned=owned)} GROUP BY 1, 2),
        known AS (SELECT b.*, {_FIRST.format(lines=_LINES, same=_SAME)} AS first FROM bought b)
        SELECT product_id, count(*) FILTER (WHERE first = early), count(*) FILTER (WHERE first < late),
          COALESCE(sum(orders) FILTER (WHERE customer_id IS NULL), 0)::bigint, sum(orders)::bigint
        FROM known GROUP BY product_id
        """,  # noqa: S608 — this module's own words
        user,
        asked,
    )
    names = dict(products_for(user).filter(pk__in=[row[0] for row in rows]).values_list("pk", "name"))
    table = [
        {
            "key": str(product),
            "label": names.get(product, f"#{product}"),
            "new": new,
            "returning": returning,
            "walk_in_orders": walk_in,
            "orders": orders,
        }
        for product, new, returning, walk_in, orders in rows
    ]
    table.sort(key=lambda row: (-row["new"] - row["returning"], row["label"]))
    return Table(table, None)


def product_words(user: User, asked: Asked) -> str:
    """What product a report was narrowed to, in words; '' for all."""
    if asked.product is None:
        return ""
    name = products_for(user).filter(pk=asked.product).values_list("name", flat=True).first()
    return name or _("No such product")


def _owned(user: User) -> str:
    return "" if owners_seen(user) is None else _OWNED


def _ask(sql: str, user: User, asked: Asked) -> list[tuple[Any, ...]]:
    days = asked.period.now
    names = {"first": days.first, "final": days.final, "product": asked.product}
    with connection.cursor() as cursor:
        cursor.execute(sql, names | {"owners": sorted(owners_seen(user) or ())})
        return list(cursor.fetchall())
