"""Small shops for tests: orders written by hand, and customers simulated from the models' own story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

ANI, BUDI, CITRA, DEWI, EKO = 1, 2, 3, 4, 5
"""Customers of the hand-written shops."""


def orders(rows: Iterable[tuple[int | None, str, float]]) -> pa.Table:
    """Orders from (customer, ISO day, amount)."""
    kept = list(rows)
    return pa.table(
        {
            "customer": pa.array([row[0] for row in kept], pa.int64()),
            "day": pa.array([dt.date.fromisoformat(row[1]) for row in kept], pa.date32()),
            "amount": pa.array([row[2] for row in kept], pa.float64()),
        }
    )


def column(table: pa.Table, name: str) -> NDArray[Any]:
    """A column as a NumPy array."""
    values: NDArray[Any] = table[name].to_numpy()
    return values


def row(table: pa.Table, **where: object) -> dict[str, Any]:
    """The one row of the table where the columns have these values."""
    found = [r for r in table.to_pylist() if all(r[name] == value for name, value in where.items())]
    assert len(found) == 1, f"{len(found)} rows with {where}"
    answer: dict[str, Any] = found[0]
    return answer


class Truth:
    """Customers who buy at Gamma(r, alpha) rates and leave with Beta(a, b) chances, watched for T and `later` beyond.

    `x`, `t_x`, `T` are what a model may see, `later_times` the times after T of each customer's later purchases.
    """

    def __init__(
        self,
        customers: int,
        *,
        r: float,
        alpha: float,
        a: float,
        b: float,
        may_leave_at_once: bool,
        seed: int,
        later: float = 0.0,
        shortest: float = 10.0,
        longest: float = 80.0,
    ) -> None:
        rng = np.random.default_rng(seed)
        self.rate = rng.gamma(r, 1.0 / alpha, customers)
        leaving = rng.beta(a, b, customers)
        self.T = rng.uniform(shortest, longest, customers)
        self.x = np.zeros(customers, dtype=np.int64)
        self.t_x = np.zeros(customers)
        self.later = np.zeros(customers, dtype=np.int64)
        self.first_later = np.full(customers, np.inf)
        clock = np.zeros(customers)
        who = np.arange(customers)
        if may_leave_at_once:
            who = who[rng.random(customers) >= leaving]
        while len(who):
            clock[who] += rng.exponential(1.0 / self.rate[who])
            who = who[clock[who] < self.T[who] + later]
            seen = who[clock[who] <= self.T[who]]
            self.x[seen] += 1
            self.t_x[seen] = clock[seen]
            unseen = who[clock[who] > self.T[who]]
            self.later[unseen] += 1
            self.first_later[unseen] = np.minimum(self.first_later[unseen], (clock - self.T)[unseen])
            who = who[rng.random(len(who)) >= leaving[who]]

    @property
    def history(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """x, t_x, T."""
        return self.x, self.t_x, self.T


def buyers(customers: int = 800, seed: int = 5) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """MBG/NBD customers in days."""
    truth = Truth(customers, r=0.6, alpha=7.0, a=0.9, b=2.5, may_leave_at_once=True, seed=seed)
    age = np.ceil(truth.T * 7).astype(np.int64)
    return truth.x, np.clip(np.ceil(truth.t_x * 7), truth.x > 0, age).astype(np.int64), age
