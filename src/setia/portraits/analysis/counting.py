"""The pictures: tables counted over all customers, as rows of plain values ready for JSON.

`setia report`, the pages and the exports show these very rows. Shares and rates lie between 0 and 1; a figure that
cannot be given is null. Months are named by their first day.
"""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia.portraits.analysis.describing import Described
from setia.portraits.analysis.shop import Recorded, Shop
from setia_insight import cohort, revenue, rfm

Rows = list[dict[str, Any]]
Floats = NDArray[np.float64]

STAGES = ("REACH", "RELATIONSHIP", "FIRST", "RETENTION", "LOYALTY", "DEFECTED")
PERCENTS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
RETENTION_STEPS = 24
"""Months the retention series goes back."""


def base_rows(shop: Shop, described: Described, recorded: Recorded) -> Rows:
    """Customers by base class, several at once. A class of which nothing is recorded is null."""
    stands = described.base
    there = int((described.stage_at_month_start.to_numpy(zero_copy_only=False) != "").sum())
    buyers = int((described.table["purchases"].to_numpy() > 0).sum())

    def row(name: str, now: int | None, before: int | None) -> dict[str, Any]:
        return {"class": name, "customers": now, "at_month_start": before, "recorded": now is not None}

    def count(name: str) -> int:
        return int(stands[name].combine_chunks().true_count)

    def kept(keys: Sequence[int] | None) -> int | None:
        return None if keys is None else int(shop.among(keys).sum())

    return [
        row("ALL", len(shop.customer), there),
        row("BUYERS", buyers, count("bought_before")),
        row("LOYAL", count("loyal"), count("loyal_before")),
        row("GENERAL", count("general"), count("general_before")),
        row("RECURRING", kept(recorded.recurring), kept(recorded.recurring_before)),
        row("INSTALLED", kept(recorded.installed), kept(recorded.installed_before)),
    ]


def stage_rows(described: Described) -> Rows:
    """Customers by stage, now and at the start of the month, and how many came in and went out since."""
    moved = _moves(described)
    return [
        {
            "stage": stage,
            "customers": sum(n for (_, to), n in moved.items() if to == stage),
            "at_month_start": sum(n for (origin, _), n in moved.items() if origin == stage),
            "came": sum(n for (origin, to), n in moved.items() if to == stage and origin != stage),
            "went": sum(n for (origin, to), n in moved.items() if origin == stage and to != stage),
        }
        for stage in STAGES
    ]


def move_rows(described: Described) -> Rows:
    """Moves between stages since the start of the month; `from` is empty for customers who were not there then."""
    return [
        {"from": origin, "to": to, "customers": n}
        for (origin, to), n in sorted(_moves(described).items())
        if origin != to
    ]


def trait_rows(described: Described) -> Rows:
    """Customers by trait, several at once. A trait whose records Setia does not keep yet is null."""
    shown = described.table["traits"].to_numpy()
    recorded = {
        name: any(f'"{name}":' in scores for scores in described.table["trait_scores"].unique().to_pylist()[:50_000])
        for name in ("NEW", "THRIFTY", "DEVOTED", "ADVOCATE")
    }
    literals, counts = np.unique(shown.astype(str), return_counts=True)
    rows: Rows = []
    for name in ("NEW", "POTENTIAL", "IMPULSIVE", "THRIFTY", "DEVOTED", "ADVOCATE"):
        n = sum(int(c) for literal, c in zip(literals, counts, strict=True) if name in literal.strip("{}").split(","))
        rows.append({"trait": name, "customers": n if n or recorded.get(name) else None})
    return rows


def new_returning_rows(shop: Shop, by: str) -> Rows:
    """New, returning and walk-in per ``MONTH`` or ``DAY``."""
    table = cohort.new_returning(shop.purchases, as_of=shop.as_of, by=by)
    return _rows(table)


def retention_rows(shop: Shop) -> Rows:
    """Yearly, quarterly and monthly retention as it stood month by month, where the orders reach back far enough."""
    rows: Rows = []
    for period in ("YEAR", "QUARTER", "MONTH"):
        series = cohort.retention_series(shop.purchases, as_of=shop.as_of, months=RETENTION_STEPS, period=period)
        rows += [{"period": period, **row} for row in _rows(series) if row.pop("complete") and row["earlier"]]
    return rows


def cohort_rows(shop: Shop) -> Rows:
    """The cohort table: of the customers whose first purchase fell in a month, how many bought k months later."""
    return _rows(cohort.monthly(shop.purchases, as_of=shop.as_of))


