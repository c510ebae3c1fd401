"""Order lines as arrays: which customer had which product in which basket, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia_insight._tables import arrow
from setia_insight.errors import BadInput, NotEnoughData


@dataclass(frozen=True)
class Lines:
    """Distinct (customer, day, product), sorted so; customers and products as places in their lists."""

    customers: pa.Array
    products: pa.Array
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    product: NDArray[np.int64]
    basket: NDArray[np.int64]
    """Number of the line's basket: the purchases of one customer on one day."""
    place: NDArray[np.int64]
    """The basket's place in its customer's row of baskets, 0 the first."""
    baskets: NDArray[np.int64]
    """Baskets of each customer."""

    def without_latest(self) -> tuple[Lines, Lines]:
        """The lines but those of the latest basket of customers with two or more, and those."""
        held = (self.place == self.baskets[self.customer] - 1) & (self.baskets[self.customer] > 1)
        return self._only(~held), self._only(held)

    def _only(self, which: NDArray[np.bool_]) -> Lines:
        return _sorted(self.customers, self.products, self.customer[which], self.day[which], self.product[which])


def read(lines: Any) -> Lines:
    """Read a table with `customer`, `day` (a date, a moment, or a whole number that grows with time) and `product`.

    A moment counts on the day its own clock shows: that of its time zone, or as written where it has none.

    Customers and products are numbers or words. Lines without a customer or product are left out; a product twice in a
    basket counts once. Raises `BadInput` for a missing column or day.
    """
    table = arrow(lines)
    if missing := {"customer", "day", "product"} - set(table.column_names):
        raise BadInput(
            f"the lines have no column {', '.join(sorted(missing))}; they have {', '.join(table.column_names)}"
        )
    if table["day"].null_count:
        raise BadInput(f"{table['day'].null_count} lines have no day")
    table = table.filter(pc.and_(table["customer"].is_valid(), table["product"].is_valid()))
    if table.num_rows == 0:
        raise NotEnoughData("basket", {"lines": 1}, {"lines": 0})
    days = table["day"]
    if pa.types.is_temporal(days.type):
        try:
            numbers = days.cast(pa.date32()).cast(pa.int32())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
            raise BadInput(f"column 'day' is {days.type}, which names no day") from problem
    else:
        numbers = days
    try:
        day = numbers.cast(pa.int64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise BadInput(f"column 'day' is {days.type}, neither a date nor a whole number") from problem
    customers, customer = _coded(table["customer"])
    products, product = _coded(table["product"])
    return _sorted(customers, products, customer, day, product)


def _coded(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int64]]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    order = pc.sort_indices(coded.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return coded.dictionary.take(pa.array(order)), place[coded.indices.to_numpy(zero_copy_only=False)]


def _sorted(
    customers: pa.Array,
    products: pa.Array,
    customer: NDArray[np.int64],
    day: NDArray[np.int64],
    product: NDArray[np.int64],
) -> Lines:
    line = np.lexsort((product, day, customer))
    customer, day, product = customer[line], day[line], product[line]
    if len(line):
        same_basket = np.append(False, (np.diff(customer) == 0) & (np.diff(day) == 0))
        kept = ~(same_basket & np.append(False, np.diff(product) == 0))
        customer, day, product, same_basket = customer[kept], day[kept], product[kept], same_basket[kept]
        basket = np.cumsum(~same_basket) - 1
    else:
        basket = np.zeros(0, dtype=np.int64)
    owner = customer[np.flatnonzero(np.append(True, np.diff(basket) > 0))] if len(line) else customer
    baskets = np.bincount(owner, minlength=len(customers)).astype(np.int64)
    first = np.cumsum(baskets) - baskets
    return Lines(customers, products, customer, day, product, basket, basket - first[customer], baskets)
