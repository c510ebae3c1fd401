"""Calendar windows: "the last 12 months", "each of the last four quarters".

Windows are half-open, (start, end], and count months by the calendar, not as 30 days: the last 12 months as of
2011-12-09 begin *after* 2010-12-09. Going back from the 31st to a shorter month stops at that month's last day.

A customer's activity over the last five years fits in one 64-bit number, `active_months`: bit 0 is set when the
customer bought in the latest month, (as_of - 1 month, as_of]; bit 1 for the month before; and so on to bit 59. Every
longer window is a union of these, so base classes and retention need no second look at the orders.
"""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from setia_insight.errors import BadInput

MONTHS_KEPT = 60
"""How many months back `active_months` reaches."""

_EPOCH = dt.date(1970, 1, 1).toordinal()


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01, the number Arrow's date32 holds."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> dt.date:
    """The date of an Arrow date32 number."""
    return dt.date.fromordinal(int(number) + _EPOCH)


def months_before(as_of: dt.date, months: int) -> dt.date:
    """The same day of the month, `months` earlier (or later if negative); a shorter month gives its last day."""
    index = as_of.year * 12 + as_of.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(as_of.day, calendar.monthrange(year, month + 1)[1]))


def bounds(as_of: dt.date, months: int) -> NDArray[np.int32]:
    """Ends of the monthly windows as day numbers, newest first: month k is (bounds[k + 1], bounds[k]]."""
    return np.array([day_number(months_before(as_of, k)) for k in range(months + 1)], dtype=np.int32)


def months_back(as_of: dt.date, first_day: int, months: int) -> NDArray[np.int16]:
    """For every day from `first_day` to `as_of`: which monthly window it falls in (0 = the latest), -1 if older."""
    days = np.arange(first_day, day_number(as_of) + 1, dtype=np.int32)
    ends = bounds(as_of, months)
    # Ends descend; the number of ends on or after a day, less one, is how many whole windows lie after it.
    back = np.searchsorted(-ends, -days, side="right") - 1
    return np.where(back < months, back, -1).astype(np.int16)


def bought_within(active_months: NDArray[np.uint64], start: int, stop: int) -> NDArray[np.bool_]:
    """Whether each customer bought in the window (as_of - stop months, as_of - start months].

    `bought_within(active, 0, 12)` is the last 12 months, `bought_within(active, 12, 24)` the 12 before them.
    """
    if not 0 <= start < stop <= MONTHS_KEPT:
        raise BadInput(f"a window must lie within 0 and {MONTHS_KEPT} months, not {start} to {stop}")
    mask = np.uint64((1 << stop) - (1 << start))
    bought: NDArray[np.bool_] = (np.asarray(active_months, dtype=np.uint64) & mask) != 0
    return bought


def active_windows(active_months: NDArray[np.uint64], *, windows: int = 4, months: int = 3) -> NDArray[np.int8]:
    """In how many of the latest `windows` windows of `months` months each customer bought (four quarters: 0 to 4)."""
    count = np.zeros(len(active_months), dtype=np.int8)
    for k in range(windows):
        count += bought_within(active_months, k * months, (k + 1) * months)
    return count
