"""New and returning customers, by day and by product; `buying` says what they are.

Both are read from the tally; of its days somebody who sees some customers reads theirs.
"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.catalogue.queries import products_for
from setia.core.among import among
from setia.core.permissions import owners_seen
from setia.reports.buying import FIGURES, buyers
from setia.reports.counting import of_days
from setia.reports.live import Asked, Table
from setia.reports.models.bought import ANYTHING
from setia.reports.models.sold import WHOLE
from setia.reports.queries.tallied import Sources, sources_of

_NAMES = ", ".join(FIGURES)
_WORDS = [name.replace("again", "returning") for name in FIGURES]
_KEPT = "FROM reports_buyertally WHERE owner = ANY(%(owners)s::bigint[])"
# Of those who came back that day or month, who had not since the period began; `away` is in order.
_ONCE = "cardinality(away) - width_bucket(day - %(first)s::date, away)"


def buyers_by_day(user: User, asked: Asked) -> Table:
    """Each day's new and returning customers, of one product if one was asked for, and orders of who walked in.
    Two queries.
    """
    one, owners = asked.product is not None, owners_seen(user)
    names = _names(owners, asked)
    sources = sources_of([asked.period.now], months=False)
    live = buyers("ONE" if one else "ANYTHING", "ALL" if owners is None else "OWNED")
    parts = [
        f"SELECT day, {_NAMES} {_KEPT} AND span = 'D' AND product = %(product)s AND day = ANY(%(tallied)s::date[])",
        f"SELECT day, {_NAMES} FROM ({live}) live WHERE owner = {WHOLE}",  # noqa: S608 — this module's own words
    ]
    sums = ", ".join(f"sum({name})::bigint" for name in FIGURES)
    found = {
        day: dict(zip(_WORDS, numbers, strict=True))
        for day, *numbers in _ask(
            f"SELECT day, {sums} FROM ({_together(parts, sources)}) parts GROUP BY day",  # noqa: S608
            names | of_days(sources.live) | {"tallied": sources.days},
        )
    }
    table = []
    for day in asked.period.now.each():
        row: dict[str, Any] = {"key": day.isoformat(), "day": day.isoformat()}
        row |= found.get(day, dict.fromkeys(_WORDS, 0))
        if not one:
            row |= {f"{name}_rows": f"bought={day}.{name}" for name in ("new", "returning")}
        table.append(row)
    # A customer may return on several days: those are not added up.
    total = {name: sum(row[name] for row in table) for name in _WORDS if name != "returning"}
    return Table(table, total, sources.waiting)


def buyers_by_product(user: User, asked: Asked) -> Table:
    """Of each product, how many customers bought it for the first time in the period, how many on a later day.
    Three queries.
    """
    owners = owners_seen(user)
    sources = sources_of([asked.period.now], months=owners is None, heavy=owners is None)
    live = buyers("EACH", "ALL" if owners is None else "OWNED")
    positive = "" if owners is None else "AND owner > 0"  # as the index says it
    figures = f"product, new, {_ONCE} AS again, walk_in_orders, new_orders + again_orders + walk_in_orders AS n"
    parts = [
        f"SELECT {figures} {_KEPT} {positive} AND span = 'D' AND product > 0 AND day = ANY(%(tallied)s::date[])",
        f"SELECT {figures} FROM ({live}) live WHERE owner = {WHOLE}",  # noqa: S608 — this module's own words
        f"SELECT {figures} {_KEPT} AND span = 'M' AND product > 0 AND day = ANY(%(months)s::date[])",
    ]
    rows = _ask(
        "SELECT product, sum(new)::bigint, sum(again)::bigint, sum(walk_in_orders)::bigint, sum(n)::bigint"  # noqa: S608
        f" FROM ({_together(parts, sources)}) parts GROUP BY product",
        _names(owners, asked) | of_days(sources.live) | {"tallied": sources.days, "months": sources.months},
    )
    names = dict(products_for(user).filter(among("id", [row[0] for row in rows])).values_list("pk", "name"))
    table = [
        {
            "key": str(product),
            "label": names.get(product, f"#{product}"),
            "new": new,
            "returning": returning,
            "walk_in_orders": walk_in,
            "orders": orders,
        }
        for product, new, returning, walk_in, orders in rows
    ]
    table.sort(key=lambda row: (-row["new"] - row["returning"], row["label"]))
    return Table(table, None, sources.waiting)


def product_words(user: User, asked: Asked) -> str:
    """What product a report was narrowed to, in words; '' for all."""
    if asked.product is None:
        return ""
    name = products_for(user).filter(pk=asked.product).values_list("name", flat=True).first()
    return name or _("No such product")


def _names(owners: Any, asked: Asked) -> dict[str, Any]:
    return {
        "owners": [WHOLE] if owners is None else sorted(owners),
        "product": ANYTHING if asked.product is None else asked.product,
        "first": asked.period.now.first,
    }


def _together(parts: list[str], sources: Sources) -> str:
    """The parts that have days: of the tally, counted along, months."""
    wanted = zip(parts, (sources.days, sources.live, sources.months), strict=False)
    return " UNION ALL ".join(part for part, days in wanted if days)


def _ask(sql: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return list(cursor.fetchall())
