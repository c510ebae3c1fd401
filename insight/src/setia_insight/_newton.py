"""Maximum likelihood by Newton's method in the logarithms of positive parameters.

With exact first and second derivatives a handful of passes over the data suffice. Where the surface curves the wrong
way the step follows the absolute curvature instead, and every step is halved until it gains; so the search only climbs.
A maximum that lies at infinity (for example: nobody differs from anybody) is recognised by a parameter leaving the
range that data can tell apart, and is reported instead of being called an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from setia_insight.errors import BadInput

Evaluate = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64], NDArray[np.float64]]]

_CLOSE_ENOUGH = 1e-10
"""Stop when the next step promises less than this much log-likelihood: a hundred-thousandth of a standard error."""
_ROUNDING = 1e-6
"""A step that promises less than this and gains nothing has met the limit of floating point."""
_LONGEST_STEP = 1.5


@dataclass(frozen=True)
class Maximum:
    """Where the climb ended: `values` in the parameters themselves, `hessian` there, and how it ended.

    `ended` is ``CONVERGED``, ``LIMIT`` (a parameter left its range) or ``ITERATIONS``.
    """

    values: NDArray[np.float64]
    log_likelihood: float
    hessian: NDArray[np.float64]
    ended: str
    passes: int

    def covariance(self) -> NDArray[np.float64] | None:
        """Of the parameters' logarithms: the inverse of the observed information; None unless converged."""
        if self.ended != "CONVERGED":
            return None
        information = -self.hessian * np.outer(self.values, self.values)
        try:
            np.linalg.cholesky(information)
            return np.asarray(np.linalg.inv(information), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None

    def standard_errors(self) -> NDArray[np.float64]:
        """Of the parameters themselves, by the delta method; NaN unless converged."""
        covariance = self.covariance()
        if covariance is None:
            return np.full(len(self.values), np.nan)
        errors: NDArray[np.float64] = np.sqrt(np.diag(covariance)) * self.values
        return errors


def climb(
    evaluate: Evaluate,
    start: NDArray[np.float64],
    lowest: NDArray[np.float64],
    highest: NDArray[np.float64],
    *,
    most_passes: int = 200,
    enough: float = _CLOSE_ENOUGH,
) -> Maximum:
    """Climb from `start`, all positive; `evaluate` gives log-likelihood, gradient and Hessian in the parameters.

    It ends where the next step promises less than `enough` log-likelihood: more than the default is for finding a place
    from which to climb on with more data.
    """
    theta = np.log(start)
    value, gradient, hessian = evaluate(start)
    passes = 1
    while True:
        values = np.exp(theta)
        slope = gradient * values
        curvature = hessian * np.outer(values, values) + np.diag(slope)
        eigenvalues, axes = np.linalg.eigh(-curvature)
        floor = 1e-10 * max(float(np.abs(eigenvalues).max()), 1e-300)
        step = axes @ ((axes.T @ slope) / np.maximum(np.abs(eigenvalues), floor))
        promise = 0.5 * float(slope @ step)
        concave = bool(eigenvalues.min() > 0)
        if concave and promise < enough:
            return Maximum(values, value, hessian, "CONVERGED", passes)
        if passes >= most_passes:
            return Maximum(values, value, hessian, "ITERATIONS", passes)
        step *= min(1.0, _LONGEST_STEP / float(np.abs(step).max()))
        while True:
            trial = theta + step
            found = evaluate(np.exp(trial))
            passes += 1
            if np.isfinite(found[0]) and found[0] >= value:
                break
            if promise < _ROUNDING or passes >= most_passes:
                ended = "CONVERGED" if concave and promise < _ROUNDING else "ITERATIONS"
                return Maximum(values, value, hessian, ended, passes)
            step *= 0.5
        theta, (value, gradient, hessian) = trial, found
        if bool((theta < np.log(lowest)).any() or (theta > np.log(highest)).any()):
            return Maximum(np.exp(theta), value, hessian, "LIMIT", passes)


def normal(coverage: float) -> float:
    """How many standard errors to each side hold this share of a normal distribution."""
    if not 0.0 < coverage < 1.0:
        raise BadInput(f"coverage lies between 0 and 1, not {coverage}")
    return float(ndtri(0.5 + coverage / 2))
