"""How sure an answer is, found by drawing the customers again: the bootstrap (Efron 1979, Annals of Statistics 7(1)).

The intervals that the models give by themselves come from the curvature of their likelihood and hold if the model's
story is true. Here customers are drawn anew from those there are, with replacement, the model is fitted to each draw,
and the answers' own spread is the interval: dearer, and right for any question asked of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from setia_insight._newton import normal
from setia_insight.contract import ShiftedBetaGeometric
from setia_insight.errors import BadInput, NotEnoughData


@dataclass(frozen=True)
class Bootstrap:
    """A fitted `model`, and the same fitted to each draw."""

    model: Any
    draws: tuple[Any, ...]
    excluded: int
    """Draws without an answer: too few who came back, or no maximum. Many of them mean that the data are too few."""

    @property
    def standard_errors(self) -> dict[str, float]:
        """The deviation of each parameter over the draws."""
        table = self._table()
        return dict(zip(self.model.parameters, table.std(axis=0, ddof=1).tolist(), strict=True))

    def intervals(self, coverage: float = 0.95) -> dict[str, tuple[float, float]]:
        """For each parameter the interval between the quantiles of the draws (percentile method)."""
        low, high = self._ends(self._table(), coverage)
        return {name: (float(low[i]), float(high[i])) for i, name in enumerate(self.model.parameters)}

    def interval_of(
        self, question: Callable[[Any], ArrayLike], coverage: float = 0.95
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The interval of any answer: `question` takes a model and gives a number or an array, always of one shape.

        ``found.interval_of(lambda model: model.expected_purchases(x, t_x, T, 90))`` gives both ends per customer.
        """
        return self._ends(np.stack([np.asarray(question(model), dtype=np.float64) for model in self.draws]), coverage)

    def _table(self) -> NDArray[np.float64]:
        return np.array([list(model.parameters.values()) for model in self.draws])

    @staticmethod
    def _ends(values: NDArray[np.float64], coverage: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        normal(coverage)
        low, high = np.quantile(values, (0.5 - coverage / 2, 0.5 + coverage / 2), axis=0)
        return low, high


def bootstrap(model: Any, *columns: ArrayLike, draws: int = 200, seed: int = 0, **options: Any) -> Bootstrap:
    """Fit `model` to the customers, and to as many customers drawn from them, `draws` times.

    `columns` are what the model's `fit` takes, one row per customer: x, t_x, T of the models in `repeat`; x and mean
    value of `value.GammaGamma`; periods and left of `contract.ShiftedBetaGeometric`. `options` (such as `prior`) go to
    `fit`. 200 draws do for standard errors and 80 % intervals, 1,000 for 95 %. The same `seed` gives the same draws.
    A draw without an answer is left out and counted in `excluded`; `NotEnoughData` when that is more than half of them.
    """
    if draws < 2:
        raise BadInput(f"draws are 2 or more, not {draws}")
    if isinstance(model, ShiftedBetaGeometric) and len(columns) > 2:
        raise BadInput("rows with weights stand for several customers: give one row per customer")
    arrays = [np.atleast_1d(np.asarray(column)) for column in columns]
    fitted = model.fit(*arrays, **options)
    rng, kept, n = np.random.default_rng(seed), [], len(arrays[0])
    for _draw in range(draws):
        some = rng.integers(0, n, n)
        try:
            found = model.fit(*(array[some] for array in arrays), **options)
        except NotEnoughData:
            continue
        if found.ended != "ITERATIONS":
            kept.append(found)
    if 2 * len(kept) < draws:
        raise NotEnoughData(
            "bootstrap", {"draws_with_an_answer": (draws + 1) // 2}, {"draws_with_an_answer": len(kept)}
        )
    return Bootstrap(fitted, tuple(kept), draws - len(kept))
