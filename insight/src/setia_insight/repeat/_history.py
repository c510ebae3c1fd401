"""What a fit or a forecast reads: each customer's x, t_x and T, checked, with times as places in a short table.

Few distinct times occur: days, or weeks counted as sevenths. So times become whole numbers that index a table, and a
logarithm is taken once per distinct time instead of once per customer. Times on no such grid are sorted once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from setia_insight._jit import compiled
from setia_insight.errors import BadInput

_STEPS_PER_UNIT = (1, 7)
_LARGEST_TABLE = 1 << 22


@dataclass(frozen=True)
class History:
    """Purchase histories; `time[recency]` and `time[age]` are t_x and T in the caller's unit."""

    x: NDArray[np.int32]
    recency: NDArray[np.int32]
    age: NDArray[np.int32]
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
        nothing = np.zeros(0, dtype=np.int32)
        return History(nothing, nothing, nothing, np.zeros(1))
    for times in (recency, age):
        if times.dtype.kind == "f" and not bool(np.isfinite(times).all()):
            raise BadInput("some times are infinite or not a number")
    if counts.min() < 0 or counts.max() > _LARGEST_TABLE:
        raise BadInput(_FAULTS[1])
    history = _indexed(_short(counts), recency, age)
    fault = _fault(history.x, history.recency, history.age)
    if fault:
        raise BadInput(_FAULTS[fault])
    return history


def distinct(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each history the place of its kind; where each kind first occurs; how often."""
    places = np.int64(len(history.time))
    most = np.int64(history.x.max(initial=0)) + 1
    if float(most) * float(places) ** 2 < 2.0**62:
        key = (history.x.astype(np.int64) * places + history.recency) * places + history.age
        _, first, kind, number = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    else:
        rows = np.stack([history.x, history.recency, history.age], axis=1)
        _, first, kind, number = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return kind.ravel(), first, number


_FAULTS = (
    "",
    f"x must lie between 0 and {_LARGEST_TABLE}",
    "t_x must not be negative",
    "t_x must not be later than T: the latest purchase lies within the customer's age",
    "t_x must be 0 exactly for customers without a repeat purchase (x = 0)",
)


@compiled
def _fault(x: NDArray[np.int32], recency: NDArray[np.int32], age: NDArray[np.int32]) -> int:
    """The place in `_FAULTS` of the first history that cannot be one, or 0."""
    for i in range(x.shape[0]):
        if recency[i] < 0:
            return 2
        if recency[i] > age[i]:
            return 3
        if (x[i] > 0) != (recency[i] > 0):
            return 4
    return 0


def _short(numbers: NDArray[np.generic]) -> NDArray[np.int32]:
    """As four-byte integers in a row: half the memory to stream, and one kind for the compiled loops."""
    return np.ascontiguousarray(numbers, dtype=np.int32)


def _indexed(x: NDArray[np.int32], recency: NDArray[np.generic], age: NDArray[np.generic]) -> History:
    if age.dtype.kind in "iu" and recency.dtype.kind in "iu" and int(age.max()) <= _LARGEST_TABLE:
        # A t_x beyond the longest T is refused before any table is read with it.
        if int(recency.max()) > max(int(age.max()), 0):
            raise BadInput(_FAULTS[3])
        if int(recency.min()) < 0:
            raise BadInput(_FAULTS[2])
        if int(age.min()) < 0:
            raise BadInput(_FAULTS[3])
        places = np.arange(max(int(age.max()), 0) + 1.0)
        return History(x, _short(recency), _short(age), places)
    t, end = recency.astype(np.float64), age.astype(np.float64)
    for steps in _STEPS_PER_UNIT:
        if end.max() * steps <= _LARGEST_TABLE:
            near_end, near_t = np.rint(end * steps), np.rint(t * steps)
            if np.abs(near_end - end * steps).max() < 1e-7 and np.abs(near_t - t * steps).max() < 1e-7:
                if np.abs(near_t).max() > _LARGEST_TABLE:
                    raise BadInput(_FAULTS[3])
                places = np.arange(max(near_end.max(), 0.0) + 1) / steps
                return History(x, _short(near_t), _short(near_end), places)
    if t.min() < 0:
        raise BadInput(_FAULTS[2])
    time, place = np.unique(np.concatenate([np.zeros(1), t, end]), return_inverse=True)
    return History(x, _short(place[1 : len(t) + 1]), _short(place[len(t) + 1 :]), time)
