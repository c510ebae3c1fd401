"""What a file of customers brings besides facts and contacts: references between customers, tags, answers on consent.

All need the customers to be there: a reference may lead to somebody further down in the same file.
"""
# Keys of fields in SQL are checked by `reading.own.KEY`; the rest are words of this module.

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.core.queries import today
from setia.customers.actions import tags_named
from setia.customers.queries.consent import ADULT_AGE
from setia.intake.commit.counts import Counts
from setia.intake.models import Run
from setia.intake.reading.problems import Unreadable
from setia.intake.reading.texts import TAG_SIGN

MOST_TAGS = 500
"""Different tags one file may bring: more is some other column."""

# Whom a text means: who has it as number in this source, else the only one of that name. One merged away means the
# survivor; nobody refers to themselves.
_REFERRED = """
CREATE TEMP TABLE referred_{key} ON COMMIT DROP AS
WITH said AS (
  SELECT DISTINCT ON (k.customer_id) k.customer_id, s.own_{key} AS said FROM keyed s JOIN customer_key k USING (ckey)
  WHERE s.own_{key} IS NOT NULL AND NOT k.merged ORDER BY k.customer_id, s.rn DESC),
meant AS (
  SELECT said, COALESCE(
    (SELECT COALESCE(c.merged_into_id, c.id) FROM customers_customer c
     WHERE c.source = %(source)s AND c.number = said),
    (SELECT min(c.id) FROM (SELECT id FROM customers_customer c
       WHERE c.sort_name = lower(said) AND c.merged_into_id IS NULL LIMIT 2) c HAVING count(*) = 1)) AS id
  FROM (SELECT DISTINCT said FROM said) d)
SELECT said.customer_id, meant.id AS referred FROM said JOIN meant USING (said)
"""

_REFER = """
CREATE TEMP TABLE refers ON COMMIT DROP AS
SELECT c.id, c.extra || jsonb_object_agg(w.key, w.referred) AS extra
FROM ({wanted}) w JOIN customers_customer c ON c.id = w.customer_id
WHERE w.referred IS NOT NULL AND w.referred <> c.id
GROUP BY c.id HAVING c.extra IS DISTINCT FROM c.extra || jsonb_object_agg(w.key, w.referred)
"""

_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_customer', c.id, to_jsonb(c) FROM customers_customer c JOIN refers USING (id)
WHERE c.made_by_run IS DISTINCT FROM %(run)s
ON CONFLICT DO NOTHING
"""


def refer(cursor: CursorWrapper, keys: Sequence[str], names: dict[str, Any]) -> tuple[int, dict[str, int]]:
    """Fill own fields that refer to customers. How many more known customers changed, and what led nowhere, by key."""
    lost: dict[str, int] = {}
    for key in keys:
        cursor.execute(_REFERRED.format(key=key), names)
        cursor.execute(f"SELECT count(*) FROM referred_{key} WHERE referred IS NULL OR referred = customer_id")
        (count,) = cursor.fetchone()
        if count:
            lost[key] = count
    wanted = " UNION ALL ".join(f"SELECT '{key}' AS key, customer_id, referred FROM referred_{key}" for key in keys)
    cursor.execute(_REFER.format(wanted=wanted))
    if not cursor.rowcount:
        return 0, lost
    cursor.execute(_KEEP_BEFORE, names)
    more = cursor.rowcount
    cursor.execute(
        "UPDATE customers_customer c SET extra = r.extra, updated_at = %(at)s FROM refers r WHERE c.id = r.id", names
    )
    return more, lost


_TAGGED = f"""
SELECT DISTINCT k.customer_id, lower(t.name) AS name FROM keyed s JOIN customer_key k USING (ckey)
CROSS JOIN LATERAL unnest(string_to_array(s.tags, '{TAG_SIGN}')) t(name) WHERE s.tags IS NOT NULL
"""

_TAG = f"""
WITH put AS (
  INSERT INTO customers_customertag (customer_id, tag_id, at, by_id)
  SELECT DISTINCT w.customer_id, n.id, %(at)s::timestamptz, %(by)s::bigint
  FROM ({_TAGGED}) w JOIN tag_named n USING (name)
  ON CONFLICT (customer_id, tag_id) DO NOTHING RETURNING id)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_customertag', id, '{{"made": true}}' FROM put
