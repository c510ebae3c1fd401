"""The one way in for orders: a table, checked once, as plain arrays.

`customer` (int64, null for a walk-in), `day` (date32) and `amount` (float64) are read; other columns are left alone. A
moment instead of a day counts on the day its own clock shows: that of its time zone, or as written where it has none.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia_insight._jit import compiled
from setia_insight._tables import arrow
from setia_insight.errors import BadInput
from setia_insight.window import day_number


@dataclass(frozen=True)
class Orders:
    """Orders as arrays of one length; `known` is None when every order has a customer."""

    customer: NDArray[np.int64]
    day: NDArray[np.int32]
    amount: NDArray[np.float64]
    known: NDArray[np.bool_] | None

    def of_customers(self) -> Orders:
        """Without the walk-ins."""
        if self.known is None:
            return self
        return Orders(self.customer[self.known], self.day[self.known], self.amount[self.known], None)

    def until(self, as_of: dt.date) -> Orders:
        """Up to and including `as_of`; later orders are not known on that day."""
        seen = self.day <= day_number(as_of)
        if bool(seen.all()):
            return self
        known = None if self.known is None else self.known[seen]
        return Orders(self.customer[seen], self.day[seen], self.amount[seen], known)


def _column(orders: pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    if name not in orders.column_names:
        raise BadInput(f"the orders table has no column {name!r}; it has {', '.join(orders.column_names)}")
    column = orders.column(name)
    if column.type != kind:
        try:
            column = column.cast(kind)
        except pa.ArrowInvalid as problem:
            raise BadInput(f"column {name!r} cannot be read as {kind}: {problem}") from problem
        except pa.ArrowNotImplementedError as problem:
            raise BadInput(f"column {name!r} is {column.type}, not {kind}") from problem
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], kind)])
    return column


def read(orders: Any) -> Orders:
    """The orders as arrays, from whatever holds them (see `_tables.arrow`).

    Raises `BadInput` for a missing column, an empty day, or an amount that is no number."""
    orders = arrow(orders)
    customer = _column(orders, "customer", pa.int64())
    day = _column(orders, "day", pa.date32())
    amount = _column(orders, "amount", pa.float64())
    if day.null_count:
        raise BadInput(f"{day.null_count} orders have no day")
    if amount.null_count:
        raise BadInput(f"{amount.null_count} orders have no amount")
    money = amount.to_numpy(zero_copy_only=False)
    if not bool(np.isfinite(money).all()):
        raise BadInput("some amounts are infinite or not a number")
    known = None
    if customer.null_count:
        known = customer.is_valid().to_numpy(zero_copy_only=False)
        customer = pc.fill_null(customer, 0)
    return Orders(
        customer.to_numpy(zero_copy_only=False),
        day.view(pa.int32()).to_numpy(zero_copy_only=False),
        money,
        known,
    )


def numbered(customer: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Customers in ascending order, and for each order the place of its customer among them.

    Ids that lie close together, as a database hands them out, are counted into a table; others are hashed by Arrow.
    """
    if len(customer) == 0:
        return customer[:0], np.zeros(0, dtype=np.int64)
    low, high = int(customer.min()), int(customer.max())
    if high - low < max(4 * len(customer), 1 << 16):
        return _number_close(customer, low, high - low + 1)
    encoded = pa.array(customer).dictionary_encode()
    found = encoded.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(found)
    place = np.empty(len(found), dtype=np.int64)
    place[order] = np.arange(len(found))
    return found[order], place[encoded.indices.to_numpy(zero_copy_only=False)]


@compiled
def _number_close(customer: NDArray[np.int64], low: int, span: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    place = np.zeros(span, dtype=np.int64)
    for i in range(customer.shape[0]):
        place[customer[i] - low] = 1
    n = 0
    for j in range(span):
        if place[j]:
            place[j] = n
            n += 1
        else:
            place[j] = -1
    unique = np.empty(n, dtype=np.int64)
    for j in range(span):
        if place[j] >= 0:
            unique[place[j]] = low + j
    number = np.empty(customer.shape[0], dtype=np.int64)
    for i in range(customer.shape[0]):
        number[i] = place[customer[i] - low]
    return unique, number


@compiled
def first_days(number: NDArray[np.int64], day: NDArray[np.int32], customers: int) -> NDArray[np.int32]:
    """The day of each numbered customer's first order."""
    first = np.full(customers, np.int32(2147483647), dtype=np.int32)
    for i in range(number.shape[0]):
        if day[i] < first[number[i]]:
            first[number[i]] = day[i]
    return first


def dates(days: NDArray[np.int32]) -> pa.Array:
    """Day numbers as an Arrow date32 column."""
    return pa.array(days.astype(np.int32, copy=False), pa.int32()).view(pa.date32())


def day_array(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
    """An Arrow date32 column as day numbers."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # older pyarrow keeps an empty column chunked
        column = pa.concat_arrays(column.chunks or [pa.array([], column.type)])
    numbers: NDArray[np.int32] = column.view(pa.int32()).to_numpy(zero_copy_only=False)
    return numbers
