"""Customers and their contact points from staged rows of a customer file."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged
from setia.intake.commit.counts import Counts
from setia.intake.commit.people import KEEP_BEFORE, MATCH
from setia.intake.models import Run

CONTACT_KINDS = ("phone", "whatsapp", "email", "instagram", "facebook", "telegram", "line", "tiktok", "address")

# Text facts a file may set; a blank cell says nothing and changes nothing.
_FACTS = (
    "name",
    "call_name",
    "title",
    "kind",
    "role",
    "relation",
    "acquisition",
    "gender",
    "tax_number",
    "birthday",
    "region",
    "notes",
)

_KEYED = """
CREATE TEMP TABLE keyed ON COMMIT DROP AS
SELECT *, COALESCE('n:' || number, 'p:' || COALESCE(phone, whatsapp), 'e:' || lower(email),
                   'c:' || lower(regexp_replace(btrim(name), '\\s+', ' ', 'g'))) AS ckey
FROM stage
"""

_INDUSTRIES = """
WITH fresh AS (
  INSERT INTO customers_industry (name)
  SELECT DISTINCT ON (lower(btrim(industry))) left(btrim(industry), 100) FROM stage
  WHERE industry IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM customers_industry i WHERE lower(i.name) = lower(btrim(industry)))
  ORDER BY lower(btrim(industry)), rn RETURNING id)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_industry', id, '{"made": true}' FROM fresh
"""

# Several rows about one customer: for each fact the latest row that states it counts.
_PARTY = """
CREATE TEMP TABLE party ON COMMIT DROP AS
SELECT ckey, max(k.number) AS number, {facts},
  (array_agg(i.id ORDER BY k.rn DESC) FILTER (WHERE i.id IS NOT NULL))[1] AS industry_id
FROM keyed k LEFT JOIN customers_industry i ON lower(i.name) = lower(btrim(k.industry))
WHERE ckey IS NOT NULL GROUP BY ckey
""".format(
    facts=", ".join(f"(array_agg(k.{f} ORDER BY k.rn DESC) FILTER (WHERE k.{f} IS NOT NULL))[1] AS {f}" for f in _FACTS)
)

_FILLED = """
CREATE TEMP TABLE filled ON COMMIT DROP AS
SELECT c.id, {chosen}, COALESCE(p.industry_id, c.industry_id) AS industry_id
FROM party p JOIN customer_key k USING (ckey) JOIN customers_customer c ON c.id = k.customer_id
WHERE NOT k.merged AND ({new}, COALESCE(p.industry_id, c.industry_id)) IS DISTINCT FROM ({old}, c.industry_id)
""".format(
    chosen=", ".join(f"COALESCE(p.{f}, c.{f}) AS {f}" for f in _FACTS),
    new=", ".join(f"COALESCE(p.{f}, c.{f})" for f in _FACTS),
    old=", ".join(f"c.{f}" for f in _FACTS),
)

_UPDATE = """
UPDATE customers_customer c SET {facts}, industry_id = f.industry_id, updated_at = %(at)s
FROM filled f WHERE c.id = f.id
""".format(facts=", ".join(f"{f} = f.{f}" for f in _FACTS))

_MAKE = """
WITH fresh AS (
  SELECT p.*, nextval(pg_get_serial_sequence('customers_customer', 'id')) AS id
  FROM party p JOIN customer_key k USING (ckey) WHERE k.customer_id IS NULL ORDER BY p.number, p.ckey),
made AS (
  INSERT INTO customers_customer (id, source, number, name, call_name, title, kind, role, relation, acquisition, gender,
                                  tax_number, birthday, region, notes, industry_id, created_at, updated_at, made_by_run,
                                  latest_run)
  OVERRIDING SYSTEM VALUE
  SELECT id, %(source)s, number, COALESCE(name, ''), COALESCE(call_name, ''), COALESCE(title, ''),
         COALESCE(kind, 'PERSON'), COALESCE(role, 'EXTERNAL'), COALESCE(relation, ''), COALESCE(acquisition, ''),
         COALESCE(gender, ''), COALESCE(tax_number, ''),
         birthday, COALESCE(region, ''), COALESCE(notes, ''), industry_id, %(at)s, %(at)s,
         %(run)s, %(run)s
  FROM fresh RETURNING id)
UPDATE customer_key k SET customer_id = f.id FROM fresh f WHERE f.ckey = k.ckey
"""

_POINTS = """
SELECT DISTINCT k.customer_id, v.kind, v.value
FROM keyed s JOIN customer_key k USING (ckey)
CROSS JOIN LATERAL (VALUES {values}) v(kind, value)
WHERE v.value IS NOT NULL
""".format(
    values=", ".join(f"('{k.upper()}', {'lower(s.email)' if k == 'email' else f's.{k}'})" for k in CONTACT_KINDS)
)

_CONTACTS = f"""
INSERT INTO customers_contactpoint (customer_id, kind, value, shown, preferred, made_by_run, latest_run)
SELECT customer_id, kind, value, value, false, %(run)s::bigint, %(run)s::bigint FROM ({_POINTS}) wanted
ON CONFLICT (customer_id, kind, value) DO NOTHING
"""


def reject_nameless(cursor: CursorWrapper) -> list[int]:
    """Take rows out that name nobody (no number, phone, e-mail or name); answers their row numbers."""
    cursor.execute(
        "DELETE FROM stage WHERE number IS NULL AND phone IS NULL AND whatsapp IS NULL AND email IS NULL"
        " AND NULLIF(btrim(name), '') IS NULL RETURNING rn"
    )
    return [row for (row,) in cursor.fetchall()]


def write(cursor: CursorWrapper, run: Run, *, at: object) -> Counts:
    """Write the staged customers: new ones made, known ones changed where the file says something else."""
    counts = Counts()
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "at": at, "began": run.started_at or at}
    cursor.execute(_INDUSTRIES, names)
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
        cursor.execute(_UPDATE, names)
    if fresh:
        cursor.execute(_MAKE, names)
    counts.add("customers", created=fresh, updated=filled, unchanged=total - fresh - filled)
    cursor.execute(f"SELECT count(*) FROM ({_POINTS}) wanted")
    (contacts,) = cursor.fetchone()
    cursor.execute(_CONTACTS, names)
    merged.sweep(cursor, names)
    counts.add("contact_points", created=cursor.rowcount, unchanged=contacts - cursor.rowcount)
    return counts
