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

    Of customers each order is a row: they are hardly fewer. Of these and of somebody's orders `owner` is -1 (all that
    was counted, together). Of products there are no rows of nobody's customers apart: a shop that knows no owners would
    keep each number twice.
    """
    ways = list(ways)
    inside = f"{orders_of(whose, _JOINED)} AND {_SOLD} {_ALONE if alone else ''}"
    parts = []
    if ways == ["U"]:
        parts.append(f"""
SELECT 'U' AS way, -1::bigint AS owner, o.day, {KEYS["U"]} AS key,
  (o.kind = 'PURCHASE' AND NOT o.reversed)::int AS orders, (o.kind = 'RETURN')::int AS returns,
  CASE WHEN o.kind = 'PURCHASE' THEN o.total END AS purchased, CASE WHEN o.kind = 'RETURN' THEN o.total END AS returned,
  0::numeric AS quantity {inside}""")
    elif set(ways) - {"I"}:
        split = ", ".join(f"{KEYS[way]} AS key_{way}" for way in ways if way in KEYS)
        values = ", ".join(f"('{way}', s.key_{way})" for way in ways if way in KEYS)
        whole = whose != "ALL"
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
        each = "GROUPING SETS ((t.day, t.key), (t.day, t.key, t.owner))" if whose == "ALL" else "t.day, t.key"
        parts.append(f"""
SELECT 'I' AS way, {"COALESCE(t.owner, -1)" if whose == "ALL" else "-1::bigint"} AS owner, t.day, t.key,
  count(DISTINCT t.id) FILTER (WHERE t.counts)::int AS orders,
  count(DISTINCT t.id) FILTER (WHERE t.gone)::int AS returns, sum(t.amount) FILTER (WHERE NOT t.gone) AS purchased,
  sum(t.amount) FILTER (WHERE t.gone) AS returned, sum(t.quantity) AS quantity
FROM (
  SELECT o.id, o.day, o.kind = 'PURCHASE' AND NOT o.reversed AS counts, o.kind = 'RETURN' AS gone, l.key, l.amount,
    l.quantity, o.owner
  FROM (SELECT o.id, o.day, o.kind, o.reversed, o.total, COALESCE(c.owner_id, 0) AS owner {inside}) o
  CROSS JOIN LATERAL (
    SELECT COALESCE(x.product_id::text, '') AS key, x.amount, CASE WHEN x.product_id IS NULL THEN 0 ELSE x.quantity END
    FROM orders_orderline x WHERE x.order_id = o.id
    UNION ALL
    SELECT '', o.total - COALESCE((SELECT sum(x.amount) FROM orders_orderline x WHERE x.order_id = o.id), 0), 0
  ) l (key, amount, quantity)
) t WHERE t.key > '' OR t.amount <> 0 GROUP BY {each}
{"HAVING GROUPING(t.owner) = 1 OR t.owner > 0" if whose == "ALL" else ""}""")  # noqa: S608 — this module's own words
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


def of_customers() -> str:
    """SQL for rows (customer, then `FIGURES`, revenue before) of the customers `best`, and of who walked in for None:
    from `now` to `until`, and from `from` on before that.
    """
    now = "day BETWEEN %(now)s AND %(until)s"
    # By the index of customers, the walk-ins apart: an index knows no NULL among others.
    columns = "o.customer_id, o.day, o.kind, o.reversed, o.total"
    theirs = f"SELECT {columns} FROM orders_order o WHERE {_SOLD} {_between('from', 'until')}"  # noqa: S608
    return f"""
SELECT customer_id, count(*) FILTER (WHERE {now} AND kind = 'PURCHASE' AND NOT reversed),
  count(*) FILTER (WHERE {now} AND kind = 'RETURN'),
  COALESCE(sum(total) FILTER (WHERE {now} AND kind = 'PURCHASE'), 0),
  COALESCE(sum(total) FILTER (WHERE {now} AND kind = 'RETURN'), 0), 0::numeric,
  COALESCE(sum(total) FILTER (WHERE day BETWEEN %(from)s AND %(to)s), 0)
FROM (
  {theirs} AND o.customer_id = ANY(%(best)s::bigint[])
  UNION ALL {theirs} AND o.customer_id IS NULL AND %(walked_in)s
) o GROUP BY customer_id"""  # noqa: S608 — this module's own words


def _between(first: str, final: str) -> str:
    """An order of the days from one name to another, by the index of moments."""
    return f"""AND o.day BETWEEN %({first})s AND %({final})s
AND o.ordered_at >= %({first})s::date - 2 AND o.ordered_at < %({final})s::date + 3"""


def best_customers(*, among: bool) -> str:
    """SQL for rows (customer, revenue) of those who brought most from `now` to `until`, at most `most`, the best first,
    those alone who brought anything: of all customers, or `among` some. Walk-ins together are one of them, None.
    """
    theirs = f"SELECT o.customer_id, o.total FROM orders_order o WHERE {_SOLD} {_between('now', 'until')}"  # noqa: S608
    if among:
        theirs = f"""{theirs} AND o.customer_id = ANY(%(among)s::bigint[])
        UNION ALL {theirs} AND o.customer_id IS NULL"""
    # That something was brought is asked of the best alone: of a quarter of a million it takes a third of the time.
    return f"""
SELECT customer_id, revenue FROM (
  SELECT o.customer_id, sum(o.total) AS revenue FROM ({theirs}) o
  GROUP BY o.customer_id ORDER BY sum(o.total) DESC, COALESCE(o.customer_id, 0) LIMIT %(most)s
) best WHERE revenue > 0 ORDER BY revenue DESC, COALESCE(customer_id, 0)"""  # noqa: S608 — this module's own words


_WITH_PRODUCT = """AND CASE WHEN %(number)s::bigint IS NULL
  THEN EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id IS NULL AND x.amount <> 0)
    OR o.total <> COALESCE((SELECT sum(x.amount) FROM orders_orderline x WHERE x.order_id = o.id), 0)
  ELSE EXISTS (SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.product_id = %(number)s::bigint) END"""
