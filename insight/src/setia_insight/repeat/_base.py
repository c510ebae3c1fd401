"""What all repeat-purchase models share: fitting, what the estimates are worth, the questions asked of them, JSON.

A model says what its parameters are called, how to evaluate its likelihood, and how to forecast; the rest is here.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight import _newton
from setia_insight._newton import normal
from setia_insight._orders import dates
from setia_insight._prior import Belief, Prior
from setia_insight.errors import BadInput, InsightError, NotEnoughData
from setia_insight.repeat import _history
from setia_insight.window import day_number

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

_NEAR = 0.1
"""A sample's maximum is a place to start from: nearer than this much log-likelihood it need not be found, since by
chance alone it lies some two away from everybody's."""

UNIT_DAYS = {"DAY": 1, "WEEK": 7}
"""Time units a model knows by name, in days."""


@dataclass(frozen=True)
class Repeat(ABC):
    """A model of who comes back, and when; frozen, so `fit` answers with a new model."""

    unit: str = "DAY"
    """The time unit of t_x, T and horizons, ``DAY`` or ``WEEK``; it matters only where dates are made."""
    estimates: tuple[float, ...] | None = None
    errors: tuple[float, ...] | None = None
    log_likelihood: float = math.nan
    """At the estimates, on the time scale of the data as given; of the data alone where a prior was used."""
    ended: str = "UNFITTED"
    """A key of `ENDINGS`."""
    customers: int = 0
    repeat_customers: int = 0
    covariance: tuple[tuple[float, ...], ...] | None = None
    """Of the parameters' logarithms, from the observed information; None where there is no proper maximum."""
    with_prior: bool = False
    """Whether the estimates are the most probable under a prior (MAP) instead of the most likely."""

    needs: ClassVar[dict[str, int]] = {"customers": 50, "repeat_customers": 20}
    """Less than this and `fit` raises `NotEnoughData`: four parameters cannot be told from so few histories."""
    needs_with_prior: ClassVar[dict[str, int]] = {"customers": 10, "repeat_customers": 3}
    """The same when a prior stands behind the data."""
    names: ClassVar[tuple[str, ...]]
    in_time: ClassVar[tuple[str, ...]]
    """The parameters that are times."""
    _starts: ClassVar[tuple[tuple[float, ...], ...]]
    _first_look: ClassVar[int] = 10_000

    def __post_init__(self) -> None:
        if self.unit not in UNIT_DAYS:
            raise BadInput(f"unit is one of {', '.join(UNIT_DAYS)}, not {self.unit!r}")
        if self.estimates is not None and not all(math.isfinite(v) and v > 0 for v in self.estimates):
            raise BadInput(f"{', '.join(self.names)} must be positive, not {self.estimates}")

    @abstractmethod
    def _prepare(self, history: _history.History) -> Any: ...

    @abstractmethod
    def _evaluate(
        self, sample: Any, values: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]: ...

    @abstractmethod
    def _range(self, scale: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

    @abstractmethod
    def _reason(
        self, values: NDArray[np.float64], lowest: NDArray[np.float64], highest: NDArray[np.float64]
    ) -> str: ...

    @abstractmethod
    def _active(self, history: _history.History) -> NDArray[np.float64]: ...

    @abstractmethod
    def _both(self, history: _history.History, horizon: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

    @abstractmethod
    def _returns_within(self, history: _history.History, horizon: float) -> NDArray[np.float64]: ...

    @abstractmethod
    def _at_least(self, history: _history.History, horizon: float, most: int) -> NDArray[np.float64]: ...

    @abstractmethod
    def _waits(
        self, history: _history.History, horizon: float, within: NDArray[np.float64], share: float
    ) -> NDArray[np.float64]: ...

    @property
    def parameters(self) -> dict[str, float]:
        """The estimates by name; those of `in_time` are in the time unit."""
        return dict(zip(self.names, self._fitted(), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """From the observed information at the maximum; NaN where the fit did not end in a proper maximum."""
        return dict(zip(self.names, self.errors or (math.nan,) * len(self.names), strict=True))

    def intervals(self, coverage: float = 0.95) -> dict[str, tuple[float, float]]:
        """For each parameter an interval that holds the truth with probability `coverage` (delta method, on the
        logarithm, so both ends are positive); NaN without a proper maximum."""
        z = normal(coverage)
        answer = {}
        for name, value in self.parameters.items():
            factor = math.exp(z * self.standard_errors[name] / value)
            answer[name] = (value / factor, value * factor)
        return answer

    @property
    def converged(self) -> bool:
        """Whether the estimates are a proper maximum of the likelihood (or of the posterior, with a prior)."""
        return self.ended == "CONVERGED"

    @property
    def advice(self) -> str:
        """What to do when the fit did not converge; empty when it did."""
        return ENDINGS.get(self.ended, "")

    def fit(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, prior: Prior | None = None) -> Self:
        """Maximum likelihood estimates from repeat purchase days, recency and age (see `summary.summarise`).

        Returns a fitted copy. Raises `NotEnoughData` when there are fewer histories than `needs`, `BadInput` when the
        arrays cannot be histories. When the likelihood has no maximum within reach, the answer says so: `converged`
        is false, `ended` names the reason and `advice` what to do; the parameters are then the best point seen.

        With a `prior` (parameter name → typical value and spread of its logarithm, for some or all of the parameters;
        see `weak_prior`) the estimates are the most probable ones, and fewer customers suffice: for small shops. They
        are not the maximum likelihood, and with many customers the difference vanishes.
        """
        history = _history.read(x, t_x, T)
        has = {"customers": len(history), "repeat_customers": int((history.x > 0).sum())}
        needs = self.needs_with_prior if prior else self.needs
        if any(has[key] < least for key, least in needs.items()):
            raise NotEnoughData(type(self).__name__, needs, has)
        scale = float(history.time[history.age].mean())
        lowest, highest = self._range(scale)
        belief = Belief.of(prior or {}, self.names)

        # Climb on a sample first, so that all the customers are read only about three times.
        step = max(len(history) // max(self._first_look, len(history) // 20), 1)
        some = self._posterior(history.every(step), belief)
        unit = np.array([scale if name in self.in_time else 1.0 for name in self.names])
        start = max((np.array(place) * unit for place in self._starts), key=lambda values: some(values)[0])
        if step > 1:
            near = _newton.climb(some, start, lowest, highest, enough=_NEAR)
            start = near.values if near.ended == "CONVERGED" else start
        guess = _newton.climb(self._posterior(history, belief) if step > 1 else some, start, lowest, highest)
        covariance = guess.covariance()
        return replace(
            self,
            estimates=tuple(guess.values.tolist()),
            errors=tuple(guess.standard_errors().tolist()),
            log_likelihood=float(guess.log_likelihood - belief(guess.values)[0]),
            ended=self._reason(guess.values, lowest, highest) if guess.ended == "LIMIT" else guess.ended,
            customers=has["customers"],
            repeat_customers=has["repeat_customers"],
            covariance=None if covariance is None else tuple(tuple(line) for line in covariance.tolist()),
            with_prior=bool(prior),
        )

    def _posterior(self, history: _history.History, belief: Belief) -> _newton.Evaluate:
        """What is climbed: the log-likelihood of these histories, and what was believed before."""
        sample = self._prepare(history)

        def evaluate(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            value, gradient, hessian = self._evaluate(sample, values)
            believed, slope, bend = belief(values)
            return value + believed, gradient + slope, hessian + np.diag(bend)

        return evaluate

    def log_likelihood_of(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> float:
        """The log-likelihood of these histories under the estimates: what models are compared by, on customers they
        were not fitted on."""
        history = _history.read(x, t_x, T)
        return float(self._evaluate(self._prepare(history), np.array(self._fitted()))[0]) if len(history) else 0.0

    def probability_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> NDArray[np.float64]:
        """The probability that each customer has not left for good by T.

        BG/NBD answers 1 for everyone who bought once, whatever the silence since: as a risk it is worse than a coin.
        Take MBG/NBD, Pareto/NBD, or `probability_of_purchase`, for risk.
        """
        self._fitted()
        return self._active(_history.read(x, t_x, T))

    def expected_purchases(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float) -> NDArray[np.float64]:
        """Expected purchase days of each customer in (T, T + horizon]; for a new customer pass x = t_x = T = 0."""
        self._fitted()
        return self._both(_history.read(x, t_x, T), _horizon(horizon))[1]

    def predict(
        self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float, *, coverage: float | None = None
    ) -> pa.Table:
        """`probability_alive` and `expected_purchases` in (T, T + horizon] (float64), both from one pass.

        One row per customer, in the order given: about half the time of asking for the two apart. With `coverage`
        (.95, say) also `low` and `high` of the expectation: what not knowing the parameters exactly amounts to, by the
        delta method (NaN without a proper maximum). They are not where the number of purchases itself will lie: that
        is `purchases_at_least`.
        """
        self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        alive, expected = self._both(history, t)
        columns = {"probability_alive": pa.array(alive), "expected_purchases": pa.array(expected)}
        if coverage is not None:
            spread = normal(coverage) * self._relative_error(history, t)
            columns["low"] = pa.array(expected * np.exp(-spread))
            columns["high"] = pa.array(expected * np.exp(spread))
        return pa.table(columns)

    def _relative_error(self, history: _history.History, horizon: float) -> NDArray[np.float64]:
        """The standard error of the logarithm of each customer's expected purchases."""
        if self.covariance is None:
            return np.full(len(history), np.nan)
        at, step, tiny = np.array(self._fitted()), 1e-4, 1e-300
        slopes = []
        for i in range(len(at)):
            shift = np.zeros(len(at))
            shift[i] = step
            up, down = (
                replace(self, estimates=tuple((at * np.exp(sign * shift)).tolist()))._both(history, horizon)[1]
                for sign in (1, -1)
            )
            slopes.append((np.log(np.maximum(up, tiny)) - np.log(np.maximum(down, tiny))) / (2 * step))
        slope = np.array(slopes)
        variance: NDArray[np.float64] = np.einsum("in,ij,jn->n", slope, np.array(self.covariance), slope)
        return np.sqrt(np.maximum(variance, 0.0))

    def probability_of_purchase(
        self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float
    ) -> NDArray[np.float64]:
        """The probability of at least one purchase in (T, T + horizon]; one minus it is the risk of silence."""
        self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        return self._active(history) * self._returns_within(history, t)

    def purchases_at_least(
        self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, horizon: float, most: int
    ) -> NDArray[np.float64]:
        """P(at least y purchase days in (T, T + horizon]) for y = 0 … `most`: an array [customers, most + 1]."""
        self._fitted()
        return self._at_least(_history.read(x, t_x, T), _horizon(horizon), int(most))

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
        """
        normal(coverage)
        self._fitted()
        history, t = _history.read(x, t_x, T), _horizon(horizon)
        within = self._returns_within(history, t)
        columns = {"probability": pa.array(self._active(history) * within)}
        times = {}
        for name, share in (("earliest", 0.5 - coverage / 2), ("median", 0.5), ("latest", 0.5 + coverage / 2)):
            times[name] = self._waits(history, t, within, share)
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
                "covariance": self.covariance,
                "with_prior": self.with_prior,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A model `to_json` wrote. Raises `BadInput` when the text is not one of this kind."""
        try:
            kept = json.loads(text)
            if kept["model"] != cls.__name__:
                raise BadInput(f"this is a {kept['model']}, not a {cls.__name__}")
            errors = [math.nan if kept["standard_errors"][k] is None else kept["standard_errors"][k] for k in cls.names]
            # Models kept by an earlier version have no covariance: they forecast, without intervals of parameters.
            covariance = kept.get("covariance")
            return cls(
                unit=kept["unit"],
                estimates=tuple(float(kept["parameters"][k]) for k in cls.names),
                errors=tuple(errors),
                log_likelihood=math.nan if kept["log_likelihood"] is None else float(kept["log_likelihood"]),
                ended=kept["ended"],
                customers=int(kept["customers"]),
                repeat_customers=int(kept["repeat_customers"]),
                covariance=None if covariance is None else tuple(tuple(line) for line in covariance),
                with_prior=bool(kept.get("with_prior", False)),
            )
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            raise BadInput(f"this is not a {cls.__name__} as JSON: {problem!r}") from problem

    def _fitted(self) -> tuple[float, ...]:
        if self.estimates is None:
            raise InsightError(f"{type(self).__name__} has not been fitted yet: call fit first")
        return self.estimates


def _horizon(horizon: float) -> float:
    t = float(horizon)
    if not (math.isfinite(t) and t >= 0):
        raise BadInput(f"the horizon must be a time of 0 or more, not {horizon}")
    return t
