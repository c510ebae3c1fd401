"""Spend over a horizon with an interval, and its present value.

How the interval is made. The number of purchases Y in the horizon has an exact distribution under the repeat-purchase
model, a lump at 0 included. Given Y = y, the money is gamma' times a beta prime with shapes p y and q', where
gamma' = gamma + x mean and q' = q + p x: nothing is simulated. The beta prime is a scaled F distribution, whose
cumulative probability is taken from Paulson's cube-root normal approximation (Paulson 1942, Annals of Mathematical
Statistics 13) with a logistic form of the normal curve (Bowling et al. 2009, J. of Industrial Engineering and
Management 2(1)), together within about .005 of the exact one for the shapes that occur. The mixture over y is then
inverted for both ends to four digits. So the interval is that of the model up to this approximation, and the same every
time.

For most customers of most firms the likeliest spend is nothing, so the lower end is often 0.
"""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._jit import compiled
from setia_insight.errors import BadInput
from setia_insight.repeat import UNIT_DAYS, BetaGeometricNBD, ModifiedBetaGeometricNBD, Repeat
from setia_insight.value._gamma_gamma import GammaGamma, _read

_DAYS_A_YEAR = 365.25
_BINS = 256
_TOGETHER = 1_000
_MOST_PURCHASES = 20_000
"""Purchase counts beyond this in one horizon are counted as this many; no person reaches it."""


