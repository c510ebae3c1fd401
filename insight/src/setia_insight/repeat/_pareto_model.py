"""Pareto/NBD: customers buy at rates of their own, and leave for good after a lifetime of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from setia_insight.repeat import _history, _pareto, _pareto_forecast
from setia_insight.repeat._base import Repeat


@dataclass(frozen=True)
class ParetoNBD(Repeat):
    """Pareto/NBD (Schmittlein, Morrison & Colombo 1987): customers may leave at any moment, also before a repeat.

    r and alpha of the purchase rate, s and beta of the rate of leaving. The slowest of the three and often the best
    as a risk.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    in_time: ClassVar[tuple[str, ...]] = ("alpha", "beta")
    _starts: ClassVar[tuple[tuple[float, ...], ...]] = (
        (0.5, 0.3, 0.6, 0.4),
        (1.0, 0.5, 0.3, 0.5),
        (2.0, 1.0, 1.0, 2.0),
        (0.7, 0.05, 0.2, 0.1),
        (5.0, 2.0, 2.0, 5.0),
    )

    _first_look: ClassVar[int] = 500

    @classmethod
    def given(cls, *, r: float, alpha: float, s: float, beta: float, unit: str = "DAY") -> Self:
        """A model with parameters known from elsewhere, such as a published table."""
        return cls(unit=unit, estimates=(r, alpha, s, beta), ended="GIVEN")

    def _prepare(self, history: _history.History) -> _pareto.Sample:
        return _pareto.prepare(history)

    def _evaluate(
        self, sample: _pareto.Sample, values: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        return _pareto.evaluate(sample, values)

    def _range(self, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array([1e-5, 1e-6 * scale, 1e-5, 1e-6 * scale]), np.array([1e4, 1e5 * scale, 1e3, 1e4 * scale])

    def _reason(self, values: NDArray[np.float64], lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> str:
        r, alpha, s, beta = values
        if r > highest[0] or alpha > highest[1]:
            return "SAME_RATE"
        # s / beta is the mean rate of leaving; lowest[1] is a millionth of the mean age.
        if s < lowest[2] or s / beta < 1e-9 / lowest[1]:
            return "NO_DROPOUT"
        if s > highest[2] or beta > highest[3]:
            return "SAME_DROPOUT"
        return "ITERATIONS"

    def _active(self, history: _history.History) -> NDArray[np.float64]:
        return _pareto_forecast.active_and_expected(history, self._fitted(), 0.0)[0]

    def _both(self, history: _history.History, horizon: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return _pareto_forecast.active_and_expected(history, self._fitted(), horizon)

    def _returns_within(self, history: _history.History, horizon: float) -> NDArray[np.float64]:
        return _pareto_forecast.returns_of(history, self._fitted(), horizon)

    def _at_least(self, history: _history.History, horizon: float, most: int) -> NDArray[np.float64]:
        return _pareto_forecast.at_least(history, self._fitted(), horizon, most)

    def _waits(
        self, history: _history.History, horizon: float, within: NDArray[np.float64], share: float
    ) -> NDArray[np.float64]:
        return _pareto_forecast.waits_of(history, self._fitted(), horizon, share * within)
