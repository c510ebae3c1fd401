"""A shop of any size with everything that could be counted in two ways, from a seed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_CENT = pa.scalar("0.0001").cast(pa.decimal128(4, 4))


def decimals(units: NDArray[np.int64]) -> pa.Array:
    """Ten-thousandths as DECIMAL(18, 4)."""
    return pc.multiply(pa.array(units).cast(pa.decimal128(19, 0)), _CENT).cast(pa.decimal128(18, 4))


def days(numbers: NDArray[np.int64]) -> pa.Array:
    """Days since 1970-01-01 as dates."""
    return pa.array(numbers.astype(np.int32)).view(pa.date32())


def orders(count: int, *, seed: int = 1) -> pa.Table:
    """`count` orders over six years: a fifth as many customers, few of whom buy most, walk-ins, and amounts whose sums
    floats would round."""
    rng = np.random.default_rng(seed)
    who = (count / 5 * rng.random(count) ** 2).astype(np.int64) * 7 - 50
    # Now and then nobody buys for a while, so that some months and weeks are empty.
    day = rng.integers(13_900, 16_100, count)
    day = np.where((day > 14_200) & (day < 14_290), 14_150, day)
    units = (rng.gamma(0.7, 900_000.0, count)).astype(np.int64) + 1
    units[rng.random(count) < 0.2] = 999_999  # ties
    return pa.table(
        {"customer": pa.array(who, mask=rng.random(count) < 0.05), "day": days(day), "amount": decimals(units)}
    )
