"""Which customer a row means, and the customers and contact points a file brings.

A row names its customer by the firm's number, else by phone, else by e-mail, else by name alone; the first of these
that it has is its key (`ckey`): `n:` number, `p:` phone, `e:` e-mail, `c:` folded name. The mapping may put another one
first: phone, e-mail, `x:` tax number, `t:` name and town. `customer_key` maps each key to a customer that is there or
has just been made.
"""

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged
from setia.intake.commit.counts import Counts

_KEYED = """
CREATE TEMP VIEW keyed AS
SELECT *, {ckey} AS ckey
FROM stage
"""
_COLUMNS = {
    "number": "customer_number",
    "phone": "customer_phone",
    "email": "customer_email",
    "tax": "NULL::text",
    "name": "customer_name",
    "region": "customer_region",
}
_NAME = "lower(regexp_replace(btrim({name}), '\\s+', ' ', 'g'))"
_KEYS = {
    "NUMBER": "'n:' || {number}",
    "PHONE": "'p:' || {phone}",
    "EMAIL": "'e:' || lower({email})",
    "TAX": "'x:' || {tax}",
    "NAME_TOWN": f"'t:' || {_NAME} || '|' || lower(btrim({{region}}))",
}


def ckey(match: str, columns: Mapping[str, str]) -> str:
    """The SQL of a row's key. `columns` gives the SQL of number, phone, email, tax, name and region."""
    order = dict.fromkeys((match, "NUMBER", "PHONE", "EMAIL"))
    keys = [*(_KEYS[one] for one in order), f"'c:' || {_NAME}"]
    return f"COALESCE({', '.join(keys)})".format_map(columns)


# What the file says of each customer; where rows differ, the latest one that says anything.
_PARTY = """
CREATE TEMP TABLE party ON COMMIT DROP AS
SELECT ckey, max(customer_number) AS number,
  (array_agg(customer_name ORDER BY {latest}rn DESC) FILTER (WHERE customer_name IS NOT NULL))[1] AS name,
  (array_agg(customer_region ORDER BY {latest}rn DESC) FILTER (WHERE customer_region IS NOT NULL))[1]
    AS region,
  max(customer_gender) AS gender, max(customer_kind) AS kind
FROM keyed WHERE ckey IS NOT NULL GROUP BY ckey
"""

_MATCH = """
CREATE TEMP TABLE customer_key ON COMMIT DROP AS
SELECT p.ckey, COALESCE(n.id, c.id, s.id{more}) AS customer_id
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
{joins}
"""

_BY_TAX = """
LEFT JOIN LATERAL (
  SELECT min(b.id) AS id FROM customers_customer b
  WHERE p.ckey LIKE 'x:%%' AND b.tax_number = substr(p.ckey, 3) AND b.tax_number > '') x ON true
"""
_BY_NAME_AND_TOWN = """
LEFT JOIN LATERAL (
  SELECT min(b.id) AS id FROM customers_customer b
  WHERE p.ckey LIKE 't:%%' AND b.sort_name || '|' || lower(b.region) = substr(p.ckey, 3)
    AND b.sort_name = lower(regexp_replace(btrim(p.name), '\\s+', ' ', 'g'))) t ON true
"""
_MORE = {"TAX": ("x", _BY_TAX), "NAME_TOWN": ("t", _BY_NAME_AND_TOWN)}

# Not recognised by what comes first: then by number, which two customers of one source cannot have.
_BY_NUMBER = """
UPDATE customer_key k SET customer_id = n.id
FROM party p JOIN customers_customer n ON n.source = %(source)s AND n.number = p.number
WHERE k.ckey = p.ckey AND k.customer_id IS NULL
"""
_AS_DECIDED = """
UPDATE customer_key k SET customer_id = c.id FROM customers_customer c
WHERE k.ckey LIKE 'm:%%' AND c.id = substr(k.ckey, 3)::bigint
"""
_NUMBER_ONCE = """
UPDATE party p SET number = NULL FROM (
  SELECT ckey, row_number() OVER (PARTITION BY number ORDER BY ckey) AS place FROM party WHERE number IS NOT NULL) q
WHERE p.ckey = q.ckey AND q.place > 1
"""


def match(cursor: CursorWrapper, by: str, names: dict[str, Any], *, decided: bool = False) -> None:
    """Make `customer_key` from `party`: whom each key means among those who are there, NULL for somebody new.

    `decided` says that some keys are `m:` and the key of a customer, as a person chose.
    """
    alias, joins = _MORE.get(by, ("", ""))
    cursor.execute(_MATCH.format(more=f", {alias}.id" if alias else "", joins=joins), names)
    if decided:
        cursor.execute(_AS_DECIDED)
    if by != "NUMBER" or decided:
        cursor.execute(_BY_NUMBER, names)
        cursor.execute(_NUMBER_ONCE)
    merged.follow(cursor)


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


def key(
    cursor: CursorWrapper, names: dict[str, Any], counts: Counts, *, by: str, latest: str = "ordered_at DESC, "
) -> None:
    """Find or make the customer of every staged order line; leaves `keyed` and `customer_key` for the rest.

    `by` is what a customer is recognised by first, one of `plan.MATCHES`. `latest` is the SQL that puts the row first
    whose word on a customer counts.
    """
    cursor.execute(_KEYED.format(ckey=ckey(by, _COLUMNS)))
    cursor.execute(_PARTY.format(latest=latest))
    cursor.execute("ANALYZE party")
    match(cursor, by, names)
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
