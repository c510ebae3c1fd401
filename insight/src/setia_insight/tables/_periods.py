"""Counts and money by period: `setia_insight.cohort` and `revenue.monthly`.

What the engine answers is small: a row per period, or per pair of periods. The months and weeks in which nothing
happened are filled in here, by the code that fills them in for arrays.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia_insight import _calendar
from setia_insight._orders import dates
from setia_insight.cohort import Retention
from setia_insight.errors import BadInput
from setia_insight.tables._customers import bought_within
from setia_insight.tables._engine import MONEY, Orders, Table, total
from setia_insight.window import MONTHS_KEPT, bounds, day_number

_COUNTS = ("new", "returning", "both", "new_orders", "returning_orders", "walk_in_orders")


def cohorts(orders: Orders, *, as_of: dt.date, by: str = "MONTH") -> pa.Table:
    """The cohort table by ``MONTH`` or ``WEEK``: the answer of `cohort.monthly` or `cohort.weekly`."""
    if by not in ("MONTH", "WEEK"):
        raise BadInput(f"by is MONTH or WEEK, not {by!r}")
    period = "month" if by == "MONTH" else _week(orders)
    found = orders.engine.arrow(
        f"""
        select opening, period - opening as k, count(*) as customers
        from (
            select customer, period, min(period) over (partition by customer) as opening
            from (
                select distinct customer, {period} as period
                from ({orders.sql}) as ordered
                where customer is not null and day <= {day_number(as_of)}
            ) as bought
        ) as followed
        group by opening, period - opening
        """
    )
    opening, k = _numbers(found, "opening"), _numbers(found, "k")
    origin = int(opening.min()) if len(opening) else 0
    running = _calendar.month_index(as_of) if by == "MONTH" else _calendar.week_index(day_number(as_of))
    periods = running - origin + 1 if len(opening) else 0
    counts = np.zeros((periods, periods), dtype=np.int64)
    counts[opening - origin, k] = _numbers(found, "customers")
    return (_calendar.months_table if by == "MONTH" else _calendar.weeks_table)(counts, origin, as_of)


def new_returning(orders: Orders, *, as_of: dt.date, by: str = "MONTH") -> pa.Table:
    """New and returning customers per ``DAY`` or ``MONTH``: the answer of `cohort.new_returning`."""
    if by not in ("DAY", "MONTH"):
        raise BadInput(f"by is DAY or MONTH, not {by!r}")
    starts, columns = _by_kind(orders, as_of, by)
    return pa.table({"period": dates(starts), **{name: pa.array(columns[name]) for name in _COUNTS}})


def revenue(orders: Orders, *, as_of: dt.date, returns: Orders | None = None) -> pa.Table:
    """Money per calendar month, exact: the columns of `setia_insight.revenue.monthly` as DECIMAL(24, 4)."""
    starts, columns = _by_kind(orders, as_of, "MONTH")
    back: dict[str, NDArray[np.int64]] = {}
    if returns is not None:
        taken = _rows(returns, as_of, "month", "count(*) as return_orders, " + total("units") + " as returned")
        first = min((int(m) for m in _numbers(taken, "slot")), default=None)
        if first is not None and (not len(starts) or first < _month_of(int(starts[0]))):
            starts, columns = _by_kind(orders, as_of, "MONTH", since=first)
        back = _spread(
            taken, ("return_orders", "returned"), _month_of(int(starts[0])) if len(starts) else 0, len(starts)
        )
    nothing = np.zeros(len(starts), dtype=np.int64)
    units = {
        "new": columns["new_units"],
        "returning": columns["returning_units"],
        "walk_in": columns["walk_in_units"],
        "returns": back.get("returned", nothing),
    }
    units["revenue"] = sum(units.values(), start=nothing)
    return pa.table(
        {
            "month": dates(starts),
            **{name: _money(values) for name, values in units.items()},
            **{name: pa.array(columns[name]) for name in ("new_orders", "returning_orders", "walk_in_orders")},
            "return_orders": pa.array(back.get("return_orders", nothing)),
        }
    )


def retention(customers: Table, *, period: str = "YEAR") -> Retention:
    """Retention as of the day of the summary: the answer of `cohort.retention`."""
    length = _calendar.months_of(period)
    found = _kept_and_earlier(customers, [(0, length)])
    return Retention(period, found[0][0], found[0][1])


def retention_series(customers: Table, *, as_of: dt.date, months: int = 24, period: str = "YEAR") -> pa.Table:
    """The answer of `cohort.retention_series`, from a summary with the same `as_of`: one pass over the customers.

    A summary keeps 60 months, so `months` - 1 and two periods must fit into them; `BadInput` says if they do not.
    """
    length = _calendar.months_of(period)
    if months < 1:
        raise BadInput(f"a series needs at least one month, not {months}")
    if months - 1 + 2 * length > MONTHS_KEPT:
        raise BadInput(f"{months} months of two periods each reach back beyond the {MONTHS_KEPT} months of a summary")
    steps = list(range(months))[::-1]
    found = _kept_and_earlier(customers, [(step, length) for step in steps])
    (reach,) = customers.engine.arrow(f"select min(first_date) as first_date from ({customers.sql}) as c").to_pylist()
    first = day_number(reach["first_date"] or as_of)
    return _calendar.series_table(
        np.array([pair[0] for pair in found], dtype=np.int64),
        np.array([pair[1] for pair in found], dtype=np.int64),
        bounds(as_of, months + 2 * length - 1),
        np.array(steps),
        length,
        first,
    )


def _kept_and_earlier(customers: Table, windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    columns = []
    for i, (start, length) in enumerate(windows):
        later, earlier = (
            bought_within(start, start + length),
            bought_within(start + length, start + 2 * length),
        )
        columns.append(f"count(case when {earlier} and {later} then 1 end) as kept_{i}")
        columns.append(f"count(case when {earlier} then 1 end) as earlier_{i}")
    (found,) = customers.engine.arrow(f"select {', '.join(columns)} from ({customers.sql}) as customer").to_pylist()
    return [(int(found[f"kept_{i}"]), int(found[f"earlier_{i}"])) for i in range(len(windows))]


def _by_kind(
    orders: Orders, as_of: dt.date, by: str, *, since: int | None = None
) -> tuple[NDArray[np.int32], dict[str, NDArray[np.int64]]]:
    """The periods' first days, and counts and ten-thousandths per period; `since` is an earlier period to begin at."""
    slot = "month" if by == "MONTH" else "day"
    names = ("new", "returning", "both", "new_orders", "returning_orders", "new_units", "returning_units")
    known = orders.engine.arrow(
        f"""
        select slot, sum(is_new) as new, sum(is_back) as returning, sum(is_new * is_back) as both,
               sum(new_orders) as new_orders, sum(all_orders - new_orders) as returning_orders,
               {total("new_units")} as new_units, {total("all_units - new_units")} as returning_units
        from (
            select customer, slot, max(case when day = opening then 1 else 0 end) as is_new,
                   max(case when day > opening then 1 else 0 end) as is_back,
                   sum(case when day = opening then orders else 0 end) as new_orders, sum(orders) as all_orders,
                   {total("case when day = opening then units else 0 end")} as new_units,
                   {total("units")} as all_units
            from (
                select customer, slot, day, orders, units, min(day) over (partition by customer) as opening
                from (
                    select customer, {slot} as slot, day, count(*) as orders, {total("units")} as units
                    from ({orders.sql}) as ordered
                    where customer is not null and day <= {day_number(as_of)}
                    group by customer, {slot}, day
                ) as day_of_customer
            ) as followed
            group by customer, slot
        ) as period_of_customer
        group by slot
        """
    )
    walk_ins = _rows(orders, as_of, slot, f"count(*) as walk_in_orders, {total('units')} as walk_in_units", known=False)
    seen = [int(value) for table in (known, walk_ins) for value in _numbers(table, "slot")]
    origin = min([*seen, *([] if since is None else [since])], default=None)
    if origin is None:
        first, size = 0, 0
        starts = np.zeros(0, dtype=np.int32)
    elif by == "DAY":
        first, size = origin, day_number(as_of) - origin + 1
        starts = np.arange(origin, origin + size, dtype=np.int32)
    else:
        first, size = origin, _calendar.month_index(as_of) - origin + 1
        starts = _calendar.month_starts(origin, size)
    columns = _spread(known, names, first, size)
    columns |= _spread(walk_ins, ("walk_in_orders", "walk_in_units"), first, size)
    return starts, columns


