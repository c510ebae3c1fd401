"""Money per purchase: each customer has an own average, purchases vary around it.

A customer's purchase is Gamma(p, nu), and nu is Gamma(q, gamma) over customers (Fader, Hardie & Lee 2005, J. of
Marketing Research 42(4); Fader & Hardie 2013, "The Gamma-Gamma model of monetary value"). The average of few purchases
is drawn towards the firm's; that of many is left almost as it is. The model takes money to be unrelated to how often
somebody buys: `correlation` reports how far that holds.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, polygamma, psi

from setia_insight import _newton
from setia_insight._jit import compiled
from setia_insight._newton import normal
from setia_insight._prior import Belief, Prior
from setia_insight.errors import BadInput, InsightError, NotEnoughData

NAMES = ("p", "q", "gamma")

ENDINGS = {
    "CONVERGED": "",
    "SAME_VALUE": "Purchases or customers do not differ in money: a plain average says all there is to say.",
    "ITERATIONS": "No maximum was found: check for a few amounts that are larger than all the others together.",
    "GIVEN": "The parameters were given, not estimated.",
}
"""How a fit may end, and what to do when it did not converge (English, for logs; the code is `ended`)."""


@dataclass(frozen=True)
class GammaGamma:
    """The Gamma-Gamma model; frozen, so `fit` answers with a new model."""

    estimates: tuple[float, float, float] | None = None
    errors: tuple[float, float, float] | None = None
    log_likelihood: float = math.nan
    """Of the customers' average money per purchase, in the currency as given."""
    ended: str = "UNFITTED"
    """A key of `ENDINGS`."""
    customers: int = 0
    """Repeat customers with money, which the estimates rest on."""
    correlation: float = math.nan
    """Pearson correlation of repeat purchases and money per purchase; the model assumes it to be near 0."""

    with_prior: bool = False
    """Whether the estimates are the most probable under a prior (MAP) instead of the most likely."""

    needs: ClassVar[dict[str, int]] = {"repeat_customers": 30}
    """Less than this and `fit` raises `NotEnoughData`."""
    needs_with_prior: ClassVar[dict[str, int]] = {"repeat_customers": 3}
    """The same when a prior stands behind the data."""

    def __post_init__(self) -> None:
        if self.estimates is not None and not all(math.isfinite(v) and v > 0 for v in self.estimates):
            raise BadInput(f"p, q and gamma must be positive, not {self.estimates}")

    @property
    def parameters(self) -> dict[str, float]:
        """p and q without unit, gamma in money."""
        return dict(zip(NAMES, self._fitted(), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """From the observed information at the maximum; NaN where the fit did not end in a proper maximum."""
        return dict(zip(NAMES, self.errors or (math.nan,) * 3, strict=True))

    def intervals(self, coverage: float = 0.95) -> dict[str, tuple[float, float]]:
        """For each parameter an interval that holds the truth with probability `coverage` (delta method, on the
        logarithm, so both ends are positive); NaN without a proper maximum."""
        z, answer = normal(coverage), {}
        for name, value in self.parameters.items():
            factor = math.exp(z * self.standard_errors[name] / value)
            answer[name] = (value / factor, value * factor)
        return answer

    @property
    def converged(self) -> bool:
        """Whether the estimates are a proper maximum of the likelihood."""
        return self.ended == "CONVERGED"

    @property
    def advice(self) -> str:
        """What to do when the fit did not converge; empty when it did."""
        return ENDINGS.get(self.ended, "")

    def fit(self, x: ArrayLike, mean_value: ArrayLike, *, prior: Prior | None = None) -> Self:
        """Maximum likelihood estimates from repeat purchases and mean money per repeat purchase.

        Take `x` and `repeat_value` of `summary.summarise`; NaN stands for the null of a customer without a repeat. Left
        out are customers without a repeat purchase or whose mean is 0: a Gamma has no zero. Returns a fitted copy.
        Raises `NotEnoughData` when fewer than `needs` remain, `BadInput` for a negative or infinite mean.

        With a `prior` (see `weak_prior`) the estimates are the most probable ones, and fewer customers suffice.
        """
        counts, means = _read(x, mean_value)
        used = (counts > 0) & (means > 0)
        counts, means = counts[used], means[used]
        has = {"repeat_customers": len(counts)}
        needs = self.needs_with_prior if prior else self.needs
        if has["repeat_customers"] < needs["repeat_customers"]:
            raise NotEnoughData(type(self).__name__, needs, has)
        typical = float(np.median(means))
        likelihood, belief = _likelihood(counts, means), Belief.of(prior or {}, NAMES)

        def evaluate(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            value, gradient, hessian = likelihood(values)
            believed, slope, bend = belief(values)
            return value + believed, gradient + slope, hessian + np.diag(bend)

        start = np.array([2.0, 3.0, typical])
        lowest = np.array([1e-4, 1e-4, 1e-7 * typical])
        highest = np.array([1e6, 1e5, 1e8 * typical])
        best = _newton.climb(evaluate, start, lowest, highest)
        ended = best.ended
        if ended == "LIMIT":
            ended = "SAME_VALUE" if bool((best.values > highest).any()) else "ITERATIONS"
        spread = counts.std() > 0 and means.std() > 0
        return replace(
            self,
            estimates=tuple(best.values.tolist()),
            errors=tuple(best.standard_errors().tolist()),
            log_likelihood=float(best.log_likelihood - belief(best.values)[0]),
            ended=ended,
            customers=len(counts),
            with_prior=bool(prior),
            correlation=float(np.corrcoef(counts, means)[0, 1]) if spread else 0.0,
        )

    def log_likelihood_of(self, x: ArrayLike, mean_value: ArrayLike) -> float:
        """The log-likelihood of these customers' means under the estimates: what models are compared by, on customers
        they were not fitted on. Customers without a repeat or of mean 0 are left out, as in `fit`."""
        counts, means = _read(x, mean_value)
        used = (counts > 0) & (means > 0)
        return float(_likelihood(counts[used], means[used])(np.array(self._fitted()))[0]) if used.any() else 0.0

    def expected_value(self, x: ArrayLike, mean_value: ArrayLike) -> NDArray[np.float64]:
        """Expected money of each customer's next purchase, given those so far.

        p (gamma + x mean) / (p x + q - 1): a weighted mean of the customer's own and the firm's. Customers with x = 0
        get the firm's (their `mean_value` is not read and may be NaN). NaN where the expectation is infinite
        (p x + q <= 1).
        """
        counts, means = _read(x, mean_value)
        p, q, gamma = self._fitted()
        shape = p * counts + q - 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(shape > 0, p * (gamma + counts * means) / shape, np.nan)

    def to_json(self) -> str:
        """The fitted model as one JSON object, exact to the latest bit."""
        self._fitted()
        return json.dumps(
            {
                "model": "GammaGamma",
                "parameters": self.parameters,
                "standard_errors": {k: None if math.isnan(v) else v for k, v in self.standard_errors.items()},
                "log_likelihood": None if math.isnan(self.log_likelihood) else self.log_likelihood,
                "ended": self.ended,
                "customers": self.customers,
                "correlation": None if math.isnan(self.correlation) else self.correlation,
                "with_prior": self.with_prior,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A model `to_json` wrote. Raises `BadInput` when the text is not one."""
        try:
            kept = json.loads(text)
            if kept["model"] != "GammaGamma":
                raise BadInput(f"this is a {kept['model']}, not a GammaGamma")
            errors = [math.nan if kept["standard_errors"][k] is None else kept["standard_errors"][k] for k in NAMES]
            return cls(
                estimates=tuple(float(kept["parameters"][k]) for k in NAMES),  # type: ignore[arg-type]
                errors=tuple(errors),  # type: ignore[arg-type]
                log_likelihood=math.nan if kept["log_likelihood"] is None else float(kept["log_likelihood"]),
                ended=kept["ended"],
                customers=int(kept["customers"]),
                correlation=math.nan if kept["correlation"] is None else float(kept["correlation"]),
                with_prior=bool(kept.get("with_prior", False)),
            )
        except (KeyError, TypeError, json.JSONDecodeError) as problem:
            raise BadInput(f"this is not a GammaGamma as JSON: {problem!r}") from problem

    @classmethod
    def given(cls, *, p: float, q: float, gamma: float) -> Self:
        """A model with parameters known from elsewhere, such as a published table."""
        return cls(estimates=(p, q, gamma), ended="GIVEN")

    def _fitted(self) -> tuple[float, float, float]:
        if self.estimates is None:
            raise InsightError("GammaGamma has not been fitted yet: call fit first")
        return self.estimates


def weak_prior(mean_value: ArrayLike) -> Prior:
    """A prior for small shops: money varies as in shops published, held so loosely that some hundred customers outweigh
    it.

    `mean_value` gives the size of money. Raises `BadInput` when no mean is above 0.
    """
    means = np.asarray(mean_value, dtype=np.float64)
    means = means[np.isfinite(means) & (means > 0)]
    if len(means) == 0:
        raise BadInput("no customer's mean value is above 0")
    return {"p": (5.0, 1.0), "q": (4.0, 1.0), "gamma": (0.6 * float(np.median(means)), 1.5)}


def _read(x: ArrayLike, mean_value: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts and means as floats, the means of customers without a repeat set to 0."""
    counts = np.atleast_1d(np.asarray(x, dtype=np.float64))
    means = np.atleast_1d(np.asarray(mean_value, dtype=np.float64))
    if counts.shape != means.shape:
        raise BadInput(f"x and mean_value must be as long as each other, not {counts.shape} and {means.shape}")
    means = np.where(counts > 0, means, 0.0)
    if bool((counts < 0).any()) or not bool(np.isfinite(counts).all()):
        raise BadInput("x counts purchases: 0 or more")
    if not bool(np.isfinite(means).all()) or bool((means < 0).any()):
        raise BadInput("the mean value of a customer with a repeat purchase must be 0 or more")
    return counts, means


def _likelihood(x: NDArray[np.float64], mean: NDArray[np.float64]) -> _newton.Evaluate:
    """ln L, gradient and Hessian in p, q, gamma; the gamma functions once per distinct x."""
    seen, number = np.unique(x, return_counts=True)
    n = number.astype(np.float64)
    total = float(len(x))
    log_mean, x_log_mean = float(np.log(mean).sum()), float(x @ np.log(mean))
    x_log_x, spent = float(x @ np.log(x)), x * mean

    def evaluate(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        p, q, gamma = (float(value) for value in values)
        logs, x_logs, ones, x_ones, squares, x_squares = _sums(x, spent, gamma)
        px, pxq = p * seen, p * seen + q
        value = float(n @ (gammaln(pxq) - gammaln(px))) + total * (q * np.log(gamma) - gammaln(q))
        value += p * (x_log_mean + x_log_x) - log_mean - p * x_logs - q * logs
        gradient = np.array(
            [
                n @ (seen * (psi(pxq) - psi(px))) + x_log_mean + x_log_x - x_logs,
                n @ psi(pxq) + total * (np.log(gamma) - psi(q)) - logs,
                total * q / gamma - p * x_ones - q * ones,
            ]
        )
        cross = n @ (seen * polygamma(1, pxq))
        second_q = n @ polygamma(1, pxq) - total * polygamma(1, q)
        hessian = np.array(
            [
                [n @ (seen**2 * (polygamma(1, pxq) - polygamma(1, px))), cross, -x_ones],
                [cross, second_q, total / gamma - ones],
                [-x_ones, total / gamma - ones, -total * q / gamma**2 + p * x_squares + q * squares],
            ]
        )
        return value, gradient, hessian

    return evaluate


@compiled
def _sums(
    x: NDArray[np.float64], spent: NDArray[np.float64], gamma: float
) -> tuple[float, float, float, float, float, float]:
    """Sums of ln(gamma + spent), of its reciprocal and of that squared, plain and weighted by x."""
    logs = x_logs = ones = x_ones = squares = x_squares = 0.0
    for i in range(x.shape[0]):
        whole = gamma + spent[i]
        log, one = np.log(whole), 1.0 / whole
        logs += log
        x_logs += x[i] * log
        ones += one
        x_ones += x[i] * one
        squares += one * one
        x_squares += x[i] * one * one
    return logs, x_logs, ones, x_ones, squares, x_squares
