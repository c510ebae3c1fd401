"""The one SQL by which orders are counted for reports: for the tally, for days counted while a page is made, and for
the orders behind a figure. So none of them can mean something else.

An order counts on its own day, the firm's. Purchases and returns make the revenue; `orders` are the purchases that were
not taken back whole. Seen by person, an order is whoever's won the opportunity it came of, else theirs who looks after
the customer now. Seen by product, what its lines do not say (a discount on the whole order) stands under the key ''.
"""

from collections.abc import Iterable

_WON = """(SELECT w.owner_id FROM sales_opportunity w
  WHERE w.order_id = o.id AND w.status = 'WON' ORDER BY w.id LIMIT 1)"""

KEYS = {
    "P": f"COALESCE({_WON}, c.owner_id, 0)::text",
    "C": "o.channel",
    "S": "COALESCE(p.source, '')",
    "R": "left(COALESCE(NULLIF(c.region_code, ''), g.code, ''), 2)",
    "A": "COALESCE(o.agent_id::text, '')",
    "U": "COALESCE(o.customer_id::text, '')",
}
"""Way of looking → what an order's key is, as SQL. 'I' (product) is a matter of lines; 'U' (customer) is never tallied.
"""

_FROM = """
FROM orders_order o
LEFT JOIN customers_customer c ON c.id = o.customer_id
LEFT JOIN sales_prospect p ON p.customer_id = o.customer_id
LEFT JOIN customers_regionspelling g ON g.spelling = c.region AND c.region_code = ''
WHERE o.kind IN ('PURCHASE', 'RETURN')
"""
# By the index of moments: no zone is further than a day from UTC.
_DAYS = """
AND o.day = ANY(%(days)s::date[])
AND o.ordered_at >= (SELECT min(d) - 2 FROM unnest(%(days)s::date[]) d)
AND o.ordered_at < (SELECT max(d) + 3 FROM unnest(%(days)s::date[]) d)
"""
_OWNED = "AND c.owner_id = ANY(%(owners)s::bigint[])"
_ALONE = "AND o.customer_id IS NOT DISTINCT FROM %(number)s::bigint"
FIGURES = ("orders", "returns", "purchased", "returned", "quantity")


def counted(ways: Iterable[str], *, owned: bool = False, alone: bool = False) -> str:
    """SQL for rows (way, owner, day, key, then `FIGURES`) of the `days`; `owned` counts customers of `owners` alone,
    `alone` those of the customer `number`.

    With `owned`, and of products and customers always, `owner` is -1 (all that was counted, together).
    """
    ways = list(ways)
    inside = f"{_FROM} {_DAYS} {_OWNED if owned else ''} {_ALONE if alone else ''}"
    parts = []
    if set(ways) - {"I"}:
        split = ", ".join(f"{KEYS[way]} AS key_{way}" for way in ways if way in KEYS)
        values = ", ".join(f"('{way}', s.key_{way})" for way in ways if way in KEYS)
        whole = owned or ways == ["U"]
        sets = "(d.way, s.day, d.key)" if whole else "(d.way, s.day, d.key), (d.way, s.day, d.key, s.owner)"
        owner = "-1::bigint" if whole else "CASE WHEN GROUPING(s.owner) = 1 THEN -1 ELSE s.owner END"
        parts.append(f"""
SELECT d.way, {owner} AS owner, s.day, d.key, sum(s.counts)::int AS orders, sum(s.gone)::int AS returns,
  sum(s.total) FILTER (WHERE s.gone = 0) AS purchased, sum(s.total) FILTER (WHERE s.gone = 1) AS returned,
  0::numeric AS quantity
FROM (SELECT o.day, o.total, (o.kind = 'PURCHASE' AND NOT o.reversed)::int AS counts, (o.kind = 'RETURN')::int AS gone,
      COALESCE(c.owner_id, 0) AS owner, {split} {inside}) s
CROSS JOIN LATERAL (VALUES {values}) d (way, key)
GROUP BY GROUPING SETS ({sets})""")  # noqa: S608 — this module's own words
    if "I" in ways:
        parts.append(f"""
SELECT 'I' AS way, -1::bigint AS owner, t.day, t.key, count(DISTINCT t.id) FILTER (WHERE t.counts)::int AS orders,
  count(DISTINCT t.id) FILTER (WHERE t.gone)::int AS returns, sum(t.amount) FILTER (WHERE NOT t.gone) AS purchased,
  sum(t.amount) FILTER (WHERE t.gone) AS returned, sum(t.quantity) AS quantity
FROM (
  SELECT o.id, o.day, o.kind = 'PURCHASE' AND NOT o.reversed AS counts, o.kind = 'RETURN' AS gone, l.key, l.amount,
    l.quantity
  FROM (SELECT o.id, o.day, o.kind, o.reversed, o.total {inside}) o
  CROSS JOIN LATERAL (
    SELECT COALESCE(x.product_id::text, '') AS key, x.amount, CASE WHEN x.product_id IS NULL THEN 0 ELSE x.quantity END
    FROM orders_orderline x WHERE x.order_id = o.id
    UNION ALL
    SELECT '', o.total - COALESCE((SELECT sum(x.amount) FROM orders_orderline x WHERE x.order_id = o.id), 0), 0
  ) l (key, amount, quantity)
) t WHERE t.key > '' OR t.amount <> 0 GROUP BY t.day, t.key""")  # noqa: S608 — this module's own words
    together = "\nUNION ALL\n".join(parts)
    sums = ", ".join(f"COALESCE({name}, 0) AS {name}" for name in FIGURES)
    return f"SELECT way, owner, day, key, {sums} FROM ({together}) counted"  # noqa: S608 — this module's own words


def behind(way: str, *, owned: bool, after: bool) -> str:
    """SQL for the keys of the orders behind a figure of `key`, newest first, at most `most`, from `first` to `final`;
    all of them for way ''. With `after` those older than (`moment`, `order`).
    """
    condition = {
        "": "",
        "C": "AND o.channel = %(key)s",
        "A": "AND o.agent_id IS NOT DISTINCT FROM %(number)s::bigint",
        "U": "AND o.customer_id IS NOT DISTINCT FROM %(number)s::bigint",
        "I": _WITH_PRODUCT,
    }.get(way) or (f"AND {KEYS[way]} = %(key)s" if way else "")
    return f"""
SELECT o.id {_FROM} {condition} {_OWNED if owned else ""}
AND o.day BETWEEN %(first)s AND %(final)s
AND o.ordered_at >= %(first)s::date - 2 AND o.ordered_at < %(final)s::date + 3
{"AND (o.ordered_at, o.id) < (%(moment)s, %(order)s)" if after else ""}
ORDER BY o.ordered_at DESC, o.id DESC LIMIT %(most)s"""


_WITH_PRODUCT = """AND CASE WHEN %(number)s::bigint IS NULL
  THEN EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id IS NULL AND x.amount <> 0)
    OR o.total <> COALESCE((SELECT sum(x.amount) FROM orders_orderline x WHERE x.order_id = o.id), 0)
  ELSE EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id = %(number)s::bigint) END"""
