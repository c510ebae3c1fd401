"""Customers and their contact points from staged rows of a customer file."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import attached, merged
from setia.intake.commit.counts import Counts
from setia.intake.commit.people import KEEP_BEFORE, ckey, match
from setia.intake.models import Run
from setia.intake.reading.own import KEY

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
SELECT *, {ckey} AS ckey
FROM stage
"""
_COLUMNS = {
    "number": "number",
    "phone": "COALESCE(phone, whatsapp)",
    "email": "email",
    "tax": "tax_number",
    "name": "name",
    "region": "region",
}

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
SELECT ckey, max(k.number) AS number, {facts}, {own} AS extra,
  (array_agg(i.id ORDER BY k.rn DESC) FILTER (WHERE i.id IS NOT NULL))[1] AS industry_id
FROM keyed k LEFT JOIN customers_industry i ON lower(i.name) = lower(btrim(k.industry))
WHERE ckey IS NOT NULL GROUP BY ckey
"""

_FILLED = """
CREATE TEMP TABLE filled ON COMMIT DROP AS
SELECT c.id, {chosen}
FROM party p JOIN customer_key k USING (ckey) JOIN customers_customer c ON c.id = k.customer_id
WHERE NOT k.merged AND ({new}) IS DISTINCT FROM ({old})
"""

# The code of a region belongs to the words it was chosen with.
_CHOSEN = {
    **{name: f"COALESCE(p.{name}, c.{name})" for name in _FACTS},
    "industry_id": "COALESCE(p.industry_id, c.industry_id)",
    "region_code": "CASE WHEN p.region <> c.region THEN '' ELSE c.region_code END",
}
_CHOSEN_OWNER = {"owner_id": "COALESCE(p.owner, c.owner_id)"}
# Somebody said that this row is this customer: then the number leads here from now on, where it is nobody's.
_CHOSEN_NUMBER = {
    "number": """CASE WHEN c.number IS NULL AND p.ckey LIKE 'm:%%' AND NOT EXISTS (
      SELECT FROM customers_customer o WHERE o.source = c.source AND o.number = p.number) THEN p.number
    ELSE c.number END"""
}
_DECIDED = "(SELECT 'm:' || d.customer_id FROM decided d WHERE d.rn = stage.rn)"
_CHOSEN_OWN = {"extra": "c.extra || p.extra"}

_UPDATE = """
UPDATE customers_customer c SET {facts}, updated_at = %(at)s
FROM filled f WHERE c.id = f.id
"""

_MAKE = """
WITH fresh AS (
  SELECT p.*, nextval(pg_get_serial_sequence('customers_customer', 'id')) AS id
  FROM party p JOIN customer_key k USING (ckey) WHERE k.customer_id IS NULL ORDER BY p.number, p.ckey),