def _rows(orders: Orders, as_of: dt.date, slot: str, columns: str, *, known: bool | None = None) -> pa.Table:
    """Sums per period of all orders, or of those with or without a customer."""
    who = {None: "", True: "customer is not null and", False: "customer is null and"}[known]
    return orders.engine.arrow(
        f"""
        select {slot} as slot, {columns} from ({orders.sql}) as ordered
        where {who} day <= {day_number(as_of)} group by {slot}
        """
    )


def _spread(found: pa.Table, names: tuple[str, ...], origin: int, size: int) -> dict[str, NDArray[np.int64]]:
    """Columns over all periods, 0 where the engine had none."""
    place = _numbers(found, "slot") - origin
    columns = {}
    for name in names:
        columns[name] = np.zeros(size, dtype=np.int64)
        columns[name][place] = _numbers(found, name)
    return columns


def _numbers(found: pa.Table, name: str) -> NDArray[np.int64]:
    """A column as 64-bit numbers; DuckDB's sums arrive as 128-bit ones."""
    numbers: NDArray[Any] = found[name].cast(pa.int64()).to_numpy()
    return numbers.astype(np.int64, copy=False)


def _money(units: NDArray[np.int64]) -> pa.Array:
    whole = pa.array(units).cast(pa.decimal128(20, 0))
    return pc.multiply(whole, pa.scalar(Decimal("0.0001"), pa.decimal128(4, 4))).cast(MONEY)


def _month_of(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64)) + 1970 * 12


def _week(orders: Orders) -> str:
    """Weeks from Monday, counted from the one of 1970-01-01; from a number far back, so that none is negative."""
    far = 200_000
    return f"{orders.engine.whole(f'day + 3 + {7 * far}', '7')} - {far}"
