"""Installed units from staged rows: new ones made, known ones changed where the file says something else.

A unit is its product and serial number. Products that are not here yet are made, as a file of orders makes them.
"""

from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged, people
from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.intake.reading.problems import Why

_CODES = """
ALTER TABLE stage ADD COLUMN pcode text, ADD COLUMN code text
"""
_MEANT = """
UPDATE stage SET code = upper(serial), pcode = COALESCE(upper(btrim(product_code)),
  (SELECT min(p.code) FROM catalogue_product p WHERE lower(p.name) = lower(btrim(product_name))),
  left(upper(btrim(product_name)), 100))
"""
_JUDGED = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN installed_date NOT BETWEEN '1950-01-01' AND %(today)s::date + 3660
      THEN ARRAY['too_early', 'installed_date', installed_date::text]
    WHEN warranty_until_date < warranty_from_date
      THEN ARRAY['day_order', 'warranty_until_date', warranty_until_date::text]
    WHEN retired_date < installed_date THEN ARRAY['day_order', 'retired_date', retired_date::text]
    WHEN service_every_months NOT BETWEEN 1 AND 240 OR service_every_months <> trunc(service_every_months)
      THEN ARRAY['whole_months', 'service_every_months', trim_scale(service_every_months)::text]
  END AS why
  FROM stage s) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""
_TWICE = """
DELETE FROM stage USING (
  SELECT pcode, code FROM (
    SELECT pcode, code,
           COALESCE(customer_number, customer_phone, lower(customer_email), lower(customer_name)) AS who FROM stage) w
  GROUP BY 1, 2 HAVING min(who) <> max(who)) two
WHERE stage.pcode = two.pcode AND stage.code = two.code RETURNING rn, 'twice', 'serial', serial
"""
_AGAINST = """
DELETE FROM stage USING subscriptions_unit u, catalogue_product p
WHERE p.code = stage.pcode AND u.product_id = p.id AND u.serial = stage.code
  AND COALESCE(stage.warranty_until_date, u.warranty_until_date)
    < COALESCE(stage.warranty_from_date, u.warranty_from_date)
RETURNING rn, 'day_order', 'warranty_until_date', COALESCE(stage.warranty_until_date, u.warranty_until_date)::text
"""
_PRODUCTS = """
INSERT INTO catalogue_product (code, name, kind, notes, created_at, updated_at, made_by_run, latest_run)
SELECT pcode, COALESCE(max(product_name), ''), 'GOODS', '', %(at)s, %(at)s, %(run)s, %(run)s
FROM stage GROUP BY pcode ORDER BY min(rn)
ON CONFLICT (code) DO NOTHING
"""

# The file's latest row about a unit counts.
_WANTED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT DISTINCT ON (p.id, k.code) k.rn, p.id AS product_id, k.code AS serial, c.customer_id, k.installed_date,
  k.warranty_from_date, k.warranty_until_date, k.service_every_months::smallint AS service_every_months,
  k.next_service_date, k.retired_date, k.place, k.note, u.id AS unit_id
FROM keyed k JOIN catalogue_product p ON p.code = k.pcode JOIN customer_key c ON c.ckey = k.ckey
LEFT JOIN subscriptions_unit u ON u.product_id = p.id AND u.serial = k.code
ORDER BY p.id, k.code, k.rn DESC
"""
_FACTS = (
    "customer_id",
    "installed_date",
    "warranty_from_date",
    "warranty_until_date",
    "service_every_months",
    "next_service_date",
    "retired_date",
    "place",
    "note",
)
_CHANGED = f"""
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT u.id, {", ".join(f"COALESCE(w.{name}, u.{name}) AS {name}" for name in _FACTS)}
FROM wanted w JOIN subscriptions_unit u ON u.id = w.unit_id
WHERE row({", ".join(f"COALESCE(w.{name}, u.{name})" for name in _FACTS)})
  IS DISTINCT FROM row({", ".join(f"u.{name}" for name in _FACTS)})
"""
_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'subscriptions_unit', u.id, to_jsonb(u) FROM subscriptions_unit u JOIN changed USING (id)
ON CONFLICT DO NOTHING
"""
_UPDATE = f"""
UPDATE subscriptions_unit u SET {", ".join(f"{name} = c.{name}" for name in _FACTS)}, updated_at = %(at)s
FROM changed c WHERE c.id = u.id
"""
_INSERT = """
INSERT INTO subscriptions_unit (product_id, serial, customer_id, installed_date, warranty_from_date,
  warranty_until_date, service_every_months, next_service_date, retired_date, place, note, created_at, updated_at,
  made_by_run, latest_run)
SELECT product_id, serial, customer_id, installed_date, warranty_from_date, warranty_until_date, service_every_months,
  COALESCE(next_service_date, (installed_date + make_interval(months => service_every_months))::date), retired_date,
  COALESCE(place, ''), COALESCE(note, ''), %(at)s, %(at)s, %(run)s, %(run)s
FROM wanted WHERE unit_id IS NULL ORDER BY rn
"""


def reject(cursor: CursorWrapper, *, today: date) -> dict[int, Why]:
    """Take rows out of the stage that break a rule; answers why, by row."""
    cursor.execute(_CODES)
    cursor.execute(_MEANT)
    wrong: dict[int, Why] = {}
    for rule in (_JUDGED, _TWICE, _AGAINST):
        cursor.execute(rule, {"today": today})
        wrong |= {row: Why(code, field, value) for row, code, field, value in cursor.fetchall()}
    return wrong


def write(cursor: CursorWrapper, run: Run, *, at: datetime) -> Counts:
    """Write the staged units with their products and customers."""
    counts = Counts()
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "at": at, "began": run.started_at or at}
    people.key(cursor, names, counts, by=run.mapping.get("match", "NUMBER"), latest="")
    cursor.execute("SELECT count(DISTINCT pcode) FROM stage")
    (products,) = cursor.fetchone()
    cursor.execute(_PRODUCTS, names)
    counts.add("products", created=cursor.rowcount, unchanged=products - cursor.rowcount)
    cursor.execute(_WANTED)
    total = cursor.rowcount
    cursor.execute("ANALYZE wanted")
    cursor.execute(_CHANGED)
    updated = cursor.rowcount
    if updated:
        cursor.execute(_KEEP_BEFORE, names)
        cursor.execute(_UPDATE, names)
    cursor.execute(_INSERT, names)
    counts.add("units", created=cursor.rowcount, updated=updated, unchanged=total - cursor.rowcount - updated)
    merged.sweep(cursor, names, tables=("subscriptions_unit",))
    return counts
