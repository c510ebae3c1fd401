"""The two models a caller meets: fit, read the estimates, ask for forecasts, keep as JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight import _newton
from setia_insight._orders import dates
from setia_insight.errors import BadInput, InsightError, NotEnoughData
from setia_insight.repeat import _forecast, _history, _likelihood
from setia_insight.window import day_number

NAMES = ("r", "alpha", "a", "b")

ENDINGS = {
    "CONVERGED": "",
    "NO_DROPOUT": "The data show nobody leaving for good: observe for longer, or use customers with more history.",
    "SAME_DROPOUT": "Customers do not differ in how they leave: observe for longer, or use more customers.",
    "SAME_RATE": "Customers do not differ in how often they buy: use more customers, or check that one customer's "
    "orders are not spread over several ids.",
    "ITERATIONS": "No maximum was found: check that times are in one unit and that purchases are repeat purchase days.",
    "GIVEN": "The parameters were given, not estimated.",
}
"""How a fit may end, and what to do when it did not converge (English, for logs; the code is `ended`)."""

UNIT_DAYS = {"DAY": 1, "WEEK": 7}
"""Time units a model knows by name, in days."""

_STARTS = (
    (0.25, 0.10, 0.8, 2.5),
    (0.50, 0.50, 0.5, 2.0),
    (1.00, 0.50, 1.0, 3.0),
    (2.00, 1.00, 0.3, 3.0),
    (0.70, 0.05, 0.2, 1.0),
    (5.00, 2.00, 1.0, 10.0),
)
_FIRST_LOOK = 10_000


@dataclass(frozen=True)
class _BetaGeometric:
    """What BG/NBD and MBG/NBD share; frozen, so `fit` answers with a new model."""

    unit: str = "DAY"
    """The time unit of t_x, T and horizons, ``DAY`` or ``WEEK``; it matters only where dates are made."""
    estimates: tuple[float, float, float, float] | None = None
    errors: tuple[float, float, float, float] | None = None
    log_likelihood: float = math.nan
    """At the estimates, on the time scale of the data as given."""
    ended: str = "UNFITTED"
    """A key of `ENDINGS`."""
    customers: int = 0
    repeat_customers: int = 0

    needs: ClassVar[dict[str, int]] = {"customers": 50, "repeat_customers": 20}
    """Less than this and `fit` raises `NotEnoughData`: four parameters cannot be told from so few histories."""
    extra: ClassVar[int]

    def __post_init__(self) -> None:
        if self.unit not in UNIT_DAYS:
            raise BadInput(f"unit is one of {', '.join(UNIT_DAYS)}, not {self.unit!r}")
        if self.estimates is not None and not all(math.isfinite(v) and v > 0 for v in self.estimates):
            raise BadInput(f"r, alpha, a and b must be positive, not {self.estimates}")

    @property
    def parameters(self) -> dict[str, float]:
        """r and alpha of the purchase rate (alpha in the time unit), a and b of the chance of leaving."""
        return dict(zip(NAMES, self._fitted(), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """From the observed information at the maximum; NaN where the fit did not end in a proper maximum."""
        return dict(zip(NAMES, self.errors or (math.nan,) * 4, strict=True))

    @property
    def converged(self) -> bool:
        """Whether the estimates are a proper maximum of the likelihood."""
        return self.ended == "CONVERGED"

    @property
    def advice(self) -> str:
        """What to do when the fit did not converge; empty when it did."""
        return ENDINGS.get(self.ended, "")

    def fit(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Self:
        """Maximum likelihood estimates from repeat purchase days, recency and age (see `summary.summarise`).

        Returns a fitted copy. Raises `NotEnoughData` when there are fewer histories than `needs`, `BadInput` when the
        arrays cannot be histories. When the likelihood has no maximum within reach, the answer says so: `converged`
        is false, `ended` names the reason and `advice` what to do; the parameters are then the best point seen.
        """
        history = _history.read(x, t_x, T)
        has = {"customers": len(history), "repeat_customers": int((history.x > 0).sum())}
        if any(has[key] < least for key, least in self.needs.items()):
            raise NotEnoughData(type(self).__name__, self.needs, has)
        scale = float(history.time[history.age].mean())
        lowest = np.array([1e-5, 1e-7 * scale, 1e-5, 1e-5])
        highest = np.array([1e4, 1e5 * scale, 1e4, 1e5])

        # Climb on a sample first, so that all the customers are read only about three times.
        first_look = max(_FIRST_LOOK, len(history) // 20)
        step = len(history) // first_look
        guess = self._climb(history.every(step) if step > 1 else history, None, scale, lowest, highest)
        if step > 1:
            start = guess.values if guess.ended == "CONVERGED" else None
            guess = self._climb(history, start, scale, lowest, highest)
        estimates = guess.values.tolist()
        return replace(
            self,
            estimates=tuple(estimates),
            errors=tuple(guess.standard_errors().tolist()),
            log_likelihood=float(guess.log_likelihood),
            ended=_reason(guess, lowest, highest),
            customers=has["customers"],
            repeat_customers=has["repeat_customers"],
        )

    def _climb(
        self,
        history: _history.History,
        start: NDArray[np.float64] | None,
        scale: float,
        lowest: NDArray[np.float64],
        highest: NDArray[np.float64],
    ) -> _newton.Maximum:
        sample = _likelihood.prepare(history)

        def evaluate(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            return _likelihood.evaluate(sample, values, self.extra)

        if start is None:
            starts = [np.array(s) * np.array([1.0, scale, 1.0, 1.0]) for s in _STARTS]
            start = max(starts, key=lambda values: evaluate(values)[0])
        return _newton.climb(evaluate, start, lowest, highest)

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> NDArray[np.float64]:
        """The probability that each customer has not left for good by T.

        BG/NBD answers 1 for everyone who bought once, whatever the silence since: as a risk it is worse than a coin.
        Take MBG/NBD, or `probability_of_purchase`, for risk.
        """
        return self._active(_history.read(x, t_x, T))

    def expected_purchases(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float) -> NDArray[np.float64]:
        """Expected purchase days of each customer in (T, T + horizon]; for a new customer pass x = t_x = T = 0."""
        r, alpha, a, b = self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        return self._active(history) * _forecast.expected(
            history.x, history.age, history.time, r, alpha, a, b, self.extra, t
        )

    def predict(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float) -> pa.Table:
        """`probability_alive` and `expected_purchases` in (T, T + horizon] (float64), both from one pass.

        One row per customer, in the order given: about half the time of asking for the two apart.
        """
        r, alpha, a, b = self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        alive, expected = _forecast.active_and_expected(
            history.x, history.recency, history.age, history.time, r, alpha, a, b, self.extra, t
        )
        return pa.table({"probability_alive": pa.array(alive), "expected_purchases": pa.array(expected)})

    def probability_of_purchase(
        self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float
    ) -> NDArray[np.float64]:
        """The probability of at least one purchase in (T, T + horizon]; one minus it is the risk of silence."""
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        return self._active(history) * self._returns_within(history, t)

    def purchases_at_least(
        self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float, most: int
    ) -> NDArray[np.float64]:
        """P(at least y purchase days in (T, T + horizon]) for y = 0 … `most`: an array [customers, most + 1]."""
        r, alpha, a, b = self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        return _forecast.at_least(
            history.x, history.time[history.age], self._active(history), r, alpha, a, b, self.extra, t, int(most)
        )

    def next_purchase(
        self,
        x: ArrayLike,
        t_x: ArrayLike,
        T: ArrayLike,
        *,
        horizon: float,
        coverage: float = 0.8,
        as_of: dt.date | None = None,
    ) -> pa.Table:
        """Whether and when each customer buys next.

        `probability` is that of a purchase within the horizon. `earliest`, `median` and `latest` are quantiles of the
        time from T to that purchase, given that it comes within the horizon; between the first and the latest lies
        `coverage` of the probability. With `as_of` (the day T was counted to) the same as dates are added:
        `earliest_date`, `median_date`, `latest_date`, the day within which the moment falls.
        The time to the next purchase of an active customer is Pareto II (Lomax) with shape r + x and scale alpha + T.
        """
        if not 0.0 < coverage < 1.0:
            raise BadInput(f"coverage lies between 0 and 1, not {coverage}")
        r, alpha, _, _ = self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        within = self._returns_within(history, t)
        shape, scale = r + history.x, alpha + history.time[history.age]
        columns = {"probability": pa.array(self._active(history) * within)}
        times = {}
        for name, share in (("earliest", 0.5 - coverage / 2), ("median", 0.5), ("latest", 0.5 + coverage / 2)):
            times[name] = scale * np.expm1(-np.log1p(-share * within) / shape)
            columns[name] = pa.array(times[name])
        if as_of is not None:
            for name, time in times.items():
                # A moment within the first day after as_of falls on the next day, and never before it.
                after = np.maximum(np.ceil(time * UNIT_DAYS[self.unit] - 1e-9), 1.0)
                columns[f"{name}_date"] = dates((day_number(as_of) + after).astype(np.int32))
        return pa.table(columns)

    def to_json(self) -> str:
        """The fitted model as one JSON object, exact to the latest bit."""
        self._fitted()
        return json.dumps(
            {
                "model": type(self).__name__,
                "unit": self.unit,
                "parameters": self.parameters,
                "standard_errors": {k: None if math.isnan(v) else v for k, v in self.standard_errors.items()},
                "log_likelihood": None if math.isnan(self.log_likelihood) else self.log_likelihood,
                "ended": self.ended,
                "customers": self.customers,
                "repeat_customers": self.repeat_customers,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A model `to_json` wrote. Raises `BadInput` when the text is not one of this kind."""
        try:
            kept = json.loads(text)
            if kept["model"] != cls.__name__:
                raise BadInput(f"this is a {kept['model']}, not a {cls.__name__}")
            errors = [math.nan if kept["standard_errors"][k] is None else kept["standard_errors"][k] for k in NAMES]
            return cls(
                unit=kept["unit"],
                estimates=tuple(float(kept["parameters"][k]) for k in NAMES),  # type: ignore[arg-type]
                errors=tuple(errors),  # type: ignore[arg-type]
                log_likelihood=math.nan if kept["log_likelihood"] is None else float(kept["log_likelihood"]),
                ended=kept["ended"],
                customers=int(kept["customers"]),
                repeat_customers=int(kept["repeat_customers"]),
            )
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            raise BadInput(f"this is not a {cls.__name__} as JSON: {problem!r}") from problem

    @classmethod
    def given(cls, *, r: float, alpha: float, a: float, b: float, unit: str = "DAY") -> Self:
        """A model with parameters known from elsewhere, such as a published table."""
        return cls(unit=unit, estimates=(r, alpha, a, b), ended="GIVEN")

    def _fitted(self) -> tuple[float, float, float, float]:
        if self.estimates is None:
            raise InsightError(f"{type(self).__name__} has not been fitted yet: call fit first")
        return self.estimates

    def _active(self, history: _history.History) -> NDArray[np.float64]:
        r, alpha, a, b = self._fitted()
        log_time = np.log(alpha + history.time)
        return _forecast.probability_active(history.x, history.recency, history.age, log_time, r, a, b, self.extra)

    def _returns_within(self, history: _history.History, horizon: float) -> NDArray[np.float64]:
        r, alpha, _, _ = self._fitted()
        per_age = np.log1p(horizon / (alpha + history.time))
        within: NDArray[np.float64] = -np.expm1(-(r + history.x) * per_age[history.age])
        return within


