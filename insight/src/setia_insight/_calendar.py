"""Answers by period: months and weeks as numbers, and the tables in which no period is missing.

What counted the customers, arrays or an engine's SQL, does not matter here.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia_insight._orders import dates
from setia_insight.errors import BadInput
from setia_insight.window import day_number, day_of

PERIOD_MONTHS = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
"""Lengths of the retention windows, in calendar months."""


def months_of(period: str) -> int:
    """The length of a retention window. Raises `BadInput` for a period there is not."""
    if period not in PERIOD_MONTHS:
        raise BadInput(f"period is one of {', '.join(PERIOD_MONTHS)}, not {period!r}")
    return PERIOD_MONTHS[period]


def month_index(day: dt.date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def month_of_day(low: int, high: int) -> NDArray[np.int64]:
    """Months since year 0 for each day number from `low` to `high`."""
    days = np.arange(low, high + 1).astype("datetime64[D]")
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def month_starts(origin: int, months: int) -> NDArray[np.int32]:
    """The first day of `months` months from the `origin`-th since year 0, as day numbers."""
    first = (np.arange(months) + origin - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int32)


def week_index(day: int) -> int:
    """The week, from Monday to Sunday, of a day number: day 0, 1970-01-01, was the Thursday of week 0."""
    return (day + 3) // 7


def months_table(counts: NDArray[np.int64], origin: int, as_of: dt.date) -> pa.Table:
    """The cohort table of counts [month, months since], from the `origin`-th month since year 0."""
    return _triangle(counts, month_starts(origin, len(counts)), ends=day_of(day_number(as_of) + 1).day == 1)


def weeks_table(counts: NDArray[np.int64], origin: int, as_of: dt.date) -> pa.Table:
    """The cohort table of counts [week, weeks since], from the `origin`-th week."""
    mondays = ((np.arange(len(counts)) + origin) * 7 - 3).astype(np.int32)
    return _triangle(counts, mondays, ends=(day_number(as_of) + 4) % 7 == 0)


def series_table(
    kept: NDArray[np.int64],
    earlier: NDArray[np.int64],
    ends: NDArray[np.int32],
    steps: NDArray[np.int64],
    length: int,
    first_day: int,
) -> pa.Table:
    """Retention at each of `steps` months back, of two windows of `length` months; `ends` are `window.bounds`."""
    with np.errstate(invalid="ignore"):
        rate = np.where(earlier > 0, kept / np.maximum(earlier, 1), np.nan)
    return pa.table(
        {
            "as_of": dates(ends[steps]),
            "kept": pa.array(kept),
            "earlier": pa.array(earlier),
            "rate": pa.array(rate),
            "complete": pa.array(first_day <= ends[steps + 2 * length] + 1),
        }
    )


def _triangle(counts: NDArray[np.int64], starts: NDArray[np.int32], *, ends: bool) -> pa.Table:
    """Every cell from a cohort's first period to the running one; `ends` says that the running one is over."""
    periods = len(counts)
    c, k = (
        np.concatenate([np.full(periods - i, i) for i in range(periods)] or [np.zeros(0, dtype=np.int64)]),
        np.concatenate([np.arange(periods - i) for i in range(periods)] or [np.zeros(0, dtype=np.int64)]),
    )
    c, k = c.astype(np.int64), k.astype(np.int64)
    customers = counts[c, k] if periods else np.zeros(0, dtype=np.int64)
    size = counts[c, 0] if periods else customers
    share = np.where(size > 0, customers / np.maximum(size, 1), np.nan)
    return pa.table(
        {
            "cohort": dates(starts[c] if periods else np.zeros(0, dtype=np.int32)),
            "k": pa.array(k.astype(np.int32)),
            "customers": pa.array(customers),
            "size": pa.array(size),
            "share": pa.array(share),
            "complete": pa.array((c + k < periods - 1) | ends),
        }
    )
