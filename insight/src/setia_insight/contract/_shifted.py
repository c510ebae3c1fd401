"""Shifted beta-geometric: each customer ends the contract with an own, constant chance at every renewal.

The chances are Beta(alpha, beta) over customers (Fader & Hardie 2007, J. of Interactive Marketing 21(1)). Those with
high chances leave first, so the retention of those who stay rises although nobody changes: a straight line drawn
through the first renewals promises too little.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, expit, hyp2f1, logit, polygamma, psi

from setia_insight import _newton
from setia_insight._newton import normal
from setia_insight.errors import BadInput, InsightError, NotEnoughData

_ADVICE = {
    "SAME_RISK": "All customers leave at the same rate: the average rate says all there is to say.",
    "NOBODY_LEFT": "Hardly anybody left: observe for more periods.",
    "ITERATIONS": "No maximum was found: check that periods count renewals, from 1.",
}


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """The shifted beta-geometric model; frozen, so `fit` answers with a new model."""

    estimates: tuple[float, float] | None = None
    errors: tuple[float, float] | None = None
    log_likelihood: float = math.nan
    ended: str = "UNFITTED"
    """CONVERGED, SAME_RISK, NOBODY_LEFT, ITERATIONS, GIVEN or UNFITTED."""
    customers: int = 0
    covariance: tuple[tuple[float, ...], ...] | None = None
    """Of the logarithms of alpha and beta, from the observed information; None where there is no proper maximum."""

    needs: ClassVar[dict[str, int]] = {"customers": 30, "left": 5}
    """Less than this and `fit` raises `NotEnoughData`."""

    @property
    def parameters(self) -> dict[str, float]:
        """alpha and beta of the chance of leaving; alpha / (alpha + beta) leave at the first renewal."""
        alpha, beta = self._fitted()
        return {"alpha": alpha, "beta": beta}

    @property
    def standard_errors(self) -> dict[str, float]:
        """From the observed information; NaN without a proper maximum."""
        alpha, beta = self.errors or (math.nan, math.nan)
        return {"alpha": alpha, "beta": beta}

    def intervals(self, coverage: float = 0.95) -> dict[str, tuple[float, float]]:
        """For each parameter an interval that holds the truth with probability `coverage` (on the logarithm)."""
        z = normal(coverage)
        factor = {name: math.exp(z * self.standard_errors[name] / value) for name, value in self.parameters.items()}
        return {name: (value / factor[name], value * factor[name]) for name, value in self.parameters.items()}

    @property
    def converged(self) -> bool:
        """Whether the estimates are a proper maximum."""
        return self.ended == "CONVERGED"

    @property
    def advice(self) -> str:
        """What to do when the fit did not converge; empty when it did."""
        return _ADVICE.get(self.ended, "")

    def fit(self, periods: ArrayLike, left: ArrayLike, weight: ArrayLike | None = None) -> Self:
        """Maximum likelihood from how long each contract lasted.

        `periods` (whole, from 0): the renewal at which the customer left (1 = did not renew even once), or, of those
        still there, renewals made so far. `left` (bool): whether the contract ended. `weight`: customers each row
        stands for. Raises `BadInput` for impossible rows and `NotEnoughData` under `needs`.
        """
        t, gone, n = _read(periods, left, weight)
        has = {"customers": int(n.sum()), "left": int(n[gone].sum())}
        if any(has[key] < least for key, least in self.needs.items()):
            raise NotEnoughData("ShiftedBetaGeometric", self.needs, has)
        ends = np.bincount(t[gone], n[gone], minlength=int(t.max()) + 1)
        stays = np.bincount(t[~gone], n[~gone], minlength=int(t.max()) + 1)
        k = np.arange(len(ends), dtype=np.float64)

        def evaluate(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            a, b = values
            value, gradient, hessian = 0.0, np.zeros(2), np.zeros((2, 2))
            # A leaver at t adds ln B(a + 1, b + t - 1), one who stays after t adds ln B(a, b + t); all lose ln B(a, b).
            for weights, up, at in (
                (ends[1:], 1.0, k[1:] - 1.0),
                (stays, 0.0, k),
                (np.array([-n.sum()]), 0.0, np.zeros(1)),
            ):
                A, B = a + up, b + at
                value += float(weights @ betaln(A, B))
                gradient += [weights @ (psi(A) - psi(A + B)), weights @ (psi(B) - psi(A + B))]
                both = weights @ polygamma(1, A + B)
                hessian += [
                    [weights.sum() * polygamma(1, A) - both, -both],
                    [-both, weights @ polygamma(1, B) - both],
                ]
            return value, gradient, hessian

        start = max(((1.0, 1.0), (0.5, 3.0), (3.0, 20.0), (0.1, 2.0)), key=lambda s: evaluate(np.array(s))[0])
        best = _newton.climb(evaluate, np.array(start), np.array([1e-4, 1e-4]), np.array([1e4, 1e6]))
        ended = best.ended
        if ended == "LIMIT":
            alpha, beta = best.values
            ended = "NOBODY_LEFT" if alpha / (alpha + beta) < 1e-4 else "SAME_RISK" if alpha > 1e3 else "ITERATIONS"
        alpha, beta = best.values.tolist()
        first, second = best.standard_errors().tolist()
        covariance = best.covariance()
        return replace(
            self,
            estimates=(alpha, beta),
            errors=(first, second),
            log_likelihood=float(best.log_likelihood),
            ended=ended,
            customers=has["customers"],
            covariance=None if covariance is None else tuple(tuple(line) for line in covariance.tolist()),
        )

    @classmethod
    def given(cls, *, alpha: float, beta: float) -> Self:
        """A model with parameters known from elsewhere."""
        if not (alpha > 0 and beta > 0):
            raise BadInput(f"alpha and beta must be positive, not {alpha}, {beta}")
        return cls(estimates=(alpha, beta), ended="GIVEN")

    def survival(self, periods: ArrayLike) -> NDArray[np.float64]:
        """The share of new customers still there after so many renewals: B(alpha, beta + t) / B(alpha, beta)."""
        alpha, beta = self._fitted()
        t = np.asarray(periods, dtype=np.float64)
        return np.asarray(np.exp(betaln(alpha, beta + t) - betaln(alpha, beta)), dtype=np.float64)

    def risk(self, renewed: ArrayLike, within: int = 1) -> NDArray[np.float64]:
        """The chance that a customer who has renewed so often leaves within the next `within` renewals."""
        n = np.asarray(renewed, dtype=np.float64)
        alpha, beta = self._fitted()
        return np.asarray(-np.expm1(betaln(alpha, beta + n + within) - betaln(alpha, beta + n)), dtype=np.float64)

    def retention(self, periods: ArrayLike) -> NDArray[np.float64]:
        """The share of those there before the t-th renewal who make it: (beta + t - 1) / (alpha + beta + t - 1)."""
        return np.asarray(1.0 - self.risk(np.asarray(periods) - 1), dtype=np.float64)

    def remaining(self, renewed: ArrayLike, discount: float) -> NDArray[np.float64]:
        """Expected further renewals of a customer who has made `renewed`, discounted.

        The k-th coming one is worth (1 + discount)^-(k-1), so the next counts whole (Fader & Hardie 2010, Marketing
        Science 29(1)). `discount` is per period and
        above 0; without one the sum may be infinite.
        """
        if not discount > 0:
            raise BadInput(f"the discount per period must be above 0, not {discount}")
        alpha, beta = self._fitted()
        n = np.asarray(renewed, dtype=np.float64)
        series = hyp2f1(1.0, beta + n + 1, alpha + beta + n + 1, 1 / (1 + discount))
        return np.asarray((beta + n) / (alpha + beta + n) * series, dtype=np.float64)

    def curve(self, periods: ArrayLike, *, renewed: int = 0, coverage: float = 0.8) -> pa.Table:
        """The share of customers who have renewed `renewed` times and are still there after so many renewals more.

        Columns: `period` (int32, renewals from now), `survival` (float64, B(alpha, beta + renewed + t) /
        B(alpha, beta + renewed)), `low` and `high` (float64): what not knowing alpha and beta exactly amounts to, by
        the delta method on the log-odds, so that both lie between 0 and 1; NaN without a proper maximum. How many of
        a given handful will stay varies more: that is `renewal_curves`.
        """
        z = normal(coverage)
        t = np.atleast_1d(np.asarray(periods, dtype=np.float64))
        share, slope = self._stay(np.full(t.shape, float(renewed)), renewed + t)
        odds, error = logit(share), self._spread(slope) / np.maximum(share * (1.0 - share), 1e-300)
        certain = t == 0
        return pa.table(
            {
                "period": pa.array(t.astype(np.int32)),
                "survival": pa.array(share),
                "low": pa.array(np.where(certain, 1.0, expit(odds - z * error))),
                "high": pa.array(np.where(certain, 1.0, expit(odds + z * error))),
            }
        )

    def _stay(
        self, renewed: NDArray[np.float64], until: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The chance to go from `renewed` to `until` renewals, and its slopes [2, n] in ln alpha and ln beta."""
        alpha, beta = self._fitted()
        share = np.exp(betaln(alpha, beta + until) - betaln(alpha, beta + renewed))
        both = psi(alpha + beta + renewed) - psi(alpha + beta + until)
        slope = np.stack([alpha * both, beta * (both + psi(beta + until) - psi(beta + renewed))])
        return np.asarray(share, dtype=np.float64), np.asarray(share * slope, dtype=np.float64)

    def _spread(self, slope: NDArray[np.float64]) -> NDArray[np.float64]:
        """The standard error of what has these slopes [2, n] in the logarithms of the parameters."""
        if self.covariance is None:
            return np.full(slope.shape[1:], np.nan)
        return np.asarray(np.sqrt(np.einsum("i...,ij,j...->...", slope, np.array(self.covariance), slope)))

    def to_json(self) -> str:
        """The fitted model as one JSON object."""
        self._fitted()
        errors = [None if math.isnan(v) else v for v in self.errors] if self.errors else None
        return json.dumps(
            {
                "model": "ShiftedBetaGeometric",
                "parameters": self.parameters,
                "errors": errors,
                "log_likelihood": None if math.isnan(self.log_likelihood) else self.log_likelihood,
                "ended": self.ended,
                "customers": self.customers,
                "covariance": self.covariance,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A model `to_json` wrote. Raises `BadInput` when the text is not one."""
        try:
            kept = json.loads(text)
            if kept["model"] != "ShiftedBetaGeometric":
                raise BadInput(f"this is a {kept['model']}, not a ShiftedBetaGeometric")
            errors = kept["errors"]
            # Models kept by an earlier version have no covariance: they answer, without intervals of their curves.
            covariance = kept.get("covariance")
            return cls(
                estimates=(float(kept["parameters"]["alpha"]), float(kept["parameters"]["beta"])),
                errors=None if errors is None else (_number(errors[0]), _number(errors[1])),
                log_likelihood=_number(kept["log_likelihood"]),
                ended=kept["ended"],
                customers=int(kept["customers"]),
                covariance=None if covariance is None else tuple(tuple(line) for line in covariance),
            )
        except (KeyError, TypeError, IndexError, json.JSONDecodeError) as problem:
            raise BadInput(f"this is not a ShiftedBetaGeometric as JSON: {problem!r}") from problem

    def _fitted(self) -> tuple[float, float]:
        if self.estimates is None:
            raise InsightError("ShiftedBetaGeometric has not been fitted yet: call fit first")
        return self.estimates


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _read(
    periods: ArrayLike, left: ArrayLike, weight: ArrayLike | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]]:
    """Periods, who left and weights, checked; used by all models of the room."""
    t = np.atleast_1d(np.asarray(periods))
    gone = np.atleast_1d(np.asarray(left)).astype(np.bool_)
    n = np.ones(len(t)) if weight is None else np.atleast_1d(np.asarray(weight, dtype=np.float64))
    if not t.shape == gone.shape == n.shape or t.ndim != 1:
        raise BadInput(
            f"periods, left and weight must be as long as each other, not {t.shape}, {gone.shape}, {n.shape}"
        )
    if len(t) and (not bool((np.rint(t.astype(np.float64)) == t).all()) or int(t.min()) < 0):
        raise BadInput("periods are whole numbers of renewals, 0 or more")
    if bool((t[gone] < 1).any()):
        raise BadInput("who left did so at renewal 1 or later: a contract has at least one period")
    if bool((n < 0).any()) or not bool(np.isfinite(n).all()):
        raise BadInput("weights are 0 or more")
    return t.astype(np.int64), gone, n
