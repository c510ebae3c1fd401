"""Contracts from staged rows: new ones made, known ones changed where the file says something else.

A contract is its number in the system the file comes from. One that a person entered with that number for the same
customer is the same contract. Whose a known contract is, a file does not change.
"""

from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged, people
from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.intake.reading.problems import Why

_JUDGED = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN from_date NOT BETWEEN '1990-01-01' AND %(today)s::date + 36600
      THEN ARRAY['too_early', 'from_date', from_date::text]
    WHEN until_date > '2199-12-31' THEN ARRAY['too_early', 'until_date', until_date::text]
    WHEN until_date < from_date THEN ARRAY['day_order', 'until_date', until_date::text]
    WHEN value < 0 THEN ARRAY['below_zero', 'value', trim_scale(value)::text]
  END AS why
  FROM stage s) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""
_TWICE = """
DELETE FROM stage USING (
  SELECT contract_number AS number FROM (
    SELECT contract_number,
           COALESCE(customer_number, customer_phone, lower(customer_email), lower(customer_name)) AS who FROM stage) w
  GROUP BY 1 HAVING min(who) <> max(who)) two
WHERE stage.contract_number = two.number RETURNING rn, 'twice', 'contract_number', two.number
"""

# What a row may not say of a contract that is here.
_AGAINST = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN s.customer_number IS NOT NULL AND c.source = %(source)s AND c.number <> s.customer_number
      AND NOT EXISTS (SELECT FROM customers_customer m WHERE m.source = %(source)s AND m.number = s.customer_number
                      AND m.merged_into_id = c.id)
      THEN ARRAY['whose', 'contract_number', s.contract_number]
    WHEN COALESCE(s.until_date, t.until_date) < s.from_date
      THEN ARRAY['day_order', 'from_date', s.from_date::text]
  END AS why
  FROM stage s JOIN service_contract t ON t.source = %(source)s AND t.number = s.contract_number
  JOIN customers_customer c ON c.id = t.customer_id) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""

# The file's latest row about a contract counts.
_WANTED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT DISTINCT ON (k.contract_number) k.rn, k.contract_number AS number, c.customer_id, k.contract_title AS title,
  k.from_date, k.until_date, k.value, k.complexity, k.account_manager AS responsible_id, k.note,
  COALESCE(f.id, h.id) AS contract_id
FROM keyed k JOIN customer_key c ON c.ckey = k.ckey
LEFT JOIN service_contract f ON f.source = %(source)s AND f.number = k.contract_number
LEFT JOIN LATERAL (
  SELECT min(b.id) AS id FROM service_contract b
  WHERE f.id IS NULL AND b.customer_id = c.customer_id AND b.source = '' AND b.number = k.contract_number
    AND (COALESCE(k.until_date, b.until_date) IS NULL OR COALESCE(k.until_date, b.until_date) >= k.from_date)) h ON true
ORDER BY k.contract_number, k.rn DESC
"""
_FACTS = ("title", "from_date", "until_date", "value", "complexity", "responsible_id", "note")
_CHANGED = f"""
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT u.id, {", ".join(f"COALESCE(w.{name}, u.{name}) AS {name}" for name in _FACTS)}
FROM wanted w JOIN service_contract u ON u.id = w.contract_id
WHERE row({", ".join(f"COALESCE(w.{name}, u.{name})" for name in _FACTS)})
  IS DISTINCT FROM row({", ".join(f"u.{name}" for name in _FACTS)})
"""
_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'service_contract', u.id, to_jsonb(u) FROM service_contract u JOIN changed USING (id)
ON CONFLICT DO NOTHING
"""
_UPDATE = f"""
UPDATE service_contract u SET {", ".join(f"{name} = c.{name}" for name in _FACTS)}, updated_at = %(at)s
FROM changed c WHERE c.id = u.id
"""
_INSERT = """
INSERT INTO service_contract (source, number, customer_id, title, from_date, until_date, value, complexity,
  responsible_id, note, created_at, updated_at, made_by_run, latest_run)
SELECT %(source)s, number, customer_id, title, from_date, until_date, value, COALESCE(complexity, ''), responsible_id,
  COALESCE(note, ''), %(at)s, %(at)s, %(run)s, %(run)s
FROM wanted WHERE contract_id IS NULL ORDER BY rn
"""


def reject(cursor: CursorWrapper, run: Run, *, today: date) -> dict[int, Why]:
    """Take rows out of the stage that break a rule; answers why, by row."""
    wrong: dict[int, Why] = {}
    for rule in (_JUDGED, _TWICE, _AGAINST):
        cursor.execute(rule, {"today": today, "source": run.source})
        wrong |= {row: Why(code, field, value) for row, code, field, value in cursor.fetchall()}
    return wrong


def write(cursor: CursorWrapper, run: Run, *, at: datetime) -> Counts:
    """Write the staged contracts with their customers."""
    counts = Counts()
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "at": at, "began": run.started_at or at}
    people.key(cursor, names, counts, by=run.mapping.get("match", "NUMBER"), latest="")
    cursor.execute(_WANTED, names)
    total = cursor.rowcount
    cursor.execute("ANALYZE wanted")
    cursor.execute(_CHANGED)
    updated = cursor.rowcount
    if updated:
        cursor.execute(_KEEP_BEFORE, names)
        cursor.execute(_UPDATE, names)
    cursor.execute(_INSERT, names)
    counts.add("contracts", created=cursor.rowcount, updated=updated, unchanged=total - cursor.rowcount - updated)
    merged.sweep(cursor, names, tables=("service_contract",))
    return counts