made AS (
  INSERT INTO customers_customer (id, source, number, name, call_name, title, kind, role, relation, acquisition, gender,
                                  tax_number, birthday, region, notes, industry_id, owner_id, extra, created_at,
                                  updated_at, made_by_run, latest_run)
  OVERRIDING SYSTEM VALUE
  SELECT id, %(source)s, number, COALESCE(name, ''), COALESCE(call_name, ''), COALESCE(title, ''),
         COALESCE(kind, 'PERSON'), COALESCE(role, 'EXTERNAL'), COALESCE(relation, ''), COALESCE(acquisition, ''),
         COALESCE(gender, ''), COALESCE(tax_number, ''), birthday, COALESCE(region, ''), COALESCE(notes, ''),
         industry_id, owner, extra, %(at)s, %(at)s, %(run)s, %(run)s
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
-- A telephone known as the customer's WhatsApp is known: an export names it as the telephone.
WHERE kind <> 'PHONE' OR NOT EXISTS (
  SELECT FROM customers_contactpoint known WHERE known.customer_id = wanted.customer_id AND known.kind = 'WHATSAPP'
    AND known.value = wanted.value)
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
    fields = run.mapping.get("fields", {})
    own = sorted(found[1] for name in fields if (found := KEY.fullmatch(name)))
    chosen = _CHOSEN | (_CHOSEN_OWNER if "owner" in fields else {}) | (_CHOSEN_OWN if own else {})
    if run.mapping.get("rows"):
        chosen |= _CHOSEN_NUMBER
    cursor.execute(_INDUSTRIES, names)
    by = run.mapping.get("match", "NUMBER")
    decided = decide(cursor, run)
    key = ckey(by, _COLUMNS)
    cursor.execute(_KEYED.format(ckey=f"COALESCE({_DECIDED}, {key})" if decided else key))
    cursor.execute(_PARTY.format(facts=", ".join(map(_latest, (*_FACTS, "owner"))), own=_own(own)))
    cursor.execute("ANALYZE party")
    match(cursor, by, names, decided=decided)
    cursor.execute("SELECT count(*) FILTER (WHERE customer_id IS NULL), count(*) FROM customer_key")
    fresh, total = cursor.fetchone()
    cursor.execute(
        _FILLED.format(
            chosen=", ".join(f"{value} AS {name}" for name, value in chosen.items()),
            new=", ".join(chosen.values()),
            old=", ".join(f"c.{name}" for name in chosen),
        )
    )
    filled = cursor.rowcount
    if filled:
        cursor.execute(KEEP_BEFORE, names)
        cursor.execute(_UPDATE.format(facts=", ".join(f"{name} = f.{name}" for name in chosen)), names)
    if fresh:
        cursor.execute(_MAKE, names)
    cursor.execute(f"SELECT count(*) FROM ({_POINTS}) wanted")
    (contacts,) = cursor.fetchone()
    cursor.execute(_CONTACTS, names)
    counts.add("contact_points", created=cursor.rowcount, unchanged=contacts - cursor.rowcount)
    merged.sweep(cursor, names)
    if references := [key for key in own if key[0] == "r"]:
        more, lost = attached.refer(cursor, references, names)
        filled += more
        run.warnings += [{"code": "reference", "field": f"own_{key}", "count": count} for key, count in lost.items()]
    counts.add("customers", created=fresh, updated=filled, unchanged=total - fresh - filled)
    if "tags" in fields:
        attached.tag(cursor, run, names, counts)
    if "consent" in fields:
        attached.consent(cursor, run, names, counts)
    return counts


def decide(cursor: CursorWrapper, run: Run) -> bool:
    """Follow what was said of single rows: leave some out, give others to a customer. Whether any row is given away."""
    said = run.mapping.get("rows", {})
    skipped = [int(row) for row, choice in said.items() if choice == "SKIP"]
    if skipped:
        cursor.execute("DELETE FROM stage WHERE rn = ANY(%s)", [skipped])
        if cursor.rowcount:
            run.warnings = [*run.warnings, {"code": "skipped", "field": "", "count": cursor.rowcount}]
    given = {int(row): int(choice) for row, choice in said.items() if choice.isdecimal()}
    if given:
        cursor.execute("CREATE TEMP TABLE decided (rn bigint PRIMARY KEY, customer_id bigint NOT NULL) ON COMMIT DROP")
        cursor.execute(
            "INSERT INTO decided SELECT * FROM unnest(%s::bigint[], %s::bigint[])", [list(given), list(given.values())]
        )
    return bool(given)


def _latest(name: str) -> str:
    """What the latest row that states a fact says."""
    return f"(array_agg(k.{name} ORDER BY k.rn DESC) FILTER (WHERE k.{name} IS NOT NULL))[1] AS {name}"


def _own(keys: Sequence[str]) -> str:
    """The firm's own fields of a customer as their `extra` keeps them; those that refer to customers come later."""
    values = []
    for key in keys:
        latest = _latest(f"own_{key}").rpartition(" AS ")[0]
        if key[0] != "r":
            values.append(f"jsonb_build_object('{key}', {f'trim_scale({latest})' if key[0] in 'nm' else latest})")
    return f"jsonb_strip_nulls({' || '.join(values)})" if values else "'{}'::jsonb"
