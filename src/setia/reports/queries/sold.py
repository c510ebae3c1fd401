"""What was sold, seen one way: one question for a page, its export, the interface for programs and the command.

Reports read the tally, all but customers: of these, whoever sees all is told from the orders of the period, and
somebody who sees some from their customers' own, as noted by day. Days that may be out of date are counted along, as
many as a reader can wait for.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from setia.core.permissions import Actor, may, owners_seen
from setia.core.queries import current_firm
from setia.reports.counting import FIGURES, Whose, behind, best_customers, counted, of_customers, of_days
from setia.reports.models.sold import WHOLE
from setia.reports.periods import Days, Period
from setia.reports.queries.best import leading
from setia.reports.queries.tallied import sources_of

MOST_CUSTOMERS = 1000
LEADING = 8 * MOST_CUSTOMERS
"""Among so many customers the best of a long period are looked for before all are added up."""
SOON_ADDED_UP = 92
"""Days in which few enough buy, so that all of them are added up at once."""

_NAMES = ", ".join(FIGURES)
_NOW = "FILTER (WHERE day BETWEEN %(now)s AND %(until)s)"


class Sold(NamedTuple):
    """Figures of one key, or of one stretch of time, and its revenue in the period before."""

    orders: int = 0
    returns: int = 0
    purchased: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    before: Decimal = Decimal(0)

    @property
    def revenue(self) -> Decimal:
        """Purchases less returns."""
        return self.purchased + self.returned


class Answer(NamedTuple):
    """Figures by key, how many days of them the worker has still to count, and how many keys there are beyond these."""

    rows: list[tuple[Any, Sold]]
    waiting: int
    cut: int = 0


def may_see_reports(user: Actor) -> bool:
    """Whether this person may see reports about orders at all: theirs, or everybody's."""
    return all(may(user, verb) for verb in ("reports.view", "orders.view", "customers.view"))


def latest_day(*, at: datetime) -> date:
    """The day reports look from: today; of a history that was imported and is not live, the day of its last order."""
    own = current_firm()
    today: date = own.day_of(at)
    if own.feed_live:
        return today
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM orders_order ORDER BY ordered_at DESC, id DESC LIMIT 1")
        found = cursor.fetchone()
    return min(found[0], today) if found else today


def sold_by(user: Actor, way: str, period: Period, *, key: str | None = None, most: int | None = None) -> Answer:
    """Figures by the keys of a way of looking (`SoldTally.Way`, or U: customer), the highest revenue first.

    With `key` of that key alone. What has figures in the period before alone is there, too. Three queries.
    """
    limit = min(most or MOST_CUSTOMERS, MOST_CUSTOMERS) if way == "U" else most
    names, parts, waiting = _parts(user, way, [period.now, period.before], key=key)
    if not parts:
        return Answer([], 0)
    names |= {"key": key, "now": period.now.first, "until": period.now.final, "limit": limit}
    names |= {"from": period.before.first, "to": period.before.final}
    if way == "U" and key is None and owners_seen(user) is None and (best := _best_customers(names, period.now)):
        return Answer(best, waiting, MOST_CUSTOMERS - len(best))
    order = "NULLIF(key, '')::bigint NULLS FIRST" if way == "U" else "key"
    rows = _ask(
        f"""{parts}
        SELECT count(*) OVER (), key, {_compared()} FROM parts WHERE {"key = %(key)s" if key is not None else "true"}
        GROUP BY key ORDER BY COALESCE(sum(purchased + returned) {_NOW}, 0) DESC, {order} LIMIT %(limit)s""",  # noqa: S608
        names,
    )
    there = min(rows[0][0], MOST_CUSTOMERS) if rows and way == "U" else rows[0][0] if rows else 0
    return Answer([(row[1], Sold(*row[2:])) for row in rows], waiting, there - len(rows))


def _best_customers(names: dict[str, Any], days: Days) -> list[tuple[Any, Sold]]:
    """Of everybody's customers those who brought most in these days, as many as `limit`; none where fewer than
    `MOST_CUSTOMERS` brought any.

    Of a long period they are looked for among those who bought most in its years. Where that does not settle it, who
    they are is found by the revenue of all. Either way all else is read for them only.
    """
    names = names | {"most": MOST_CUSTOMERS}
    among = leading(days, most=LEADING) if days.many > SOON_ADDED_UP else None
    best: list[tuple[Any, ...]] = []
    if among:
        candidates = {*among.customers, *among.uncounted}
        if not among.others and len(candidates) + 1 < MOST_CUSTOMERS:
            return []  # with who walked in there are not as many
        best = _ask(best_customers(among=True), names | {"among": list(candidates)})
        if len(best) < MOST_CUSTOMERS or best[names["limit"] - 1][1] <= among.others:
            best = []
    best = best or _ask(best_customers(among=False), names)
    if len(best) < MOST_CUSTOMERS:
        return []
    first = [pk for pk, _revenue in best[: names["limit"]]]
    rows = _ask(of_customers(), names | {"best": [pk for pk in first if pk], "walked_in": None in first})
    found = {row[0]: Sold(*row[1:]) for row in rows}
    return [(str(pk or ""), found[pk]) for pk in first]


