"""Orders from staged lines: group by number, find or make customers and products, write what changed.

The meanings are those of `docs/meanings.md`. An order's content hash does not depend on the order of its rows, so a
re-sorted export of the same orders changes nothing.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from setia.intake.commit import merged, people
from setia.intake.commit.counts import Counts
from setia.intake.commit.products import make_categories
from setia.intake.models import Run
from setia.orders.queries import kind_sql

# An id that holds this share of a file's orders, in at least this many orders, is looked at as a possible placeholder.
PLACEHOLDER_SHARE = 0.01
PLACEHOLDER_ORDERS = 200

_PLACEHOLDERS = """
WITH per_id AS (
  SELECT customer_number, count(DISTINCT order_number) AS orders,
         count(DISTINCT lower(customer_name)) AS names, count(DISTINCT customer_phone) AS phones,
         count(DISTINCT lower(customer_region)) AS regions,
         count(DISTINCT ordered_at::date) AS days
  FROM stage WHERE customer_number IS NOT NULL AND order_number IS NOT NULL GROUP BY customer_number)
SELECT customer_number, orders FROM per_id
WHERE orders >= %(least)s AND orders > %(share)s * (SELECT count(DISTINCT order_number) FROM stage)
  AND (names > 5 OR phones > 5 OR regions > 5 OR orders > 8 * days)
ORDER BY orders DESC
"""

_LINES = """
CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT rn, okey, numbered, ckey, code, product_name, ordered_at, cancelled, order_discount, promotion_code, channel,
       reverses_number, note, quantity, unit_price, discount, amount,
       hashtextextended(content, 0) AS h0, hashtextextended(content, 1) AS h1
FROM (
  SELECT *, concat_ws('|', COALESCE(code, ''), COALESCE(product_name, ''), trim_scale(quantity), trim_scale(unit_price),
                      trim_scale(discount), trim_scale(amount)) AS content
  FROM (
    SELECT rn, ckey, order_number IS NOT NULL AS numbered,
           COALESCE(order_number,
                    '~' || md5(concat_ws('|', COALESCE(ckey, ''), ordered_at, twin)) || '-' || nth) AS okey,
           COALESCE(upper(btrim(product_code)), left(upper(btrim(product_name)), 100)) AS code,
           left(product_name, 300) AS product_name, ordered_at,
           COALESCE(cancelled, false) AS cancelled, order_discount, promotion_code, channel, reverses_number, note,
           COALESCE(quantity, 1) AS quantity,
           round(COALESCE(unit_price, CASE WHEN COALESCE(quantity, 1) = 0 THEN 0
                 ELSE (amount + COALESCE(line_discount, 0)) / COALESCE(quantity, 1) END), 4) AS unit_price,
           COALESCE(line_discount, 0) AS discount,
           round(COALESCE(amount, COALESCE(quantity, 1) * unit_price - COALESCE(line_discount, 0)), 4) AS amount
    FROM {source}
  ) canonical
) hashed
"""

# Rows without an order number are told apart by what they hold and how often it came: (customer, time, n-th twin).
_TWINS = """
(SELECT *, row_number() OVER (PARTITION BY ckey, ordered_at, twin ORDER BY rn) AS nth FROM (
   SELECT *, concat_ws('|', upper(btrim(product_code)), product_name, quantity, unit_price, amount, line_discount,
                       order_discount, promotion_code, channel, cancelled) AS twin
   FROM keyed) t) twins