"""


def tag(cursor: CursorWrapper, run: Run, names: dict[str, Any], counts: Counts) -> None:
    """Put the tags of the file on its customers; tags they have besides stay. Raises Unreadable for too many."""
    cursor.execute(f"SELECT name, count(*) FROM ({_TAGGED}) w GROUP BY name ORDER BY name")
    found = dict(cursor.fetchall())
    if len(found) > MOST_TAGS:
        raise Unreadable("many_tags", count=len(found), limit=MOST_TAGS)
    # As first written in the file, since new tags keep their case.
    cursor.execute(
        "SELECT DISTINCT ON (lower(t.name)) lower(t.name), t.name FROM stage s"
        f" CROSS JOIN LATERAL unnest(string_to_array(s.tags, '{TAG_SIGN}')) t(name)"
        " WHERE s.tags IS NOT NULL ORDER BY lower(t.name), s.rn"
    )
    written = dict(cursor.fetchall())
    keys, made = tags_named([written[name] for name in found], at=names["at"])
    cursor.execute("CREATE TEMP TABLE tag_named (name text PRIMARY KEY, id bigint NOT NULL) ON COMMIT DROP")
    cursor.executemany(
        "INSERT INTO tag_named VALUES (%s, %s)", [(name, keys[written[name]]) for name in found if name in written]
    )
    for key in made:
        cursor.execute(
            """INSERT INTO intake_change (run_id, "table", row_id, before)"""
            """ VALUES (%s, 'customers_tag', %s, '{"made": true}')""",
            [run.pk, key],
        )
    cursor.execute(_TAG, names | {"by": run.by_id})
    counts.add("tags", created=cursor.rowcount, unchanged=sum(found.values()) - cursor.rowcount)


# Of several answers of one file the latest counts. Nobody answers in the future.
_SAID = f"""
CREATE TEMP TABLE said ON COMMIT DROP AS
SELECT DISTINCT ON (k.customer_id, s.consent_purpose, c.channel)
  k.customer_id, s.consent_purpose AS purpose, c.channel, s.consent AS state, LEAST(s.consent_at, %(at)s) AS at,
  COALESCE(s.consent_how, 'IMPORT') AS how
FROM keyed s JOIN customer_key k USING (ckey)
CROSS JOIN LATERAL unnest(string_to_array(s.consent_channel, '{TAG_SIGN}')) c(channel)
WHERE s.consent IS NOT NULL ORDER BY k.customer_id, s.consent_purpose, c.channel, s.consent_at DESC, s.rn DESC
"""

_CHILDREN = """
DELETE FROM said USING customers_customer c
WHERE c.id = said.customer_id AND said.state = 'GRANTED'
  AND c.birthday > (%(today)s::date - make_interval(years => %(adult)s))::date
"""

_ENTRIES = """
WITH told AS (
  INSERT INTO customers_consententry (customer_id, purpose, channel, state, at, how, guardian, evidence, by_id,
                                      written_at)
  SELECT customer_id, purpose, channel, state, at, how, '', %(evidence)s, %(by)s::bigint, %(at)s FROM said
  WHERE NOT EXISTS (
    SELECT FROM customers_consententry e WHERE e.customer_id = said.customer_id AND e.purpose = said.purpose
      AND e.channel = said.channel AND e.state = said.state AND e.at = said.at AND e.how = said.how)
  RETURNING id)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_consententry', id, '{"made": true}' FROM told
"""

# What holds now: an answer found out about late does not undo one that was given after it.
_CHANGED = """
WITH changed AS (
  SELECT c.id, to_jsonb(c) AS before, to_jsonb(said) AS after FROM said JOIN customers_consent c
    USING (customer_id, purpose, channel)
  WHERE c.at <= said.at AND (c.state, c.at, c.how) IS DISTINCT FROM (said.state, said.at, said.how)),
kept AS (
  INSERT INTO intake_change (run_id, "table", row_id, before)
  SELECT %(run)s, 'customers_consent', id, jsonb_build_object('before', before, 'after', after) FROM changed)
UPDATE customers_consent c SET state = said.state, at = said.at, how = said.how, text_id = NULL, guardian = ''
FROM changed, said WHERE c.id = changed.id AND (said.customer_id, said.purpose, said.channel)
  = (c.customer_id, c.purpose, c.channel)
"""

_GIVEN = """
WITH given AS (
  INSERT INTO customers_consent (customer_id, purpose, channel, state, at, how, guardian)
  SELECT customer_id, purpose, channel, state, at, how, '' FROM said
  ON CONFLICT (customer_id, purpose, channel) DO NOTHING RETURNING id, state, at)
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'customers_consent', id, jsonb_build_object('made', true, 'after', to_jsonb(given)) FROM given
"""


def consent(cursor: CursorWrapper, run: Run, names: dict[str, Any], counts: Counts) -> None:
    """Write down the answers on consent that the file states, each with its moment; the wording shown stays unknown."""
    more = {"by": run.by_id, "evidence": run.file_name[:500], "today": today(at=names["at"]), "adult": ADULT_AGE}
    cursor.execute(_SAID, names)
    cursor.execute(_CHILDREN, more)
    if cursor.rowcount:
        run.warnings = [*run.warnings, {"code": "consent_child", "field": "consent", "count": cursor.rowcount}]
    cursor.execute("SELECT count(*) FROM said")
    (total,) = cursor.fetchone()
    cursor.execute(_ENTRIES, names | more)
    counts.add("consents", created=cursor.rowcount, unchanged=total - cursor.rowcount)
    cursor.execute(_CHANGED, names)
    cursor.execute(_GIVEN, names)