def revenue_rows(shop: Shop) -> Rows:
    """Revenue per month: of new, returning and walk-in customers, less returns."""
    table = revenue.monthly(shop.sold, as_of=shop.as_of, returns=shop.taken_back)
    return _rows(table)


def rfm_rows(scores: pa.Table, silence: NDArray[np.int64], days: NDArray[np.int64], spent: Floats) -> Rows:
    """The map of recency by frequency: 25 cells with the days silent and the purchase days that bound them."""
    r, f = scores["r"].to_numpy(), scores["f"].to_numpy()
    rows = []
    for row in _rows(rfm.cell_map(r, f, spent)):
        silent, bought = silence[r == row["r"]], days[f == row["f"]]
        row["spent"] = round(row.pop("value"), 4)
        row["days_from"], row["days_to"] = _bounds(silent)
        row["purchase_days_from"], row["purchase_days_to"] = _bounds(bought)
        rows.append(row)
    return rows


def rfm_cell_rows(scores: pa.Table, days: NDArray[np.int64], spent: Floats) -> Rows:
    """The named groups of the map: how many, how often and for how much they typically bought, their share."""
    cell = scores["cell"].combine_chunks().cast(pa.string()).to_numpy(zero_copy_only=False)
    total = float(spent.sum())
    rows = []
    for name in rfm.CELLS:
        inside = cell == name
        n = int(inside.sum())
        money = float(spent[inside].sum())
        rows.append(
            {
                "cell": name,
                "customers": n,
                "median_purchase_days": float(np.median(days[inside])) if n else None,
                "median_spent": round(float(np.median(spent[inside])), 4) if n else None,
                "spent": round(money, 4),
                "share": money / total if total else None,
            }
        )
    return rows


def value_rows(value: Floats) -> Rows:
    """How the expected spend of the coming year spreads: customers and money per band of 1, 2, 5, 10, 20, …"""
    known = np.sort(value[np.isfinite(value)])
    if len(known) == 0 or known[-1] <= 0:
        return []
    total = float(known.sum())
    lowest = float(np.quantile(known, 0.05))
    exponent = math.floor(math.log10(max(lowest, known[-1] / 1e6, 1e-4)))
    edges = [0.0]
    while edges[-1] <= known[-1]:
        edges += [step * 10.0**exponent for step in (1, 2, 5)]
        exponent += 1
    rows = []
    for low, high in itertools.pairwise(edges):
        inside = known[np.searchsorted(known, low) : np.searchsorted(known, high)]
        money = float(inside.sum())
        rows.append(
            {"low": low, "high": high, "customers": len(inside), "value": round(money, 4), "share": money / total}
        )
    while rows and rows[-1]["customers"] == 0:
        rows.pop()
    return rows


def concentration_rows(ranked: Floats) -> Rows:
    """Which share of the money the best customers brought; `ranked` is what each spent, most first."""
    n, total = len(ranked), float(ranked.sum())
    if n == 0 or total == 0:
        return []
    reached = np.cumsum(ranked)
    rows = []
    for percent in PERCENTS:
        customers = math.ceil(n * percent / 100)
        money = float(reached[customers - 1])
        rows.append(
            {"percent": percent, "customers": customers, "spent": round(money, 4), "share": min(money / total, 1.0)}
        )
    return rows


def leaving_rows(described: Described) -> Rows:
    """One row: how many are about to leave, and what they spent in the past 12 months, which is at stake."""
    table = described.table.filter(described.table["leaving"])
    return [
        {
            "customers": table.num_rows,
            "spent_12_months": round(float(table["spent_12_months"].to_numpy().sum()), 4),
            "known": described.table["risk"].null_count < described.table.num_rows,
        }
    ]


def _moves(described: Described) -> dict[tuple[str, str], int]:
    pairs = pa.table({"origin": described.stage_at_month_start, "to": described.table["stage"]})
    counted = pairs.group_by(["origin", "to"]).aggregate([([], "count_all")]).to_pylist()
    return {(row["origin"], row["to"]): row["count_all"] for row in counted}


def _bounds(values: NDArray[np.int64]) -> tuple[int | None, int | None]:
    return (int(values.min()), int(values.max())) if len(values) else (None, None)


def _rows(table: pa.Table) -> Rows:
    """An Arrow table as rows of JSON's own types; NaN becomes null, money keeps four decimals."""
    columns = [[_plain(value) for value in table[name].to_pylist()] for name in table.column_names]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
