"""BG/NBD and MBG/NBD: customers buy at rates of their own, and may leave for good right after a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from setia_insight.repeat import _forecast, _history, _likelihood
from setia_insight.repeat._base import Repeat


@dataclass(frozen=True)
class _BetaGeometric(Repeat):
    """What BG/NBD and MBG/NBD share: r and alpha of the purchase rate, a and b of the chance of leaving."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    in_time: ClassVar[tuple[str, ...]] = ("alpha",)
    _starts: ClassVar[tuple[tuple[float, ...], ...]] = (
        (0.25, 0.10, 0.8, 2.5),
        (0.50, 0.50, 0.5, 2.0),
        (1.00, 0.50, 1.0, 3.0),
        (2.00, 1.00, 0.3, 3.0),
        (0.70, 0.05, 0.2, 1.0),
        (5.00, 2.00, 1.0, 10.0),
    )
    extra: ClassVar[int]

    @classmethod
    def given(cls, *, r: float, alpha: float, a: float, b: float, unit: str = "DAY") -> Self:
        """A model with parameters known from elsewhere, such as a published table."""
        return cls(unit=unit, estimates=(r, alpha, a, b), ended="GIVEN")

    def _prepare(self, history: _history.History) -> _likelihood.Sample:
        return _likelihood.prepare(history)

    def _evaluate(
        self, sample: _likelihood.Sample, values: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        return _likelihood.evaluate(sample, values, self.extra)

    def _range(self, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.array([1e-5, 1e-7 * scale, 1e-5, 1e-5]), np.array([1e4, 1e5 * scale, 1e4, 1e5])

    def _reason(self, values: NDArray[np.float64], lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> str:
        r, alpha, a, b = values
        if r > highest[0] or alpha > highest[1]:
            return "SAME_RATE"
        if a < lowest[2] or a / (a + b) < 1e-3:
            return "NO_DROPOUT"
        if a > highest[2] or b > highest[3]:
            return "SAME_DROPOUT"
        return "ITERATIONS"

    def _active(self, history: _history.History) -> NDArray[np.float64]:
        r, alpha, a, b = self._fitted()
        log_time = np.log(alpha + history.time)
        return _forecast.probability_active(history.x, history.recency, history.age, log_time, r, a, b, self.extra)

    def _both(self, history: _history.History, horizon: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        r, alpha, a, b = self._fitted()
        return _forecast.active_and_expected(
            history.x, history.recency, history.age, history.time, r, alpha, a, b, self.extra, horizon
        )

    def _returns_within(self, history: _history.History, horizon: float) -> NDArray[np.float64]:
        r, alpha, _, _ = self._fitted()
        per_age = np.log1p(horizon / (alpha + history.time))
        within: NDArray[np.float64] = -np.expm1(-(r + history.x) * per_age[history.age])
        return within

    def _at_least(self, history: _history.History, horizon: float, most: int) -> NDArray[np.float64]:
        r, alpha, a, b = self._fitted()
        return _forecast.at_least(
            history.x,
            history.time[history.age],
            self._active(history),
            r,
            alpha,
            a,
            b,
            self.extra,
            horizon,
            most,
        )

    def _waits(
        self, history: _history.History, horizon: float, within: NDArray[np.float64], share: float
    ) -> NDArray[np.float64]:
        # The time to the next purchase of an active customer is Pareto II (Lomax): shape r + x, scale alpha + T.
        r, alpha, _, _ = self._fitted()
        waits: NDArray[np.float64] = (alpha + history.time[history.age]) * np.expm1(
            -np.log1p(-share * within) / (r + history.x)
        )
        return waits


class BetaGeometricNBD(_BetaGeometric):
    """BG/NBD (Fader, Hardie & Lee 2005): customers may leave after any repeat purchase."""

    extra: ClassVar[int] = 0


class ModifiedBetaGeometricNBD(_BetaGeometric):
    """MBG/NBD (Batislam, Denizel & Filiztekin 2007): customers may also leave right after the first purchase.

    So a customer who bought once and then fell silent is allowed to be gone, which makes P(alive) usable as a risk.
    """

    extra: ClassVar[int] = 1
