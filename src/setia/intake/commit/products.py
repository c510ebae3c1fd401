"""Products and categories from staged rows."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit.counts import Counts
from setia.intake.models import Run

_CATEGORIES = """
WITH fresh AS (
  INSERT INTO catalogue_category (name)
  SELECT DISTINCT ON (lower(btrim(category))) left(btrim(category), 200) FROM stage
  WHERE category IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM catalogue_category c WHERE lower(c.name) = lower(btrim(category)))
  ORDER BY lower(btrim(category)), rn
  RETURNING id)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'catalogue_category', id, '{"made": true}' FROM fresh
"""

# The file's latest row about a product counts.
_WANTED = """
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT DISTINCT ON (code) w.*, p.id AS product_id FROM (
  SELECT s.rn, upper(btrim(s.code)) AS code, s.name, s.kind, s.price, s.notes, c.id AS category_id
  FROM stage s LEFT JOIN catalogue_category c ON lower(c.name) = lower(btrim(s.category))) w
LEFT JOIN catalogue_product p ON p.code = w.code
ORDER BY code, w.rn DESC
"""

_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT p.id, COALESCE(w.name, p.name) AS name, COALESCE(w.kind, p.kind) AS kind,
       COALESCE(w.price, p.price) AS price, COALESCE(w.notes, p.notes) AS notes,
       COALESCE(w.category_id, p.category_id) AS category_id
FROM wanted w JOIN catalogue_product p ON p.id = w.product_id
WHERE (COALESCE(w.name, p.name), COALESCE(w.kind, p.kind), COALESCE(w.price, p.price), COALESCE(w.notes, p.notes),
       COALESCE(w.category_id, p.category_id))
   IS DISTINCT FROM (p.name, p.kind, p.price, p.notes, p.category_id)
"""


def make_categories(cursor: CursorWrapper, names: dict[str, Any]) -> None:
    """Make the categories the stage names and the firm does not have yet."""
    cursor.execute("SELECT EXISTS (SELECT 1 FROM stage WHERE category IS NOT NULL)")
    if cursor.fetchone()[0]:
        cursor.execute(_CATEGORIES, names)


def write(cursor: CursorWrapper, run: Run, *, at: object) -> Counts:
    """Write the staged products: new ones made, known ones changed where the file says something else."""
    counts = Counts()
    names: dict[str, Any] = {"run": run.pk, "at": at}
    make_categories(cursor, names)
    cursor.execute(_WANTED)
    total = cursor.rowcount
    cursor.execute(_CHANGED)
    updated = cursor.rowcount
    if updated:
        cursor.execute(
            'INSERT INTO intake_change (run_id, "table", row_id, before)'
            " SELECT %(run)s, 'catalogue_product', p.id, to_jsonb(p) FROM catalogue_product p JOIN changed USING (id)"
            " ON CONFLICT DO NOTHING",
            names,
        )
        cursor.execute(
            "UPDATE catalogue_product p SET name = c.name, kind = c.kind, price = c.price, notes = c.notes,"
            " category_id = c.category_id, updated_at = %(at)s FROM changed c WHERE c.id = p.id",
            names,
        )
    cursor.execute(
        "INSERT INTO catalogue_product (code, name, kind, category_id, price, notes, created_at, updated_at,"
        " made_by_run, latest_run)"
        " SELECT code, COALESCE(name, ''), COALESCE(kind, 'GOODS'), category_id, price, COALESCE(notes, ''), %(at)s,"
        " %(at)s, %(run)s, %(run)s FROM wanted WHERE product_id IS NULL ORDER BY rn",
        names,
    )
    created = cursor.rowcount
    counts.add("products", created=created, updated=updated, unchanged=total - created - updated)
    return counts
