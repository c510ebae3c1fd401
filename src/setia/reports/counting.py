"""The one SQL by which orders are counted for reports: for the tally, for days counted while a page is made, and for
the orders behind a figure. So none of them can mean something else.

An order counts on its own day, the firm's. Purchases and returns make the revenue; `orders` are the purchases that were
not taken back whole. Seen by person, an order is whoever's won the opportunity it came of, else theirs who looks after
the customer now. Seen by product, what its lines do not say (a discount on the whole order) stands under the key ''.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

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

_JOINED = """
LEFT JOIN customers_customer c ON c.id = o.customer_id
LEFT JOIN sales_prospect p ON p.customer_id = o.customer_id
LEFT JOIN customers_regionspelling g ON g.spelling = c.region AND c.region_code = ''
"""
_SOLD = "o.kind IN ('PURCHASE', 'RETURN')"
_OWNED = "AND c.owner_id = ANY(%(owners)s::bigint[])"

Whose = Literal["ALL", "OWNED", "NOTED"]
"""Orders of the `days`: all of them, or those of customers of the `owners`; or these of the days `tallied`, as
`OwnedOrder` notes them."""


def orders_of(whose: Whose, joined: str = "LEFT JOIN customers_customer c ON c.id = o.customer_id") -> str:
    """SQL from FROM on: orders `o` with `joined`, which brings their customers `c`; their kind is the caller's."""
    if whose == "NOTED":
        return f"""FROM reports_ownedorder w JOIN orders_order o ON o.id = w.order_id AND o.day = w.day {joined}
WHERE w.owner = ANY(%(owners)s::bigint[]) AND w.day = ANY(%(tallied)s::date[]) {_OWNED}"""
    # By the index of moments: no zone is further than a day from UTC.
    return f"""FROM orders_order o {joined} WHERE o.day = ANY(%(days)s::date[])
AND o.ordered_at >= %(earliest)s::date - 2 AND o.ordered_at < %(latest)s::date + 3
{_OWNED if whose == "OWNED" else ""}"""


# Not IS NOT DISTINCT FROM, which no index knows.
_NUMBERED = "AND ({0} = %(number)s::bigint OR (%(number)s::bigint IS NULL AND {0} IS NULL))"
_ALONE = _NUMBERED.format("o.customer_id")
FIGURES = ("orders", "returns", "purchased", "returned", "quantity")


def of_days(days: Sequence[date]) -> dict[str, Any]:
    """The names `orders_of` wants. The earliest and the latest are said apart: so the planner knows how many orders lie
    between them.
    """
    return {"days": list(days), "earliest": min(days, default=None), "latest": max(days, default=None)}


def counted(ways: Iterable[str], whose: Whose = "ALL", *, alone: bool = False) -> str:
    """SQL for rows (way, owner, day, key, then `FIGURES`); `alone` counts those of the customer `number` only.

    Of products, of customers and of somebody's orders `owner` is -1 (all that was counted, together).
    """
    ways = list(ways)
    inside = f"{orders_of(whose, _JOINED)} AND {_SOLD} {_ALONE if alone else ''}"
    parts = []
    if set(ways) - {"I"}:
        split = ", ".join(f"{KEYS[way]} AS key_{way}" for way in ways if way in KEYS)
        values = ", ".join(f"('{way}', s.key_{way})" for way in ways if way in KEYS)
        whole = whose != "ALL" or ways == ["U"]
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
        "A": _NUMBERED.format("o.agent_id"),
        "U": _ALONE,
        "I": _WITH_PRODUCT,
    }.get(way) or (f"AND {KEYS[way]} = %(key)s" if way else "")
    return f"""
SELECT o.id FROM orders_order o {_JOINED} WHERE {_SOLD} {condition} {_OWNED if owned else ""}
{_between("first", "final")}
{"AND (o.ordered_at, o.id) < (%(moment)s, %(order)s)" if after else ""}
ORDER BY o.ordered_at DESC, o.id DESC LIMIT %(most)s"""  # noqa: S608 — this module's own words


def best_customers(*, owned: bool) -> str:
    """SQL for rows (key, then `FIGURES`, revenue before) of the customers who brought most from `now` to `until`, at
    most `most`, those alone who brought anything; before is `from` … `to`. Walk-ins together are one of them.

    With `owned` of the `owners`' customers, from their orders of the `days` and those noted of the days `tallied`.
    """
    sold = f"FROM orders_order o WHERE {_SOLD}"
    now, before = _between("now", "until"), _between("from", "to")
    among = f"{sold} {now}"
    if owned:
        each = (f"SELECT o.customer_id, o.total, o.day {orders_of(one)} AND {_SOLD}" for one in ("OWNED", "NOTED"))
        among = f"FROM ({' UNION ALL '.join(each)}) o WHERE o.day BETWEEN %(now)s AND %(until)s"
    # Each of the best by the index of customers, the walk-ins apart: an index knows no NULL among others.
    of_best = """SELECT o.customer_id, o.day, o.kind, o.reversed, o.total {sold} {days}
      AND o.customer_id = ANY(ARRAY(SELECT customer_id FROM best))
    UNION ALL SELECT o.customer_id, o.day, o.kind, o.reversed, o.total {sold} {days}
      AND o.customer_id IS NULL AND EXISTS (SELECT FROM best WHERE customer_id IS NULL)"""
    return f"""
WITH best AS MATERIALIZED (
  SELECT o.customer_id, COALESCE(o.customer_id::text, '') AS key, sum(o.total) AS revenue {among}
  GROUP BY o.customer_id HAVING sum(o.total) > 0 ORDER BY 3 DESC, 2 LIMIT %(most)s
), figures AS (
  SELECT customer_id, count(*) FILTER (WHERE kind = 'PURCHASE' AND NOT reversed) AS orders,
    count(*) FILTER (WHERE kind = 'RETURN') AS returns,
    COALESCE(sum(total) FILTER (WHERE kind = 'PURCHASE'), 0) AS purchased,
    COALESCE(sum(total) FILTER (WHERE kind = 'RETURN'), 0) AS returned
  FROM ({of_best.format(sold=sold, days=now)}) o GROUP BY customer_id
), earlier AS (
  SELECT customer_id, sum(total) AS revenue FROM ({of_best.format(sold=sold, days=before)}) o GROUP BY customer_id
)
SELECT b.key, f.orders, f.returns, f.purchased, f.returned, 0::numeric, COALESCE(e.revenue, 0)
FROM best b JOIN figures f ON COALESCE(f.customer_id, 0) = COALESCE(b.customer_id, 0)
LEFT JOIN earlier e ON COALESCE(e.customer_id, 0) = COALESCE(b.customer_id, 0)
ORDER BY b.revenue DESC, b.key"""  # noqa: S608 — this module's own words


def _between(first: str, final: str) -> str:
    """An order of the days from one name to another, by the index of moments."""
    return f"""AND o.day BETWEEN %({first})s AND %({final})s
AND o.ordered_at >= %({first})s::date - 2 AND o.ordered_at < %({final})s::date + 3"""


_WITH_PRODUCT = """AND CASE WHEN %(number)s::bigint IS NULL
  THEN EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id IS NULL AND x.amount <> 0)
    OR o.total <> COALESCE((SELECT sum(x.amount) FROM orders_orderline x WHERE x.order_id = o.id), 0)
  ELSE EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id = %(number)s::bigint) END"""
