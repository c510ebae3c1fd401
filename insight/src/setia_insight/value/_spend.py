"""Spend over a horizon with an interval, and its present value.

How the interval is made. The number of purchases Y in the horizon has an exact distribution under the repeat-purchase
model, a lump at 0 included. Given Y = y, the money is gamma' times a beta prime with shapes p y and q', where
gamma' = gamma + x mean and q' = q + p x: nothing is simulated. The beta prime is a scaled F distribution, whose
cumulative probability is taken from Paulson's cube-root normal approximation (Paulson 1942, Annals of Mathematical
Statistics 13), within about .005 for the shapes that occur; the mixture over y is then inverted for both ends by
root-finding to six digits. So the interval is that of the model up to this approximation, and the same every time.

For most customers of most firms the likeliest spend is nothing, so the lower end is often 0.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._jit import compiled
from setia_insight.errors import BadInput
from setia_insight.repeat import UNIT_DAYS, BetaGeometricNBD, ModifiedBetaGeometricNBD
from setia_insight.value._gamma_gamma import GammaGamma, _read

_DAYS_A_YEAR = 365.25
_MOST_PURCHASES = 20_000
"""Purchase counts beyond this in one horizon are counted as this many; no person reaches it."""


def spend(
    repeat: BetaGeometricNBD | ModifiedBetaGeometricNBD,
    value: GammaGamma,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    mean_value: ArrayLike,
    *,
    horizon: float,
    coverage: float = 0.8,
) -> pa.Table:
    """What each customer will spend in (T, T + horizon], in money of today.

    Times are in the unit `repeat` was fitted in; `mean_value` is the mean money per repeat purchase (not read, and may
    be NaN, where x is 0). Columns: `probability` (of any purchase), `expected_purchases`, `expected_value` (money per
    purchase), `expected_spend` (their product), `low` and `high` (between them lies `coverage` of the probability, as
    much being cut off above as below).
    """
    if not 0.0 < coverage < 1.0:
        raise BadInput(f"coverage lies between 0 and 1, not {coverage}")
    counts, means = _read(x, mean_value)
    purchases = repeat.expected_purchases(x, t_x, T, horizon)
    each = value.expected_value(counts, means)
    r, alpha, a, b = repeat.parameters.values()
    p, q, gamma = value.parameters.values()
    active = repeat.probability_alive(x, t_x, T)
    any_purchase = repeat.probability_of_purchase(x, t_x, T, horizon)
    low, high = _interval(
        counts.astype(np.int64),
        np.atleast_1d(np.asarray(T, dtype=np.float64)),
        active,
        gamma + counts * means,
        r,
        alpha,
        a,
        b,
        repeat.extra,
        float(horizon),
        p,
        q,
        0.5 - coverage / 2,
        0.5 + coverage / 2,
        np.arange(1.0, _MOST_PURCHASES + 1) ** (-1.0 / 3.0),
    )
    return pa.table(
        {
            "probability": pa.array(any_purchase),
            "expected_purchases": pa.array(purchases),
            "expected_value": pa.array(each),
            "expected_spend": pa.array(purchases * each),
            "low": pa.array(low),
            "high": pa.array(high),
        }
    )


def lifetime(
    repeat: BetaGeometricNBD | ModifiedBetaGeometricNBD,
    value: GammaGamma,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    mean_value: ArrayLike,
    *,
    horizon: float,
    yearly_discount: float = 0.0,
    steps: int = 12,
    coverage: float = 0.8,
) -> pa.Table:
    """Lifetime value over a horizon: the present value of each customer's coming purchases.

    The horizon is cut into `steps` equal parts and the expected spend of each is discounted from its middle at
    `yearly_discount` (.1 = 10 % a year). Columns: those of `spend`, with `low` and `high` scaled by the same factor as
    the expectation, and `lifetime_value`. Money is what customers pay: multiply by the margin for profit.
    """
    if not (math.isfinite(yearly_discount) and yearly_discount > -1):
        raise BadInput(f"a yearly discount of {yearly_discount} has no meaning; 10 % a year is 0.1")
    if steps < 1:
        raise BadInput(f"a horizon is cut into at least one step, not {steps}")
    table = spend(repeat, value, x, t_x, T, mean_value, horizon=horizon, coverage=coverage)
    purchases = table["expected_purchases"].to_numpy()
    if yearly_discount == 0.0:
        present = purchases
    else:
        present = np.zeros(len(purchases))
        before = np.zeros(len(purchases))
        years = UNIT_DAYS[repeat.unit] / _DAYS_A_YEAR
        for step in range(1, steps + 1):
            until = repeat.expected_purchases(x, t_x, T, horizon * step / steps)
            middle = horizon * (step - 0.5) / steps * years
            present += (until - before) * (1.0 + yearly_discount) ** -middle
            before = until
    factor = np.where(purchases > 0, present / np.where(purchases > 0, purchases, 1.0), 1.0)
    for name in ("low", "high"):
        table = table.set_column(table.column_names.index(name), name, pa.array(table[name].to_numpy() * factor))
    return table.append_column("lifetime_value", pa.array(present * table["expected_value"].to_numpy()))


@compiled
def _interval(
    x: NDArray[np.int64],
    T: NDArray[np.float64],
    active: NDArray[np.float64],
    scale: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
    p: float,
    q: float,
    lower: float,
    upper: float,
    per_root: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.zeros(x.shape[0]), np.zeros(x.shape[0])
    chance = np.empty(per_root.shape[0])
    for i in range(x.shape[0]):
        s = r + x[i]
        z = horizon / (alpha + T[i] + horizon)
        log_weight = s * np.log1p(-z)
        reached = -np.expm1(log_weight)
        nothing = 1.0 - active[i] * reached
        if nothing >= upper:
            continue
        m = x[i] + extra
        keeps = 1.0
        counts = 0
        at_least = active[i] * reached
        weight = np.exp(log_weight)
        for y in range(1, per_root.shape[0] + 1):
            # Small weights underflow when multiplied up from 0, so they go by their logarithm.
            if weight < 1e-200:
                log_weight += np.log((s + y - 1.0) / y * z)
                weight = np.exp(log_weight)
            else:
                weight *= (s + y - 1.0) / y * z
            reached = max(reached - weight, 0.0)
            keeps *= (b + m + y - 1.0) / (a + b + m + y - 1.0)
            more = active[i] * reached * keeps
            chance[y - 1] = max(at_least - more, 0.0)
            counts = y
            at_least = more
            if more < 1e-6:
                break
        chance[counts - 1] += at_least
        shape = q + p * x[i]
        unit = scale[i] * p / shape
        guess = 1.0
        if nothing < lower:
            guess = _cube_root(chance[:counts], per_root, p, shape, lower - nothing, guess)
            low[i] = unit * guess**3
        guess = _cube_root(chance[:counts], per_root, p, shape, upper - nothing, max(guess, 1.0))
        high[i] = unit * guess**3
    return low, high


@compiled
def _cube_root(
    chance: NDArray[np.float64], per_root: NDArray[np.float64], p: float, q: float, target: float, guess: float
) -> float:
    """The u > 0 at which the probability of at least one purchase and of money up to (unit) u³ reaches `target`."""
    inside, outside = 0.0, guess
    gap_inside = -target
    gap_outside = _below(chance, per_root, p, q, outside) - target
    while gap_outside < 0.0 and outside < 1e30:
        inside, gap_inside = outside, gap_outside
        outside *= 2.0
        gap_outside = _below(chance, per_root, p, q, outside) - target
    # False position, each end's weight halved when it stays (the Illinois rule), so that both ends close in.
    kept = 0
    for _ in range(100):
        u = (inside * gap_outside - outside * gap_inside) / (gap_outside - gap_inside)
        gap = _below(chance, per_root, p, q, u) - target
        if gap >= 0.0:
            outside, gap_outside = u, gap
            if kept == 1:
                gap_inside *= 0.5
            kept = 1
        else:
            inside, gap_inside = u, gap
            if kept == -1:
                gap_outside *= 0.5
            kept = -1
        if outside - inside < 3e-7 * outside or abs(gap) < 1e-9:
            return u
    return 0.5 * (inside + outside)


@compiled
def _below(chance: NDArray[np.float64], per_root: NDArray[np.float64], p: float, q: float, u: float) -> float:
    """Sum over y of P(Y = y) P(F <= f_y), F with 2 p y and 2 q degrees of freedom, by Paulson's approximation."""
    late = 1.0 / (9.0 * q)
    total = 0.0
    for y in range(chance.shape[0]):
        root = u * per_root[y]
        early = 1.0 / (9.0 * p * (y + 1.0))
        deviate = ((1.0 - late) * root - (1.0 - early)) / np.sqrt(late * root * root + early)
        total += chance[y] * 0.5 * math.erfc(-deviate * 0.7071067811865476)
    return total
