"""How many stay: cohorts by month of first purchase, new and returning customers, and retention.

A customer is new on the day of the first purchase and returning on any later day; walk-ins are a third number.
Retention over a period asks: of those who bought in the earlier of two windows, how many also bought in the later one?
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._calendar import (
    PERIOD_MONTHS,
    month_index,
    month_of_day,
    month_starts,
    months_of,
    months_table,
    series_table,
    week_index,
    weeks_table,
)
from setia_insight._jit import compiled
from setia_insight._orders import Orders, dates, first_days, numbered, read
from setia_insight.errors import BadInput
from setia_insight.window import bought_within, bounds, day_number, months_back

__all__ = ["PERIOD_MONTHS", "Retention", "monthly", "new_returning", "retention", "retention_series", "weekly"]


@dataclass(frozen=True)
class Retention:
    """`kept` of the `earlier` customers came back; `rate` is their ratio, NaN when there were none to keep."""

    period: str
    kept: int
    earlier: int

    @property
    def rate(self) -> float:
        """kept ÷ earlier."""
        return self.kept / self.earlier if self.earlier else float("nan")


def retention(active_months: ArrayLike, *, period: str = "YEAR") -> Retention:
    """Retention as of the day `active_months` (from `summary.summarise`) was counted for.

    `period` is ``YEAR`` (12 months against the 12 before), ``QUARTER`` (3) or ``MONTH`` (1).
    """
    months = months_of(period)
    active = np.asarray(active_months, dtype=np.uint64)
    later = bought_within(active, 0, months)
    earlier = bought_within(active, months, 2 * months)
    return Retention(period, int((later & earlier).sum()), int(earlier.sum()))


def retention_series(orders: pa.Table, *, as_of: dt.date, months: int = 24, period: str = "YEAR") -> pa.Table:
    """Retention as it stood on `as_of` and on each of the `months` - 1 monthly steps before, oldest first.

    Columns: `as_of` (date32), `kept`, `earlier` (int64), `rate` (float64, NaN where `earlier` is 0), `complete` (bool:
    the orders reach back over the whole of both windows; where they do not, the rate says more about the file than
    about the customers).
    """
    length = months_of(period)
    if months < 1:
        raise BadInput(f"a series needs at least one month, not {months}")
    reach = months + 2 * length - 1
    seen = read(orders).of_customers().until(as_of)
    unique, number = numbered(seen.customer)
    first_day = int(seen.day.min()) if len(seen.day) else day_number(as_of)
    back = months_back(as_of, first_day, reach)
    bought = _month_grid(number, seen.day, len(unique), back, first_day, reach)
    kept, earlier = _rolling(bought, months, length)
    steps = np.arange(months)[::-1]
    return series_table(kept[steps], earlier[steps], bounds(as_of, reach), steps, length, first_day)


def monthly(orders: pa.Table, *, as_of: dt.date) -> pa.Table:
    """The cohort table: of the customers whose first purchase fell in month c, how many bought in month c + k.

    One row for every pair of calendar months from the first purchase to `as_of`, also where nobody bought. Columns:
    `cohort` (date32, first day of month c), `k` (int32), `customers` (int64, bought in month c + k), `size` (int64,
    customers of the cohort), `share` (float64, customers ÷ size; NaN for a month without new customers), `complete`
    (bool, false for the month `as_of` falls in, unless it is that month's last day).
    """
    seen = read(orders).of_customers().until(as_of)
    if len(seen.day) == 0:
        return months_table(np.zeros((0, 0), dtype=np.int64), 0, as_of)
    unique, number = numbered(seen.customer)
    low = int(seen.day.min())
    of_day = month_of_day(low, int(seen.day.max()))
    origin, months = int(of_day[0]), month_index(as_of) - int(of_day[0]) + 1
    first = first_days(number, seen.day, len(unique))
    counts = _cohorts(number, seen.day, first, (of_day - origin).astype(np.int64), low, months)
    return months_table(counts, origin, as_of)


def weekly(orders: pa.Table, *, as_of: dt.date) -> pa.Table:
    """The cohort table by weeks from Monday to Sunday: as `monthly`, for firms whose customers come back within days.

    `cohort` is the Monday of the week of the first purchase, `k` counts weeks; the other columns are those of
    `monthly`. `complete` is false for the week `as_of` falls in, unless it is its Sunday.
    """
    seen = read(orders).of_customers().until(as_of)
    if len(seen.day) == 0:
        return weeks_table(np.zeros((0, 0), dtype=np.int64), 0, as_of)
    unique, number = numbered(seen.customer)
    low = int(seen.day.min())
    of_day = (np.arange(low, int(seen.day.max()) + 1, dtype=np.int64) + 3) // 7
    origin, weeks = int(of_day[0]), week_index(day_number(as_of)) - int(of_day[0]) + 1
    first = first_days(number, seen.day, len(unique))
    counts = _cohorts(number, seen.day, first, of_day - origin, low, weeks)
    return weeks_table(counts, origin, as_of)


def new_returning(orders: pa.Table, *, as_of: dt.date, by: str = "MONTH") -> pa.Table:
    """New and returning customers per ``DAY`` or calendar ``MONTH``, every period from the first order to `as_of`.

    Columns: `period` (date32, the day or the month's first), `new` (int64, customers whose first purchase day lies in
    it), `returning` (int64, customers who bought in it on a day after their first), `both` (int64, those counted in
    both, so the customers of the period are new + returning - both; always 0 by day), `new_orders`, `returning_orders`,
    `walk_in_orders` (int64).
    """
    if by not in ("DAY", "MONTH"):
        raise BadInput(f"by is DAY or MONTH, not {by!r}")
    seen = read(orders).until(as_of)
    if len(seen.day) == 0:
        empty = pa.array([], pa.int64())
        names = ("new", "returning", "both", "new_orders", "returning_orders", "walk_in_orders")
        return pa.table({"period": pa.array([], pa.date32()), **dict.fromkeys(names, empty)})
    low, high = int(seen.day.min()), day_number(as_of)
    if by == "DAY":
        slot = np.arange(high - low + 1, dtype=np.int64)
        starts = np.arange(low, high + 1, dtype=np.int32)
    else:
        of_day = month_of_day(low, high)
        slot = (of_day - of_day[0]).astype(np.int64)
        starts = month_starts(int(of_day[0]), int(slot[-1]) + 1)
    counts = _new_and_returning(seen, slot, low, len(starts))
    names = ("new", "returning", "both", "new_orders", "returning_orders", "walk_in_orders")
    return pa.table({"period": dates(starts), **{name: pa.array(counts[i]) for i, name in enumerate(names)}})


def _new_and_returning(seen: Orders, slot: NDArray[np.int64], low: int, slots: int) -> NDArray[np.int64]:
    counts = np.zeros((6, slots), dtype=np.int64)
    if seen.known is not None:
        counts[5] = np.bincount(slot[seen.day[~seen.known] - low], minlength=slots)
        seen = seen.of_customers()
    unique, number = numbered(seen.customer)
    first = first_days(number, seen.day, len(unique))
    _tally(number, seen.day, first, slot, low, counts)
    return counts


@compiled
def _by_customer(number: NDArray[np.int64], customers: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each customer's orders start, and the orders' places in customer order (a counting sort)."""
    start = np.zeros(customers + 1, dtype=np.int64)
    for i in range(number.shape[0]):
        start[number[i] + 1] += 1
    for c in range(customers):
        start[c + 1] += start[c]
    free = start[:-1].copy()
    line = np.empty(number.shape[0], dtype=np.int64)
    for i in range(number.shape[0]):
        line[free[number[i]]] = i
        free[number[i]] += 1
    return start, line


@compiled
def _tally(
    number: NDArray[np.int64],
    day: NDArray[np.int32],
    first: NDArray[np.int32],
    slot: NDArray[np.int64],
    low: int,
    counts: NDArray[np.int64],
) -> None:
    start, line = _by_customer(number, first.shape[0])
    latest_owner = np.full(counts.shape[1], -1, dtype=np.int64)
    for c in range(first.shape[0]):
        opening = slot[first[c] - low]
        counts[0, opening] += 1
        for j in range(start[c], start[c + 1]):
            d = day[line[j]]
            s = slot[d - low]
            if d == first[c]:
                counts[3, s] += 1
                continue
            counts[4, s] += 1
            if latest_owner[s] != c:
                latest_owner[s] = c
                counts[1, s] += 1
                if s == opening:
                    counts[2, s] += 1


@compiled
def _cohorts(
    number: NDArray[np.int64],
    day: NDArray[np.int32],
    first: NDArray[np.int32],
    month: NDArray[np.int64],
    low: int,
    months: int,
) -> NDArray[np.int64]:
    start, line = _by_customer(number, first.shape[0])
    counts = np.zeros((months, months), dtype=np.int64)
    latest_owner = np.full(months, -1, dtype=np.int64)
    for c in range(first.shape[0]):
        opening = month[first[c] - low]
        for j in range(start[c], start[c + 1]):
            m = month[day[line[j]] - low]
            if latest_owner[m] != c:
                latest_owner[m] = c
                counts[opening, m - opening] += 1
    return counts


@compiled
def _month_grid(
    number: NDArray[np.int64],
    day: NDArray[np.int32],
    customers: int,
    back: NDArray[np.int16],
    first_day: int,
    reach: int,
) -> NDArray[np.uint8]:
    grid = np.zeros((customers, reach), dtype=np.uint8)
    for i in range(number.shape[0]):
        k = back[day[i] - first_day]
        if k >= 0:
            grid[number[i], k] = 1
    return grid


@compiled
def _rolling(bought: NDArray[np.uint8], steps: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    kept = np.zeros(steps, dtype=np.int64)
    earlier = np.zeros(steps, dtype=np.int64)
    for c in range(bought.shape[0]):
        later_months = np.int64(0)
        earlier_months = np.int64(0)
        for k in range(length):
            later_months += bought[c, k]
            earlier_months += bought[c, length + k]
        for s in range(steps):
            if s > 0:
                later_months += np.int64(bought[c, s + length - 1]) - np.int64(bought[c, s - 1])
                earlier_months += np.int64(bought[c, s + 2 * length - 1]) - np.int64(bought[c, s + length - 1])
            if earlier_months > 0:
                earlier[s] += 1
                if later_months > 0:
                    kept[s] += 1
    return kept, earlier