def sold_in_time(user: Actor, per: str, period: Period, *, way: str = "C", key: str | None = None) -> Answer:
    """Figures by day, week or month (`per`), the earliest first, of everything or of one key of a way of looking.

    Stretches without a sale are there with nothing. `before` stays nothing: a stretch's is the one above it.
    """
    names, parts, waiting = _parts(user, way, [period.now], months=False)
    names |= {"key": key, "per": per}
    sums = ", ".join(f"sum({name})" for name in FIGURES)
    found = {}
    if parts:
        rows = _ask(
            f"""{parts}
            SELECT date_trunc(%(per)s, day)::date, {sums} FROM parts
            WHERE {"key = %(key)s" if key is not None else "true"} GROUP BY 1""",  # noqa: S608
            names,
        )
        found = {row[0]: Sold(*row[1:]) for row in rows}
    return Answer([(start, found.get(start, Sold())) for start in stretches(per, period.now)], waiting)


def sold_at_all(user: Actor, period: Period) -> Sold:
    """All together. Two queries."""
    names, parts, _waiting = _parts(user, "C", [period.now, period.before])
    if not parts:
        return Sold()
    names |= {"now": period.now.first, "until": period.now.final}
    return Sold(*_ask(f"{parts} SELECT {_compared()} FROM parts", names)[0])  # noqa: S608


def stretches(per: str, days: Days) -> list[date]:
    """The first days of the days, weeks (from Monday) or months that `days` lie in."""
    if per == "day":
        return days.each()
    if per == "week":
        return sorted({day - timedelta(days=day.weekday()) for day in days.each()})
    return sorted({day.replace(day=1) for day in days.each()})


class Behind(NamedTuple):
    """Keys of the orders behind a figure, newest first; `more` tells whether there are others after these."""

    orders: list[int]
    more: bool


def orders_behind(
    user: Actor, way: str, key: str, days: Days, *, most: int, after: tuple[datetime, int] | None = None
) -> Behind:
    """The orders a figure was counted from, those alone that this person may see; way '' is all of them. One query."""
    if not may_see_reports(user):
        return Behind([], False)
    number = int(key) if key.isdecimal() and len(key) < 19 else None
    if way in ("A", "I", "U") and key and number is None:
        return Behind([], False)
    owners = owners_seen(user)
    names: dict[str, Any] = {"key": key, "number": number, "first": days.first, "final": days.final, "most": most + 1}
    names |= {"owners": sorted(owners or ()), "moment": after and after[0], "order": after and after[1]}
    rows = _ask(behind(way, owned=owners is not None, after=after is not None), names)
    return Behind([row[0] for row in rows[:most]], len(rows) > most)


def _ask(sql: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, names)
        return list(cursor.fetchall())


def _compared() -> str:
    """The columns of a `Sold`, from `parts`."""
    sums = [f"COALESCE(sum({name}) {_NOW}, 0)" for name in FIGURES]
    return ", ".join([*sums, "COALESCE(sum(purchased + returned) FILTER (WHERE day < %(now)s), 0)"])


def _parts(
    user: Actor, way: str, spans: Sequence[Days], *, months: bool = True, key: str | None = None
) -> tuple[dict[str, Any], str, int]:
    """Names and the SQL of a table `parts` (day, key, `FIGURES`) that holds all of these days; '' for who may not."""
    if not may_see_reports(user):
        return {}, "", 0
    owners = owners_seen(user)
    owned = owners is not None
    names: dict[str, Any] = {"owners": sorted(owners) if owners is not None else [WHOLE], "way": way}
    if way == "U" and (key is not None or not owned):
        names |= of_days(sorted({day for days in spans for day in days.each()}))
        if key is not None:
            names["number"] = int(key) if key.isdecimal() else None
        whose: Whose = "OWNED" if owned else "ALL"
        return names, f"WITH parts AS ({counted(way, whose, alone=key is not None)})", 0
    noted = owned and way == "U"
    # Somebody's products differ from day to day: their months would be no shorter.
    sources = sources_of(spans, months=months and not (owned and way in "IU"))
    names |= of_days(sources.live) | {"months": sources.months, "tallied": sources.days}
    kept = f"SELECT day, key, {_NAMES} FROM reports_soldtally WHERE way = %(way)s AND owner = ANY(%(owners)s)"  # noqa: S608
    parts = []
    if sources.months:
        parts.append(f"{kept} AND span = 'M' AND day = ANY(%(months)s::date[])")
    if sources.days and noted:
        parts.append(f"SELECT day, key, {_NAMES} FROM ({counted(way, 'NOTED')}) noted")  # noqa: S608
    elif sources.days:
        parts.append(f"{kept} AND span = 'D' AND day = ANY(%(tallied)s::date[])")
    if sources.live:
        live = counted(way, "OWNED" if owned else "ALL")
        parts.append(f"SELECT day, key, {_NAMES} FROM ({live}) live WHERE owner = {WHOLE}")  # noqa: S608
    return names, f"WITH parts AS ({' UNION ALL '.join(parts)})", sources.waiting
