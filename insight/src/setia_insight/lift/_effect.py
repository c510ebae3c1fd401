"""The difference between treated and held-out customers, with its interval and what speaks against believing it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit
from scipy.stats import chi2

from setia_insight.errors import BadInput, NotEnoughData

MISMATCH_BELOW = 0.001
"""A split this unlikely under the planned shares is taken as a fault of the assignment."""


@dataclass(frozen=True)
class Effect:
    """Treated minus held out, per eligible customer, with the interval that holds the truth in `coverage` of cases."""

    difference: float
    low: float
    high: float
    p_value: float
    """How often a difference this large comes about by chance alone (two-sided)."""
    treated: float
    """Mean of the treated, as it was measured."""
    control: float
    """Mean of those held out."""
    treated_customers: int
    control_customers: int
    standard_error: float
    coverage: float
    variance_removed: float
    """The share of the variance that the earlier behaviour explained away (CUPED); 0 without it."""

    @property
    def relative(self) -> float:
        """The difference as a share of the held-out mean; NaN where that is 0."""
        return self.difference / self.control if self.control else math.nan


def difference(
    outcome: ArrayLike, treated: ArrayLike, *, before: ArrayLike | None = None, coverage: float = 0.95
) -> Effect:
    """The effect of a treatment drawn by lot on the mean outcome (visit 0 or 1, revenue, …) of eligible customers.

    Pass everyone eligible, not only who opened or bought. The interval is Welch's, which lets the two groups vary
    differently. With `before`, what each customer did before the lot was drawn (such as revenue of 90 days), the part
    of the outcome that it predicts is taken out (CUPED; Deng, Xu, Kohavi & Walker 2013): the same effect, a narrower
    interval. Raises `NotEnoughData` under 2 customers in a group, `BadInput` for outcomes that are no numbers.
    """
    if not 0.0 < coverage < 1.0:
        raise BadInput(f"coverage lies between 0 and 1, not {coverage}")
    values, lot = _numbers(outcome, "outcome"), _lot(treated)
    if values.shape != lot.shape:
        raise BadInput(f"outcome and treated must be as long as each other, not {values.shape} and {lot.shape}")
    n1, n0 = int(lot.sum()), int((~lot).sum())
    if min(n1, n0) < 2:
        raise NotEnoughData("difference", {"treated": 2, "held_out": 2}, {"treated": n1, "held_out": n0})
    adjusted, removed = values, 0.0
    if before is not None:
        earlier = _numbers(before, "before")
        if earlier.shape != values.shape:
            raise BadInput(f"before and outcome must be as long as each other, not {earlier.shape} and {values.shape}")
        # The slope within the groups, so that the effect itself does not bend it.
        e = earlier - np.where(lot, earlier[lot].mean(), earlier[~lot].mean())
        y = values - np.where(lot, values[lot].mean(), values[~lot].mean())
        if float(e @ e) > 0 and float(y @ y) > 0:
            adjusted = values - float(e @ y) / float(e @ e) * (earlier - earlier.mean())
            removed = float(e @ y) ** 2 / (float(e @ e) * float(y @ y))
    gap = float(adjusted[lot].mean() - adjusted[~lot].mean())
    v1, v0 = float(adjusted[lot].var(ddof=1)) / n1, float(adjusted[~lot].var(ddof=1)) / n0
    error = math.sqrt(v1 + v0)
    if error > 0:
        freedom = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
        reach = float(stdtrit(freedom, 0.5 + coverage / 2)) * error
        p_value = 2 * float(stdtr(freedom, -abs(gap) / error))
    else:
        reach, p_value = 0.0, 1.0 if gap == 0 else 0.0
    return Effect(
        difference=gap,
        low=gap - reach,
        high=gap + reach,
        p_value=p_value,
        treated=float(values[lot].mean()),
        control=float(values[~lot].mean()),
        treated_customers=n1,
        control_customers=n0,
        standard_error=error,
        coverage=coverage,
        variance_removed=removed,
    )


def ratio_mismatch(customers: ArrayLike, shares: ArrayLike) -> float:
    """How likely group sizes this far from the planned shares are, if the lot was fair (Pearson's chi-squared).

    Below `MISMATCH_BELOW` no effect should be reported: somebody was lost or counted twice on one side.
    """
    found, planned = _numbers(customers, "customers"), _numbers(shares, "shares")
    if found.shape != planned.shape or len(found) < 2 or bool((planned <= 0).any()) or bool((found < 0).any()):
        raise BadInput("give the customers and the planned share, above 0, of each of at least two groups")
    expected = found.sum() * planned / planned.sum()
    if found.sum() == 0:
        return 1.0
    return float(chi2.sf(float(((found - expected) ** 2 / expected).sum()), len(found) - 1))


def boundary(looks: int, *, level: float = 0.05) -> NDArray[np.float64]:
    """How many standard errors a difference must exceed at each of `looks` equally spaced looks (O'Brien & Fleming).

    Decide on the number of looks before the first. With these bounds a false alarm at any of them comes in `level` of
    cases; with 1.96 at each of five looks it would come in 14 %. Computed by numerical integration of the sums' joint
    distribution (Armitage, McPherson & Rowe 1969), to four digits.
    """
    if not 1 <= looks <= 20 or not 0 < level < 1:
        raise BadInput("looks are 1 to 20 and the level lies between 0 and 1")
    low, high = float(ndtri(1 - level / 2)), 8.0
    for _turn in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _crossing(middle, looks) > level else (low, middle)
    return np.asarray(high * np.sqrt(looks / np.arange(1, looks + 1)), dtype=np.float64)


def _crossing(last: float, looks: int) -> float:
    """The chance that a fair sum of `looks` normal steps leaves +- last * sqrt(looks) at any step."""
    edge = last * math.sqrt(looks)
    grid = np.linspace(-edge, edge, 401)
    width = grid[1] - grid[0]
    weights = np.full(len(grid), width)
    weights[[0, -1]] = width / 2
    density = np.exp(-0.5 * grid**2) / math.sqrt(2 * math.pi)
    for _look in range(looks - 1):
        step = np.exp(-0.5 * (grid[:, None] - grid[None, :]) ** 2) / math.sqrt(2 * math.pi)
        density = step @ (density * weights)
    return 1.0 - float(density @ weights)


def _numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not bool(np.isfinite(numbers).all()):
        raise BadInput(f"{name} is one number per customer, none of them missing")
    return numbers


def _lot(treated: ArrayLike) -> NDArray[np.bool_]:
    lot = np.asarray(treated)
    if lot.ndim != 1 or (lot.dtype != np.bool_ and not bool(np.isin(lot, (0, 1)).all())):
        raise BadInput("treated is True or False for each customer")
    return lot.astype(np.bool_)
