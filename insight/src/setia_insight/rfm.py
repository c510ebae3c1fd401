"""Recency, frequency, monetary value: five equal groups each, and the 5 by 5 map with its usual names.

Quintiles are by rank (SQL's NTILE): the customers are lined up from worst to best and cut into five groups whose sizes
differ by at most one, the earlier groups being the larger. Equal values are lined up by the tie-breaking array, in
ascending order; so a tie may be split between two groups, always in the same way.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from setia_insight.errors import BadInput

CELLS = (
    "CHAMPIONS",
    "LOYAL_CUSTOMERS",
    "POTENTIAL_LOYALISTS",
    "NEW_CUSTOMERS",
    "PROMISING",
    "NEED_ATTENTION",
    "ABOUT_TO_SLEEP",
    "AT_RISK",
    "CANT_LOSE",
    "HIBERNATING",
)
"""The ten names of the recency-by-frequency map, from best to worst in the usual reading."""

# Rows are recency 1 to 5, columns frequency 1 to 5; the division most textbooks and tools print.
_MAP = (
    ("HIBERNATING", "HIBERNATING", "AT_RISK", "AT_RISK", "CANT_LOSE"),
    ("HIBERNATING", "HIBERNATING", "AT_RISK", "AT_RISK", "CANT_LOSE"),
    ("ABOUT_TO_SLEEP", "ABOUT_TO_SLEEP", "NEED_ATTENTION", "LOYAL_CUSTOMERS", "LOYAL_CUSTOMERS"),
    ("PROMISING", "POTENTIAL_LOYALISTS", "POTENTIAL_LOYALISTS", "LOYAL_CUSTOMERS", "LOYAL_CUSTOMERS"),
    ("NEW_CUSTOMERS", "POTENTIAL_LOYALISTS", "POTENTIAL_LOYALISTS", "CHAMPIONS", "CHAMPIONS"),
)
_CODE = np.array([[CELLS.index(name) for name in row] for row in _MAP], dtype=np.int8)


def cell_name(recency: int, frequency: int) -> str:
    """The name of one cell of the map; both scores are 1 to 5."""
    return CELLS[int(_CODE[recency - 1, frequency - 1])]


def quintile(values: ArrayLike, ties: ArrayLike, *, best: str = "HIGH", groups: int = 5) -> NDArray[np.int8]:
    """The group of each value, 1 (worst) to `groups` (best).

    `best` says which end is best: ``HIGH`` or ``LOW``. Equal values are ranked by `ties`, ascending: of two equal
    customers the one with the smaller tie value comes first in the line from worst to best.
    """
    if best not in ("HIGH", "LOW"):
        raise BadInput(f"best is HIGH or LOW, not {best!r}")
    numbers, order_of_ties = np.asarray(values), np.asarray(ties)
    if len(numbers) != len(order_of_ties):
        raise BadInput(f"there are {len(numbers)} values but {len(order_of_ties)} ties")
    n = len(numbers)
    if np.issubdtype(numbers.dtype, np.floating) and bool(np.isnan(numbers).any()):
        raise BadInput("a value that is not a number has no rank")
    if best == "LOW":
        numbers = -(numbers.astype(np.int64) if numbers.dtype.kind in "biu" else numbers)
    if n > 1 and bool((order_of_ties[1:] >= order_of_ties[:-1]).all()):
        line = np.argsort(numbers, kind="stable")
    else:
        line = np.lexsort((order_of_ties, numbers))
    sizes = np.full(groups, n // groups)
    sizes[: n % groups] += 1
    scores = np.empty(n, dtype=np.int8)
    scores[line] = np.repeat(np.arange(1, groups + 1, dtype=np.int8), sizes)
    return scores


def score(recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike, ties: ArrayLike) -> pa.Table:
    """Quintiles and named cell for customers who have bought, in the order given.

    `recency_days` counts days since the latest purchase day (few is best), `frequency` purchase days, `monetary` the
    money of purchases. `ties` is usually the customer number. Columns: `r`, `f`, `m` (int8, 1 to 5, 5 best) and
    `cell` (dictionary of `CELLS`, from r and f).
    """
    r = quintile(recency_days, ties, best="LOW")
    f = quintile(frequency, ties)
    m = quintile(monetary, ties)
    cell = pa.DictionaryArray.from_arrays(pa.array(_CODE[r - 1, f - 1]), pa.array(CELLS))
    return pa.table({"r": pa.array(r), "f": pa.array(f), "m": pa.array(m), "cell": cell})


def cell_map(r: ArrayLike, f: ArrayLike, monetary: ArrayLike) -> pa.Table:
    """The 25 cells of the map: `r`, `f`, `cell`, `customers` (int64), `value` (float64, their money together)."""
    place = (np.asarray(r, dtype=np.int64) - 1) * 5 + np.asarray(f, dtype=np.int64) - 1
    customers = np.bincount(place, minlength=25)
    value = np.bincount(place, weights=np.asarray(monetary, dtype=np.float64), minlength=25)
    row, column = np.divmod(np.arange(25), 5)
    return pa.table(
        {
            "r": pa.array((row + 1).astype(np.int8)),
            "f": pa.array((column + 1).astype(np.int8)),
            "cell": pa.DictionaryArray.from_arrays(pa.array(_CODE[row, column]), pa.array(CELLS)),
            "customers": pa.array(customers.astype(np.int64)),
            "value": pa.array(value),
        }
    )


def migration(before: pa.Table, after: pa.Table) -> pa.Table:
    """Who moved from which cell to which between two dates: the map's traffic.

    Both tables hold `customer` (int64) and `cell` (from `score`, beside the summary's customers) as of an earlier and a
    later day. Columns: `before`, `after` (string; ``NEW`` before for who first bought in between, ``GONE`` after for
    who is missing from the later table), `customers` (int64), `share` (float64, of the customers of `before`). Only
    pairs that occur, in the order of `CELLS`.
    """
    names = (*CELLS, "NEW", "GONE")
    (earlier, cell_before), (later, cell_after) = _cells(before), _cells(after)
    everybody = np.union1d(earlier, later)
    origin, to = np.full(len(everybody), len(CELLS)), np.full(len(everybody), len(CELLS) + 1)
    origin[np.searchsorted(everybody, earlier)] = cell_before
    to[np.searchsorted(everybody, later)] = cell_after
    table = np.bincount(origin * len(names) + to, minlength=len(names) ** 2).reshape(len(names), len(names))
    one, other = np.nonzero(table)
    number = table[one, other]
    return pa.table(
        {
            "before": pa.array([names[k] for k in one], pa.string()),
            "after": pa.array([names[k] for k in other], pa.string()),
            "customers": pa.array(number.astype(np.int64)),
            "share": pa.array(number / table.sum(axis=1)[one], pa.float64()),
        }
    )


def _cells(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The customers, and the place of each one's cell in `CELLS`."""
    if missing := {"customer", "cell"} - set(table.column_names):
        raise BadInput(f"the table lacks {', '.join(sorted(missing))}")
    customer = table["customer"].to_numpy()
    if len(np.unique(customer)) != table.num_rows:
        raise BadInput("a customer stands in one cell: some customers occur more than once")
    cell = table["cell"].cast(pa.string())
    place = pc.index_in(cell, pa.array(CELLS))
    if place.null_count:
        unknown = set(cell.filter(place.is_null()).to_pylist())
        raise BadInput(f"these are no cells: {', '.join(sorted(map(str, unknown)))}")
    return customer, place.to_numpy().astype(np.int64)