def spend(
    repeat: Repeat,
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
    p, q, gamma = value.parameters.values()
    any_purchase = repeat.probability_of_purchase(x, t_x, T, horizon)
    whole, scale, ends = counts.astype(np.int64), gamma + counts * means, (0.5 - coverage / 2, 0.5 + coverage / 2)
    if isinstance(repeat, BetaGeometricNBD | ModifiedBetaGeometricNBD):
        r, alpha, a, b = repeat.parameters.values()
        age = np.atleast_1d(np.asarray(T, dtype=np.float64))
        active = repeat.probability_alive(x, t_x, T)
        law = (r, alpha, a, b, repeat.extra, float(horizon), p, q)
        low, high = _interval(whole, age, active, scale, *law, *ends, _MOST_PURCHASES)
    else:
        low, high = _by_distribution(repeat, (x, t_x, T), horizon, purchases, whole, scale, (p, q), ends)
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
    repeat: Repeat,
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


def _by_distribution(
    repeat: Repeat,
    history: tuple[ArrayLike, ArrayLike, ArrayLike],
    horizon: float,
    purchases: NDArray[np.float64],
    x: NDArray[np.int64],
    scale: NDArray[np.float64],
    money: tuple[float, float],
    ends: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the interval from P(at least y purchases), for models that have it in no short form.

    Customers go by their expectation, so that those asked about together need about as many terms.
    """
    columns = [np.atleast_1d(np.asarray(column)) for column in history]
    low, high = np.zeros(len(x)), np.zeros(len(x))
    order = np.argsort(purchases, kind="stable")
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        counts, recency, age = (column[some] for column in columns)
        most = int(2.0 * purchases[some].max()) + 32
        while True:
            at_least = repeat.purchases_at_least(counts, recency, age, horizon, most)
            if at_least[:, -1].max() < 1e-5 or most >= _MOST_PURCHASES:
                break
            most = min(2 * most, _MOST_PURCHASES)
        low[some], high[some] = _interval_of(x[some], scale[some], at_least, *money, *ends)
    return low, high


@compiled
def _interval_of(
    x: NDArray[np.int64],
    scale: NDArray[np.float64],
    at_least: NDArray[np.float64],
    p: float,
    q: float,
    lower: float,
    upper: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.zeros(x.shape[0]), np.zeros(x.shape[0])
    most = at_least.shape[1] - 1
    chance = np.empty(most)
    share, per_root, early = np.empty(_BINS), np.empty(_BINS), np.empty(_BINS)
    for i in range(x.shape[0]):
        nothing = 1.0 - at_least[i, 1]
        if nothing >= upper:
            continue
        counts = 0
        for y in range(1, most + 1):
            more = at_least[i, y + 1] if y < most else 0.0
            chance[y - 1] = max(at_least[i, y] - more, 0.0)
            counts = y
            if more < 1e-5:
                chance[y - 1] += more
                break
        bins = _binned(chance, counts, p, share, per_root, early)
        shape = q + p * x[i]
        unit = scale[i] * p / shape
        late = 1.0 / (9.0 * shape)
        if nothing < lower:
            low[i] = unit * _cube_root(share[:bins], per_root, early, late, lower - nothing) ** 3
        high[i] = unit * _cube_root(share[:bins], per_root, early, late, upper - nothing) ** 3
    return low, high


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
    most: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = np.zeros(x.shape[0]), np.zeros(x.shape[0])
    chance = np.empty(most)
    share, per_root, early = np.empty(_BINS), np.empty(_BINS), np.empty(_BINS)
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
        for y in range(1, most + 1):
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
            if more < 1e-5:
                break
        chance[counts - 1] += at_least
        bins = _binned(chance, counts, p, share, per_root, early)
        shape = q + p * x[i]
        unit = scale[i] * p / shape
        late = 1.0 / (9.0 * shape)
        if nothing < lower:
            low[i] = unit * _cube_root(share[:bins], per_root, early, late, lower - nothing) ** 3
        high[i] = unit * _cube_root(share[:bins], per_root, early, late, upper - nothing) ** 3
    return low, high


@compiled
def _binned(
    chance: NDArray[np.float64],
    counts: int,
    p: float,
    share: NDArray[np.float64],
    per_root: NDArray[np.float64],
    early: NDArray[np.float64],
) -> int:
    """Purchase counts y in bins, each at its mean count: its chance, y^(-1/3) and 1 / (9 p y).

    Few purchases are counted one by one. Further up a bin is at most an eighth of its count wide, and a third of the
    standard deviation of the counts, so that putting a bin at its mean hardly narrows the whole.
    """
    first = 0
    skipped = 0.0
    while first < counts - 1 and skipped + chance[first] < 1e-5:
        skipped += chance[first]
        first += 1
    widest = (counts - first) // 24
    bins = 0
    y = first
    while y < counts and bins < _BINS:
        width = max(1, min(y // 8, widest))
        total, mean = 0.0, 0.0
        for k in range(y, min(y + width, counts)):
            total += chance[k]
            mean += chance[k] * (k + 1.0)
        if bins == 0:
            total += skipped
            mean += skipped * (y + 1.0)
        if total > 0.0:
            mean /= total
            share[bins] = total
            per_root[bins] = mean ** (-1.0 / 3.0)
            early[bins] = 1.0 / (9.0 * p * mean)
            bins += 1
        y += width
    return bins


@compiled
def _cube_root(
    share: NDArray[np.float64],
    per_root: NDArray[np.float64],
    early: NDArray[np.float64],
    late: float,
    target: float,
) -> float:
    """The u > 0 at which the chance of any purchase and of money up to (unit) u cubed reaches `target`.

    Given y, the cube root of F is nearly normal: u y^(-1/3) (1 - late) exceeds 1 - early by d standard deviations of
    sqrt(late u^2 y^(-2/3) + early). Newton's method, kept inside a shrinking bracket.
    """
    any_purchase, mean, square = 0.0, 0.0, 0.0
    for k in range(share.shape[0]):
        root = 1.0 / per_root[k]
        any_purchase += share[k]
        mean += share[k] * root
        square += share[k] * root * root * (1.0 + late + early[k])
    mean /= any_purchase
    spread = np.sqrt(max(square / any_purchase - mean * mean, 1e-12))
    # The slope of the logistic curve that follows the normal one; a first guess needs no more.
    odds = target / max(any_purchase - target, 1e-12)
    u = max(mean + spread * np.log(odds) / 1.7, 0.2 * mean)
    inside, outside = 0.0, np.inf
    for _ in range(200):
        below, slope = 0.0, 0.0
        for k in range(share.shape[0]):
            root = u * per_root[k]
            variance = late * root * root + early[k]
            away = (1.0 - late) * root - (1.0 - early[k])
            per_sd = 1.0 / np.sqrt(variance)
            d = away * per_sd
            normal = 1.0 / (1.0 + np.exp(-d * (1.5976 + 0.070565992 * d * d)))
            density = normal * (1.0 - normal) * (1.5976 + 3.0 * 0.070565992 * d * d)
            below += share[k] * normal
            slope += share[k] * density * per_root[k] * per_sd * ((1.0 - late) - away * late * root / variance)
        gap = below - target
        if gap >= 0.0:
            outside = u
        else:
            inside = u
        step = -gap / slope if slope > 1e-12 else np.inf
        nearer = u + step
        if not (inside < nearer < outside):
            nearer = 2.0 * u if outside == np.inf else 0.5 * (inside + outside)
        close = abs(nearer - u) < 1e-5 * u
        u = nearer
        if close:
            break
    return float(u)