class BetaGeometricNBD(_BetaGeometric):
    """BG/NBD (Fader, Hardie & Lee 2005): customers may leave after any repeat purchase."""

    extra: ClassVar[int] = 0


class ModifiedBetaGeometricNBD(_BetaGeometric):
    """MBG/NBD (Batislam, Denizel & Filiztekin 2007): customers may also leave right after the first purchase.

    So a customer who bought once and then fell silent is allowed to be gone, which makes P(alive) usable as a risk.
    """

    extra: ClassVar[int] = 1


def load(text: str) -> BetaGeometricNBD | ModifiedBetaGeometricNBD:
    """Whichever of the two models the JSON text holds."""
    try:
        name = json.loads(text)["model"]
    except (KeyError, TypeError, json.JSONDecodeError) as problem:
        raise BadInput(f"this is not a model as JSON: {problem!r}") from problem
    if name == BetaGeometricNBD.__name__:
        return BetaGeometricNBD.from_json(text)
    return ModifiedBetaGeometricNBD.from_json(text)


def _horizon(horizon: float) -> float:
    t = float(horizon)
    if not (math.isfinite(t) and t >= 0):
        raise BadInput(f"the horizon must be a time of 0 or more, not {horizon}")
    return t


def _reason(maximum: _newton.Maximum, lowest: NDArray[np.float64], highest: NDArray[np.float64]) -> str:
    if maximum.ended != "LIMIT":
        return maximum.ended
    r, _, a, b = maximum.values
    if r > highest[0] or maximum.values[1] > highest[1]:
        return "SAME_RATE"
    if a < lowest[2] or a / (a + b) < 1e-3:
        return "NO_DROPOUT"
    if a > highest[2] or b > highest[3]:
        return "SAME_DROPOUT"
    return "ITERATIONS"
