"""Which customer a row means, and the customers and contact points a file brings.

A row names its customer by the firm's number, else by phone, else by e-mail, else by name alone; the first of these
that it has is its key (`ckey`): `n:` number, `p:` phone, `e:` e-mail, `c:` folded name. `customer_key` maps each key to
a customer that is there or has just been made.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged
from setia.intake.commit.counts import Counts

_KEYED = """
CREATE TEMP VIEW keyed AS
SELECT *, COALESCE('n:' || customer_number, 'p:' || customer_phone, 'e:' || lower(customer_email),
                   'c:' || lower(regexp_replace(btrim(customer_name), '\\s+', ' ', 'g'))) AS ckey
FROM stage
"""

# What the file says of each customer; where rows differ, the latest one that says anything.
_PARTY = """
CREATE TEMP TABLE party ON COMMIT DROP AS
SELECT ckey, max(customer_number) AS number,
  (array_agg(customer_name ORDER BY ordered_at DESC, rn DESC) FILTER (WHERE customer_name IS NOT NULL))[1] AS name,
  (array_agg(customer_region ORDER BY ordered_at DESC, rn DESC) FILTER (WHERE customer_region IS NOT NULL))[1]
    AS region,
  max(customer_gender) AS gender, max(customer_kind) AS kind
FROM keyed WHERE ckey IS NOT NULL GROUP BY ckey
"""

MATCH = """
CREATE TEMP TABLE customer_key ON COMMIT DROP AS
SELECT p.ckey, COALESCE(n.id, c.id, s.id) AS customer_id
FROM party p
LEFT JOIN customers_customer n ON p.ckey LIKE 'n:%%' AND n.source = %(source)s AND n.number = p.number
LEFT JOIN LATERAL (
  SELECT min(k.customer_id) AS id FROM customers_contactpoint k
  WHERE (p.ckey LIKE 'p:%%' AND k.kind IN ('PHONE', 'WHATSAPP') AND k.value = substr(p.ckey, 3))
     OR (p.ckey LIKE 'e:%%' AND k.kind = 'EMAIL' AND k.value = substr(p.ckey, 3))) c
  ON p.ckey LIKE 'p:%%' OR p.ckey LIKE 'e:%%'
LEFT JOIN LATERAL (
  SELECT min(b.id) AS id FROM customers_customer b
  WHERE b.source = %(source)s AND b.number IS NULL
    AND b.sort_name = lower(regexp_replace(btrim(p.name), '\\s+', ' ', 'g'))) s ON p.ckey LIKE 'c:%%'
"""

_MAKE = """
WITH fresh AS (
  SELECT p.*, nextval(pg_get_serial_sequence('customers_customer', 'id')) AS id
  FROM party p JOIN customer_key k USING (ckey) WHERE k.customer_id IS NULL ORDER BY p.number, p.ckey),
made AS (
  INSERT INTO customers_customer (id, kind, source, number, name, call_name, title, role, relation, acquisition, gender,
                                  region, notes, created_at, updated_at, made_by_run, latest_run)
  OVERRIDING SYSTEM VALUE
  SELECT id, COALESCE(kind, 'PERSON'), %(source)s, number, COALESCE(name, ''), '', '', 'EXTERNAL', '', '',
         COALESCE(gender, ''), COALESCE(region, ''), '', %(at)s, %(at)s, %(run)s, %(run)s
  FROM fresh RETURNING id)
UPDATE customer_key k SET customer_id = f.id FROM fresh f WHERE f.ckey = k.ckey
"""

# A known customer's empty facts are filled from the file; what is known already is never overwritten by an order file.
_FILLED = """
CREATE TEMP TABLE filled ON COMMIT DROP AS
SELECT c.id, COALESCE(NULLIF(c.name, ''), p.name, '') AS name, COALESCE(NULLIF(c.region, ''), p.region, '') AS region,
       COALESCE(NULLIF(c.gender, ''), p.gender, '') AS gender
FROM party p JOIN customer_key k USING (ckey) JOIN customers_customer c ON c.id = k.customer_id
WHERE NOT k.merged AND ((c.name = '' AND p.name IS NOT NULL) OR (c.region = '' AND p.region IS NOT NULL)
   OR (c.gender = '' AND p.gender IS NOT NULL))
"""

KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_customer', c.id, to_jsonb(c) FROM customers_customer c WHERE c.id IN (SELECT id FROM filled)
ON CONFLICT DO NOTHING
"""

_CONTACTS = """
INSERT INTO customers_contactpoint (customer_id, kind, value, shown, preferred, made_by_run, latest_run)
SELECT DISTINCT k.customer_id, v.kind, v.value, v.value, false, %(run)s::bigint, %(run)s::bigint
FROM keyed s JOIN customer_key k USING (ckey)
CROSS JOIN LATERAL (VALUES ('PHONE', s.customer_phone), ('EMAIL', lower(s.customer_email))) v(kind, value)
WHERE v.value IS NOT NULL
ON CONFLICT (customer_id, kind, value) DO NOTHING
"""


def key(cursor: CursorWrapper, names: dict[str, Any], counts: Counts) -> None:
    """Find or make the customer of every staged order line; leaves `keyed` and `customer_key` for the rest."""
    cursor.execute(_KEYED)
    cursor.execute(_PARTY)
    cursor.execute("ANALYZE party")
    cursor.execute(MATCH, names)
    merged.follow(cursor)
    cursor.execute("SELECT count(*) FILTER (WHERE customer_id IS NULL), count(*) FROM customer_key")
    fresh, total = cursor.fetchone()
    cursor.execute(_FILLED)
    filled = cursor.rowcount
    if filled:
        cursor.execute(KEEP_BEFORE, names)
        cursor.execute(
            "UPDATE customers_customer c SET name = f.name, region = f.region, gender = f.gender, updated_at = %(at)s"
            " FROM filled f WHERE c.id = f.id",
            names,
        )
    if fresh:
        cursor.execute(_MAKE, names)
    counts.add("customers", created=fresh, updated=filled, unchanged=total - fresh - filled)
    cursor.execute(_CONTACTS, names)
    counts.add("contact_points", created=cursor.rowcount)