"""
_NO_TWINS = "(SELECT *, NULL::text AS twin, 1 AS nth FROM keyed) t"

_GROUPED = f"""
CREATE TEMP TABLE grouped ON COMMIT DROP AS
SELECT g.*, {kind_sql(customer="ckey")} AS kind
FROM (
  SELECT okey, bool_and(numbered) AS numbered, min(ordered_at) AS ordered_at, max(ckey) AS ckey,
         bool_or(cancelled) AS cancelled, COALESCE(max(order_discount), 0) AS discount,
         CASE WHEN bool_or(cancelled) AND %(by_status)s THEN LEAST(sum(amount) - COALESCE(max(order_discount), 0), 0)
              ELSE sum(amount) - COALESCE(max(order_discount), 0) END AS total,
         COALESCE(max(promotion_code), '') AS promotion_code, COALESCE(max(channel), '') AS channel,
         max(reverses_number) AS reverses_number, COALESCE(max(note), '') AS note,
         sum(h0) AS s0, sum(h1) AS s1, count(*) AS lines, min(rn) AS first_rn
  FROM line GROUP BY okey
) g
"""

_NEW_PRODUCTS = """
WITH named AS (
  SELECT DISTINCT ON (code) code, COALESCE(product_name, '') AS name
  FROM (SELECT code, product_name, count(*) AS times FROM line WHERE code IS NOT NULL GROUP BY 1, 2) per_name
  ORDER BY code, (product_name IS NULL), times DESC, product_name)
INSERT INTO catalogue_product (code, name, kind, category_id, notes, created_at, updated_at, made_by_run, latest_run)
SELECT n.code, n.name, 'GOODS', c.id, '', %(at)s, %(at)s, %(run)s, %(run)s
FROM named n
LEFT JOIN (SELECT COALESCE(upper(btrim(product_code)), left(upper(btrim(product_name)), 100)) AS code,
                  max(lower(btrim(category))) AS category FROM stage
           WHERE category IS NOT NULL GROUP BY 1) sc ON sc.code = n.code
LEFT JOIN catalogue_category c ON lower(c.name) = sc.category
ON CONFLICT (code) DO NOTHING
"""

_CONTENT_HASH = """decode(md5(concat_ws('|', COALESCE({customer}, 0), ordered_at, cancelled, trim_scale(total),
                trim_scale(discount), promotion_code, channel, reverses_number, note, s0, s1, lines)), 'hex')"""

_MATCHED = """
CREATE TEMP TABLE matched ON COMMIT DROP AS
SELECT g.*, o.id AS order_id,
       CASE WHEN o.id IS NULL THEN 'NEW' WHEN o.content_hash = g.content_hash THEN 'SAME' ELSE 'CHANGED' END AS fate
FROM (
  SELECT grouped.*, k.customer_id,
         {content_hash} AS content_hash
  FROM grouped LEFT JOIN customer_key k USING (ckey)) g
LEFT JOIN orders_order o ON o.source = %(source)s AND o.number = g.okey
""".format(content_hash=_CONTENT_HASH.format(customer="k.customer_id"))

_KEEP_BEFORE = """
INSERT INTO intake_change (run_id, "table", row_id, before)
SELECT %(run)s, 'orders_order', o.id, to_jsonb(o) || jsonb_build_object('lines',
         COALESCE((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM orders_orderline l WHERE l.order_id = o.id),
                  '[]'))
FROM orders_order o WHERE {which}
ON CONFLICT DO NOTHING
"""

_UPDATE = """
UPDATE orders_order o SET customer_id = m.customer_id, ordered_at = m.ordered_at,
  day = (m.ordered_at AT TIME ZONE %(zone)s)::date, kind = m.kind, cancelled = m.cancelled, total = m.total,
  discount = m.discount, promotion_code = m.promotion_code, channel = m.channel, note = m.note,
  content_hash = m.content_hash, reversed = o.reversed AND m.kind = 'PURCHASE'
FROM matched m WHERE m.fate = 'CHANGED' AND o.id = m.order_id
"""

_INSERT = """
INSERT INTO orders_order (source, number, numbered, customer_id, ordered_at, day, kind, cancelled, total, discount,
                          promotion_code, channel, reversed, note, content_hash, created_at, made_by_run, latest_run)
SELECT %(source)s, okey, numbered, customer_id, ordered_at, (ordered_at AT TIME ZONE %(zone)s)::date, kind, cancelled,
       total, discount, promotion_code, channel, false, note, content_hash, %(at)s, %(run)s, %(run)s
