"""What a fit or a forecast reads: each customer's x, t_x and T, checked, with times as places in a short table.

Few distinct times occur: days, or weeks counted as sevenths. So times become whole numbers that index a table, and a
logarithm is taken once per distinct time instead of once per customer. Times on no such grid are sorted once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from setia_insight.errors import BadInput

_STEPS_PER_UNIT = (1, 7)
_LARGEST_TABLE = 1 << 22


@dataclass(frozen=True)
class History:
    """Purchase histories; `time[recency]` and `time[age]` are t_x and T in the caller's unit."""

    x: NDArray[np.int64]
    recency: NDArray[np.int64]
    age: NDArray[np.int64]
    time: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.x)

    def every(self, step: int) -> History:
        """Each `step`-th customer."""
        return History(self.x[::step], self.recency[::step], self.age[::step], self.time)


def read(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> History:
    """Check and index. Raises `BadInput` when the three arrays cannot be purchase histories."""
    counts = np.atleast_1d(np.asarray(x))
    recency = np.atleast_1d(np.asarray(t_x))
    age = np.atleast_1d(np.asarray(T))
    if not len(counts) == len(recency) == len(age) or counts.ndim != 1 or recency.ndim != 1 or age.ndim != 1:
        raise BadInput(f"x, t_x and T must be as long as each other, not {counts.shape}, {recency.shape}, {age.shape}")
    if counts.dtype.kind not in "iu":
        whole = np.rint(counts.astype(np.float64))
        if not bool((whole == counts).all()):
            raise BadInput("x counts purchase days: whole numbers only")
        counts = whole
    if len(counts) == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return History(nothing, nothing, nothing, np.zeros(1))
    if counts.min() < 0 or counts.max() > _LARGEST_TABLE:
        raise BadInput(f"x must lie between 0 and {_LARGEST_TABLE}")
    if age.dtype.kind == "f" and not bool(np.isfinite(age).all() and np.isfinite(recency).all()):
        raise BadInput("some times are infinite or not a number")
    x64 = counts.astype(np.int64)
    history = _indexed(x64, recency, age)
    if recency.min() < 0:
        raise BadInput("t_x must not be negative")
    if bool((history.recency > history.age).any()):
        raise BadInput("t_x must not be later than T: the latest purchase lies within the customer's age")
    if bool(((x64 > 0) != (recency > 0)).any()):
        raise BadInput("t_x must be 0 exactly for customers without a repeat purchase (x = 0)")
    return history


def _indexed(x: NDArray[np.int64], recency: NDArray[np.generic], age: NDArray[np.generic]) -> History:
    if age.dtype.kind in "iu" and recency.dtype.kind in "iu" and int(age.max()) <= _LARGEST_TABLE:
        longest = max(int(age.max()), int(recency.max()))
        return History(x, recency.astype(np.int64), age.astype(np.int64), np.arange(longest + 1.0))
    t, end = recency.astype(np.float64), age.astype(np.float64)
    for steps in _STEPS_PER_UNIT:
        if end.max() * steps <= _LARGEST_TABLE:
            near_end, near_t = np.rint(end * steps), np.rint(t * steps)
            if np.abs(near_end - end * steps).max() < 1e-7 and np.abs(near_t - t * steps).max() < 1e-7:
                places = np.arange(max(near_end.max(), near_t.max()) + 1) / steps
                return History(x, near_t.astype(np.int64), near_end.astype(np.int64), places)
    time, place = np.unique(np.concatenate([np.zeros(1), t, end]), return_inverse=True)
    return History(x, place[1 : len(t) + 1].astype(np.int64), place[len(t) + 1 :].astype(np.int64), time)
