"""Revisions and complaints from staged rows: new ones made, known ones changed where the file says something else.

With a number, one is its number in the system the file comes from; without, it is the same words of the same kind by
the same customer on the same day. A file says that one is done; that it is open again, a person says.
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
    WHEN raised_date NOT BETWEEN '1990-01-01' AND %(today)s::date + 366
      THEN ARRAY['too_early', 'raised_date', raised_date::text]
    WHEN done_date NOT BETWEEN raised_date AND %(today)s::date THEN ARRAY['day_order', 'done_date', done_date::text]
    WHEN answer IS NOT NULL AND done_date IS NULL THEN ARRAY['done_when', 'done_date', '']
    WHEN contract_number IS NOT NULL AND NOT EXISTS (
      SELECT FROM service_contract t WHERE t.number = s.contract_number AND t.source IN (%(source)s, ''))
      THEN ARRAY['contract_unknown', 'contract_number', contract_number]
  END AS why
  FROM stage s) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""
_TWICE = """
DELETE FROM stage USING (
  SELECT concern_number AS number FROM (
    SELECT concern_number,
           COALESCE(customer_number, customer_phone, lower(customer_email), lower(customer_name)) AS who FROM stage
    WHERE concern_number IS NOT NULL) w
  GROUP BY 1 HAVING min(who) <> max(who)) two
WHERE stage.concern_number = two.number RETURNING rn, 'twice', 'concern_number', two.number
"""
_AGAINST = """
DELETE FROM stage USING (
  SELECT s.rn, CASE
    WHEN s.customer_number IS NOT NULL AND c.source = %(source)s AND c.number <> s.customer_number
      AND NOT EXISTS (SELECT FROM customers_customer m WHERE m.source = %(source)s AND m.number = s.customer_number
                      AND m.merged_into_id = c.id)
      THEN ARRAY['whose', 'concern_number', s.concern_number]
  END AS why
  FROM stage s JOIN service_concern t ON t.source = %(source)s AND t.number = s.concern_number
  JOIN customers_customer c ON c.id = t.customer_id) judged
WHERE judged.rn = stage.rn AND judged.why IS NOT NULL
RETURNING stage.rn, why[1], why[2], why[3]
"""

# The file's latest row about one counts. Who has the number keeps it: a known one's customer is never another's.
_WANTED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
WITH meant AS (
  SELECT k.*, COALESCE(f.customer_id, c.customer_id) AS customer_id, f.id AS numbered_id
  FROM keyed k JOIN customer_key c ON c.ckey = k.ckey
  LEFT JOIN service_concern f ON f.source = %(source)s AND f.number = k.concern_number)
SELECT DISTINCT ON (1) COALESCE('n:' || k.concern_number,
    'w:' || k.customer_id || '|' || k.concern_kind || '|' || k.raised_date || '|' || md5(k.concern_words)) AS what,
  k.rn, COALESCE(k.concern_number, '') AS number, k.customer_id, k.concern_kind AS kind, k.concern_words AS words,
  k.raised_date, t.id AS contract_id, k.contract_number, k.resolver AS resolver_id, k.answer, k.done_date,
  COALESCE(k.numbered_id, h.id) AS concern_id
FROM meant k
LEFT JOIN LATERAL (
  SELECT b.id FROM service_contract b WHERE b.customer_id = k.customer_id AND b.number = k.contract_number
  ORDER BY (b.source = %(source)s) DESC, b.id LIMIT 1) t ON true
LEFT JOIN LATERAL (
  SELECT min(b.id) AS id FROM service_concern b
  WHERE k.concern_number IS NULL AND b.customer_id = k.customer_id AND b.raised_date = k.raised_date
    AND b.kind = k.concern_kind AND b.words = k.concern_words) h ON true
ORDER BY 1, k.rn DESC
"""
_STRAY = "SELECT count(*) FROM wanted WHERE contract_number IS NOT NULL AND contract_id IS NULL"
# Done on the day it is known to have been done: its hour stays. A file knows no hour, so noon stands for it.
_CLOSED = """CASE WHEN w.done_date IS NULL OR (u.closed_at AT TIME ZONE %(zone)s)::date = w.done_date THEN u.closed_at
  ELSE (w.done_date + time '12:00') AT TIME ZONE %(zone)s END"""
_FACTS = ("kind", "words", "raised_date", "contract_id", "resolver_id", "answer")
_CHANGED = f"""
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT u.id, {", ".join(f"COALESCE(w.{name}, u.{name}) AS {name}" for name in _FACTS)}, {_CLOSED} AS closed_at
FROM wanted w JOIN service_concern u ON u.id = w.concern_id
WHERE row({", ".join(f"COALESCE(w.{name}, u.{name})" for name in _FACTS)}, {_CLOSED})
  IS DISTINCT FROM row({", ".join(f"u.{name}" for name in _FACTS)}, u.closed_at)
"""
_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'service_concern', u.id, to_jsonb(u) FROM service_concern u JOIN changed USING (id)
ON CONFLICT DO NOTHING
"""
_UPDATE = f"""
UPDATE service_concern u SET {", ".join(f"{name} = c.{name}" for name in (*_FACTS, "closed_at"))}, updated_at = %(at)s
FROM changed c WHERE c.id = u.id
"""
_INSERT = """
INSERT INTO service_concern (source, number, customer_id, contract_id, kind, words, raised_date, resolver_id, answer,
  closed_at, created_at, updated_at, made_by_run, latest_run)
SELECT %(source)s, number, customer_id, contract_id, kind, words, raised_date, resolver_id, COALESCE(answer, ''),
  (done_date + time '12:00') AT TIME ZONE %(zone)s, %(at)s, %(at)s, %(run)s, %(run)s
FROM wanted WHERE concern_id IS NULL ORDER BY rn
"""


def reject(cursor: CursorWrapper, run: Run, *, today: date) -> dict[int, Why]:
    """Take rows out of the stage that break a rule; answers why, by row."""
    wrong: dict[int, Why] = {}
    for rule in (_JUDGED, _TWICE, _AGAINST):
        cursor.execute(rule, {"today": today, "source": run.source})
        wrong |= {row: Why(code, field, value) for row, code, field, value in cursor.fetchall()}
    return wrong


def write(cursor: CursorWrapper, run: Run, *, zone: str, at: datetime) -> Counts:
    """Write the staged revisions and complaints with their customers. `zone` is the firm's."""
    counts = Counts()
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "at": at, "began": run.started_at or at, "zone": zone}
    people.key(cursor, names, counts, by=run.mapping.get("match", "NUMBER"), latest="")
    cursor.execute(_WANTED, names)
    total = cursor.rowcount
    cursor.execute("ANALYZE wanted")
    cursor.execute(_STRAY)
    (stray,) = cursor.fetchone()
    if stray:
        run.warnings = [*run.warnings, {"code": "contract_whose", "field": "contract_number", "count": stray}]
    cursor.execute(_CHANGED, names)
    updated = cursor.rowcount
    if updated:
        cursor.execute(_KEEP_BEFORE, names)
        cursor.execute(_UPDATE, names)
    cursor.execute(_INSERT, names)
    counts.add("concerns", created=cursor.rowcount, updated=updated, unchanged=total - cursor.rowcount - updated)
    merged.sweep(cursor, names, tables=("service_concern",))
    return counts