FROM matched WHERE fate = 'NEW' ORDER BY ordered_at, first_rn
"""

_INSERT_LINES = """
INSERT INTO orders_orderline (order_id, position, product_id, description, quantity, unit_price, discount, amount)
SELECT o.id, row_number() OVER (PARTITION BY o.id ORDER BY l.rn), p.id, COALESCE(l.product_name, ''), l.quantity,
       l.unit_price, l.discount, l.amount
FROM line l
JOIN matched m ON m.okey = l.okey AND m.fate <> 'SAME'
JOIN orders_order o ON o.source = %(source)s AND o.number = m.okey
LEFT JOIN catalogue_product p ON p.code = l.code
"""

# Append: the file's lines join the ones that are there; a line that is there already, counted per twin, is not added.
_APPEND_LINES = """
INSERT INTO line (rn, okey, numbered, ckey, code, product_name, ordered_at, cancelled, order_discount, promotion_code,
                  channel, reverses_number, note, quantity, unit_price, discount, amount, h0, h1)
SELECT -1000000 + l.position, o.number, o.numbered, 'i:' || o.customer_id, p.code, NULLIF(l.description, ''),
       o.ordered_at, o.cancelled,
       NULLIF(o.discount, 0), NULLIF(o.promotion_code, ''), NULLIF(o.channel, ''), NULL, NULLIF(o.note, ''),
       l.quantity, l.unit_price, l.discount, l.amount, hashtextextended(c.content, 0), hashtextextended(c.content, 1)
FROM orders_order o
JOIN orders_orderline l ON l.order_id = o.id
LEFT JOIN catalogue_product p ON p.id = l.product_id
CROSS JOIN LATERAL (SELECT concat_ws('|', COALESCE(p.code, ''), l.description, trim_scale(l.quantity),
                    trim_scale(l.unit_price), trim_scale(l.discount), trim_scale(l.amount)) AS content) c
WHERE o.source = %(source)s AND o.number IN (SELECT okey FROM line)
"""
_DROP_TWINS = """
DELETE FROM line USING (
  SELECT rn, okey, row_number() OVER (PARTITION BY okey, rn < 0, h0, h1 ORDER BY rn) AS nth, h0, h1 FROM line) mine
WHERE line.rn = mine.rn AND line.okey = mine.okey AND mine.rn >= 0 AND EXISTS (
  SELECT 1 FROM line old WHERE old.okey = mine.okey AND old.rn < 0 AND old.h0 = mine.h0 AND old.h1 = mine.h1
  OFFSET mine.nth - 1)
