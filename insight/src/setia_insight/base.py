"""Base classes: which part of the firm's base a customer belongs to, possibly several at once.

Loyal and general come from orders. Recurring (an active subscription) and installed (owns a registered unit) come from
records orders do not hold: pass them as boolean arrays, or None while the firm keeps no such records, and the answer is
null rather than "no".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._orders import day_array
from setia_insight.window import active_windows, bought_within, day_number, months_before


@dataclass(frozen=True)
class BaseRules:
    """Thresholds of the base classes. Windows times their months, and `general_months`, may not exceed 60."""

    loyal_first_months: int = 12
    """Loyal: the first purchase lies at least this many months back."""
    loyal_windows: int = 4
    """Loyal: a purchase in each of this many latest windows …"""
    loyal_window_months: int = 3
    """… of this many months."""
    general_months: int = 12
    """General: a purchase within this many months."""


def classify(
    summary: pa.Table,
    *,
    as_of: dt.date,
    recurring: ArrayLike | None = None,
    installed: ArrayLike | None = None,
    rules: BaseRules = BaseRules(),
) -> pa.Table:
    """Base classes of the customers of `summary` (from `setia_insight.summary.summarise` with the same `as_of`).

    Only the columns `first_date`, `latest_date` and `active_months` are read. Columns of the answer, in the same order
    of customers: `loyal`, `general` (bool), `recurring`, `installed` (bool, null when not given), and the evidence:
    `windows_bought` (int8, how many of the latest windows hold a purchase), `days_since_first` and `days_since_latest`
    (int32).
    """
    first = day_array(summary["first_date"])
    latest = day_array(summary["latest_date"])
    active = summary["active_months"].to_numpy()
    windows = active_windows(active, windows=rules.loyal_windows, months=rules.loyal_window_months)
    long_known = first <= day_number(months_before(as_of, rules.loyal_first_months))
    today = np.int32(day_number(as_of))
    return pa.table(
        {
            "loyal": pa.array(long_known & (windows == rules.loyal_windows)),
            "general": pa.array(bought_within(active, 0, rules.general_months)),
            "recurring": _recorded(recurring, len(first)),
            "installed": _recorded(installed, len(first)),
            "windows_bought": pa.array(windows),
            "days_since_first": pa.array(today - first),
            "days_since_latest": pa.array(today - latest),
        }
    )


def _recorded(flags: ArrayLike | None, customers: int) -> pa.Array:
    if flags is None:
        return pa.nulls(customers, pa.bool_())
    values: NDArray[np.bool_] = np.asarray(flags, dtype=np.bool_)
    return pa.array(values)
