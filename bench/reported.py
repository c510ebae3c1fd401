"""Fills the database of `bench.reports`, answered in JSON: `python -m bench.reported '{"customers": 1000000, …}'`.

Beside what `bench.sold` makes there are orders, in the 400 days until today whatever their number. One of ten is a
walk-in's, one of thirty a return; they have one to three lines of 5,000 products, some of which are bought much more
often than others. Then the days are counted as the worker counts them.
"""

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 — Django must be set up before

from bench import sold  # noqa: E402
from bench.recurred import without_indexes  # noqa: E402
from setia.core.queries import firm  # noqa: E402
from setia.reports import actions  # noqa: E402

PRODUCTS = 5_000
_TABLES = ("catalogue_product", "orders_order", "orders_orderline")
_AMOUNT = "(10000 * (1 + (i * 31 + j * 17) %% 40))"
_BACK = "CASE WHEN i %% 30 = 7 THEN -1 ELSE 1 END"

_FILL = (
    """
INSERT INTO catalogue_product (code, name, kind, notes, created_at, updated_at)
SELECT 'p' || n, 'Kopi ' || n, 'GOODS', '', now(), now() FROM generate_series(1, %(products)s) n
""",
    # Customers come one after the other: who buys on a day is one of those who are there by then.
    f"""
INSERT INTO orders_order (id, source, number, numbered, customer_id, ordered_at, day, kind, cancelled, total, discount,
                          promotion_code, channel, reversed, note, created_at)
SELECT i, 'main', 'S' || i, true,
  CASE WHEN i %% 10 <> 3 THEN %(first)s + (random() * sqrt(i::float / %(orders)s) * (%(customers)s - 1))::bigint END,
  d.at, (d.at AT TIME ZONE %(zone)s)::date, CASE WHEN i %% 30 = 7 THEN 'RETURN' ELSE 'PURCHASE' END, i %% 30 = 7,
  {_BACK} * (SELECT sum({_AMOUNT}) FROM generate_series(1, 1 + i %% 3) j), 0, '',
  (ARRAY['Tokopedia', 'WhatsApp', 'Toko', ''])[1 + i %% 4], i %% 97 = 5 AND i %% 30 <> 7, '', d.at
FROM generate_series(1, %(orders)s) i
CROSS JOIN LATERAL (SELECT now() - (%(orders)s - i) * interval '400 days' / %(orders)s AS at) d
""",
    f"""
INSERT INTO orders_orderline (order_id, position, product_id, description, quantity, unit_price, discount, amount)
SELECT i, j, p.low + (random() ^ 2 * (%(products)s - 1))::bigint, '', {_BACK}, {_AMOUNT}, 0, {_BACK} * {_AMOUNT}
FROM generate_series(1, %(orders)s) i CROSS JOIN LATERAL generate_series(1, 1 + i %% 3) j,
  (SELECT min(id) AS low FROM catalogue_product) p
""",
    "SELECT setval(pg_get_serial_sequence('orders_order', 'id'), %(orders)s)",
)


def main(sizes: dict[str, int]) -> dict[str, Any]:
    """Fill what is empty; answers how to sign in, and how long the worker took to count which days."""
    known = sold.main({key: number for key, number in sizes.items() if key != "orders"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM orders_order), (SELECT min(id) FROM customers_customer)")
        there, first = cursor.fetchone()
    if not there:
        names: dict[str, Any] = {**sizes, "products": PRODUCTS, "first": first, "zone": firm().zone}
        with transaction.atomic(), without_indexes(_TABLES), connection.cursor() as cursor:
            for statement in _FILL:
                cursor.execute(statement, names)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        actions.mark_all()
    begun = time.monotonic()
    days = actions.count_sold()
    seconds = time.monotonic() - begun
    with connection.cursor() as cursor:
        if days > 1:
            cursor.execute("VACUUM ANALYZE reports_soldtally, reports_buyertally")
        cursor.execute(
            "SELECT pg_database_size(current_database()) >> 20, (pg_total_relation_size('reports_soldtally')"
            " + pg_total_relation_size('reports_buyertally')) >> 20"
        )
        mib, tallies_mib = cursor.fetchone()
    return known | {"days": days, "seconds": seconds, "mib": int(mib), "tallies_mib": int(tallies_mib)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