"""

_REVERSALS = """
CREATE TEMP TABLE reversal ON COMMIT DROP AS
SELECT r.id AS return_id, p.id AS purchase_id, p.kind = 'PURCHASE' AND r.total = -p.total AS whole
FROM matched m
JOIN orders_order r ON r.source = %(source)s AND r.number = m.okey
JOIN orders_order p ON p.source = %(source)s AND p.number = m.reverses_number AND p.id <> r.id
WHERE m.fate <> 'SAME' AND m.reverses_number IS NOT NULL AND r.kind = 'RETURN'
"""


def placeholders(cursor: CursorWrapper) -> list[tuple[str, int]]:
    """Customer ids that hold more than 1 % of the orders and behave like many people, with their order counts."""
    cursor.execute(_PLACEHOLDERS, {"share": PLACEHOLDER_SHARE, "least": PLACEHOLDER_ORDERS})
    return [(number, count) for number, count in cursor.fetchall()]


def drop_placeholders(cursor: CursorWrapper, numbers: list[str]) -> None:
    """Let these ids count as no customer."""
    cursor.execute(
        "UPDATE stage SET customer_number = NULL, customer_name = NULL, customer_phone = NULL, customer_email = NULL"
        " WHERE customer_number = ANY(%s)",
        [numbers],
    )


def reject_two_customers(cursor: CursorWrapper) -> list[tuple[int, str]]:
    """Take whole orders that name two customers out of the stage; answers (row number, order number) of their rows."""
    cursor.execute(
        "DELETE FROM stage USING (SELECT order_number AS number FROM stage WHERE order_number IS NOT NULL"
        " GROUP BY 1 HAVING min(customer_number) <> max(customer_number)) two"
        " WHERE stage.order_number = two.number RETURNING rn, order_number"
    )
    return [(row, number) for row, number in cursor.fetchall()]


def write(cursor: CursorWrapper, run: Run, *, zone: str, at: object) -> Counts:
    """Write the staged orders with their customers and products. `zone` is the firm's, for the day of each order."""
    counts = Counts()
    # An order that a status column calls cancelled never brought money, whatever its lines add up to.
    by_status = (run.mapping.get("cancelled") or {}).get("kind") == "COLUMN"
    names: dict[str, Any] = {"source": run.source, "run": run.pk, "zone": zone, "at": at, "by_status": by_status}
    names["began"] = run.started_at or at
    people.key(cursor, names, counts, by=run.mapping.get("match", "NUMBER"))
    cursor.execute("SELECT EXISTS (SELECT 1 FROM keyed WHERE order_number IS NULL)")
    (unnumbered,) = cursor.fetchone()
    cursor.execute(_LINES.format(source=_TWINS if unnumbered else _NO_TWINS))
    if run.append:
        cursor.execute(_APPEND_LINES, names)
        cursor.execute("CREATE INDEX ON line (okey)")
        cursor.execute(_DROP_TWINS)
        cursor.execute(
            "INSERT INTO customer_key SELECT DISTINCT ckey, substr(ckey, 3)::bigint FROM line WHERE ckey LIKE 'i:%'"
        )
    cursor.execute("ANALYZE line")
    cursor.execute(_GROUPED, names)
    cursor.execute("ANALYZE grouped")
    make_categories(cursor, names)
    cursor.execute("SELECT count(DISTINCT code) FROM line")
    (codes,) = cursor.fetchone()
    cursor.execute(_NEW_PRODUCTS, names)
    counts.add("products", created=cursor.rowcount, unchanged=codes - cursor.rowcount)
    cursor.execute(_MATCHED, names)
    merged.recognise(cursor, _CONTENT_HASH.format(customer="matched.marker_id"))
    cursor.execute("ANALYZE matched")
    cursor.execute("SELECT fate, count(*), sum(lines) FROM matched GROUP BY fate")
    fates = {fate: (orders, int(lines)) for fate, orders, lines in cursor.fetchall()}
    new, same, changed = (fates.get(fate, (0, 0)) for fate in ("NEW", "SAME", "CHANGED"))
    counts.add("orders", created=new[0], updated=changed[0], unchanged=same[0])
    counts.add("lines", created=new[1], updated=changed[1], unchanged=same[1])
    if changed[0]:
        cursor.execute(
            _KEEP_BEFORE.format(which="o.id IN (SELECT order_id FROM matched WHERE fate = 'CHANGED')"), names
        )
        cursor.execute(
            "DELETE FROM orders_orderline WHERE order_id IN (SELECT order_id FROM matched WHERE fate = 'CHANGED')"
        )
        cursor.execute(_UPDATE, names)
    if new[0]:
        cursor.execute(_INSERT, names)
    if new[0] or changed[0]:
        cursor.execute(_INSERT_LINES, names)
        _link_reversals(cursor, names)
    merged.sweep(cursor, names)
    return counts


def _link_reversals(cursor: CursorWrapper, names: dict[str, Any]) -> None:
    """A return that names an order points to it, and takes it out of the purchases when it reverses it whole."""
    cursor.execute(_REVERSALS, names)
    if not cursor.rowcount:
        return
    cursor.execute(
        _KEEP_BEFORE.format(
            which="o.made_by_run IS DISTINCT FROM %(run)s AND NOT o.reversed"
            " AND o.id IN (SELECT purchase_id FROM reversal WHERE whole)"
        ),
        names,
    )
    cursor.execute("UPDATE orders_order o SET reverses_id = r.purchase_id FROM reversal r WHERE o.id = r.return_id")
    cursor.execute(
        "UPDATE orders_order SET reversed = true"
        " WHERE NOT reversed AND id IN (SELECT purchase_id FROM reversal WHERE whole)"
    )
