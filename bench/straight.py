"""The least that can be done to get the retail file into Setia's tables: COPY, then four INSERT … SELECT.

It trusts the file: no detection, no check of a row, no report, nothing kept for undo, no unchanged order noticed. The
tables, their constraints and their indexes are the same. Run as `python -m bench.straight FILE` with `DATABASE_URL`.
"""

import gzip
import os
import sys

import psycopg

_STAGE = """
CREATE TEMP TABLE raw (invoice text, code text, description text, quantity numeric, at timestamp, price numeric,
                       customer text, country text) ON COMMIT DROP
"""

_LOAD = """
ANALYZE raw;
INSERT INTO catalogue_product (code, name, kind, notes, created_at, updated_at)
SELECT DISTINCT ON (upper(btrim(code)))
       upper(btrim(code)), COALESCE(left(description, 300), ''), 'GOODS', '', now(), now()
FROM raw ORDER BY upper(btrim(code)), description;

INSERT INTO customers_customer (source, number, kind, name, call_name, title, role, relation, acquisition, gender,
                                region, notes, created_at, updated_at)
SELECT 'main', customer, 'PERSON', '', '', '', 'EXTERNAL', '', '', '', max(country), '', now(), now()
FROM raw WHERE customer <> '' AND customer <> '0' GROUP BY customer;

CREATE TEMP TABLE grouped ON COMMIT DROP AS
SELECT invoice, NULLIF(NULLIF(max(customer), ''), '0') AS customer, min(at) AT TIME ZONE 'Asia/Jakarta' AS at,
       min(at)::date AS day, invoice ILIKE 'C%' AS cancelled, sum(quantity * price) AS total
FROM raw GROUP BY invoice;
INSERT INTO orders_order (source, number, numbered, customer_id, ordered_at, day, kind, cancelled, total, discount,
                          promotion_code, channel, reversed, note, created_at)
SELECT 'main', g.invoice, true, c.id, g.at, g.day,
       CASE WHEN g.cancelled THEN 'RETURN' WHEN g.total > 0 THEN 'PURCHASE' WHEN c.id IS NULL THEN 'ADJUSTMENT'
            WHEN g.total < 0 THEN 'RETURN' ELSE 'FREE' END,
       g.cancelled, g.total, 0, '', '', false, '', now()
FROM grouped g LEFT JOIN customers_customer c ON c.source = 'main' AND c.number = g.customer;
ANALYZE orders_order, catalogue_product;

INSERT INTO orders_orderline (order_id, position, product_id, description, quantity, unit_price, discount, amount)
SELECT o.id, row_number() OVER (PARTITION BY o.id), p.id, COALESCE(left(r.description, 300), ''), r.quantity, r.price,
       0, r.quantity * r.price
FROM raw r JOIN orders_order o ON o.source = 'main' AND o.number = r.invoice
JOIN catalogue_product p ON p.code = upper(btrim(r.code));
"""


def main(path: str) -> None:
    """Load one file into the database that `DATABASE_URL` names, in one transaction."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with gzip.open(path) as file, cursor.copy("COPY raw FROM STDIN (FORMAT csv, HEADER)") as copy:
            while chunk := file.read(1 << 20):
                copy.write(chunk)
        cursor.execute(_LOAD)


if __name__ == "__main__":
    main(sys.argv[1])
