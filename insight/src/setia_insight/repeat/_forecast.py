"""Forecasts from a fitted model, customer by customer.

Given that the customer is still active at T, the number of chances to buy in the next t time units is negative
binomial, and each purchase is followed by leaving with a Beta(a, b + m) probability. So

    P(at least y purchases | active) = P(NB >= y) E[(1 - p)^(y - 1)],

and the expected number is the sum of that over y. Every term is positive: unlike the textbook form with a 2F1 function
and a factor 1 / (a - 1), nothing cancels and a = 1 is no special case. The sum depends on x and T alone and is
computed once per pair that occurs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setia_insight._jit import compiled

_LARGEST_GRID = 1 << 22
_MOST_TERMS = 600


@compiled
def expected_one(s: float, stay: float, both: float, z: float) -> float:
    """Expected purchases of an active customer: s = r + x, stay = b + m, both = a + b + m, z = t / (alpha + T + t)."""
    if z <= 0.0:
        return 0.0
    weight = 1.0
    weights = 1.0
    bought = 0.0
    keeps = 1.0
    answer = 0.0
    k = 0
    while True:
        k += 1
        weight *= (s + k - 1.0) / k * z
        bought += keeps
        keeps *= (stay + k - 1.0) / (both + k - 1.0)
        answer += weight * bought
        weights += weight
        if weight > 1e250:
            weight *= 1e-250
            weights *= 1e-250
            answer *= 1e-250
        ratio = (s + k) / (k + 1.0) * z
        if ratio < 1.0:
            left = 1.0 - ratio
            if weight * ratio * (bought + 1.0 / left) <= 1e-13 * left * answer:
                return answer / weights


def probability_active(
    x: NDArray[np.int32],
    recency: NDArray[np.int32],
    age: NDArray[np.int32],
    log_time: NDArray[np.float64],
    r: float,
    a: float,
    b: float,
    extra: int,
) -> NDArray[np.float64]:
    """P(active at T); `log_time` is ln(alpha + time)."""
    most = int(x.max(initial=0))
    log_odds, single = _odds(most, log_time, r, a, b, extra)
    grid = _grid(len(x), most, log_time, r)
    return _both(x, recency, age, log_time, log_odds, np.exp(log_odds), single, r, grid, np.zeros((0, 0)))[0]


def active_and_expected(
    x: NDArray[np.int32],
    recency: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P(active at T), and the expected purchases in (T, T + horizon] of each customer as things stand."""
    most, log_time = int(x.max(initial=0)), np.log(alpha + time)
    log_odds, single = _odds(most, log_time, r, a, b, extra)
    grid = _grid(len(x), most, log_time, r)
    if (most + 1) * len(time) > _LARGEST_GRID:
        nothing = np.zeros((0, 0))
        active = _both(x, recency, age, log_time, log_odds, np.exp(log_odds), single, r, grid, nothing)[0]
        return active, active * _one_by_one(x, age, time, r, alpha, a, b, extra, horizon)
    used = _used(x, age, most + 1, len(time))
    _fill(used, time, r, alpha, a, b, extra, horizon)
    return _both(x, recency, age, log_time, log_odds, np.exp(log_odds), single, r, grid, used)


def _odds(
    most: int, log_time: NDArray[np.float64], r: float, a: float, b: float, extra: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The logarithm of a / (b + m - 1) for each x, and P(active) of customers without a repeat by age."""
    m = np.arange(most + 1) + extra
    # For BG, m = 0 (a customer without a repeat) means odds of 0: active for sure.
    odds = np.divide(a, b + m - 1.0, out=np.zeros(len(m)), where=m > 0)
    with np.errstate(divide="ignore"):
        log_odds = np.log(odds)
    return log_odds, 1.0 / (1.0 + odds[0] * np.exp(np.minimum(r * (log_time - log_time[0]), 700.0)))


def _grid(customers: int, most: int, log_time: NDArray[np.float64], r: float) -> NDArray[np.float64]:
    """((alpha + time) / alpha)^(r + x) for each x and time; rows only as far as they pay and cannot overflow.

    P(active) then needs no exponential per customer, one division and two entries of the table.
    """
    growth = log_time - log_time[0]
    safe = int(min(300.0 / max(float(growth[-1]), 1e-9) - r, most))
    rows = max(0, min(safe + 1, most + 1, _LARGEST_GRID // len(growth)))
    if rows * len(growth) > customers:
        rows = customers // len(growth)
    grid: NDArray[np.float64] = np.exp((r + np.arange(rows))[:, None] * growth)
    return grid


@compiled
def _both(
    x: NDArray[np.int32],
    recency: NDArray[np.int32],
    age: NDArray[np.int32],
    log_time: NDArray[np.float64],
    log_odds: NDArray[np.float64],
    odds: NDArray[np.float64],
    single: NDArray[np.float64],
    r: float,
    grid: NDArray[np.float64],
    known: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P(active), and times it what `known` [x, age] holds, when that is given."""
    active = np.empty(x.shape[0])
    expects = known.shape[0] > 0
    bought = np.empty(x.shape[0] if expects else 0)
    rows = grid.shape[0]
    for i in range(x.shape[0]):
        n, now = x[i], age[i]
        if n == 0:
            p = single[now]
        elif n < rows:
            early = grid[n, recency[i]]
            p = early / (early + odds[n] * grid[n, now])
        else:
            z = log_odds[n] + (r + n) * (log_time[now] - log_time[recency[i]])
            # exp overflows beyond 709; by then the answer is 0 to the latest bit but one.
            p = 1.0 / (1.0 + np.exp(min(z, 700.0)))
        active[i] = p
        if expects:
            bought[i] = p * known[n, now]
    return active, bought


@compiled
def _used(x: NDArray[np.int32], age: NDArray[np.int32], counts: int, places: int) -> NDArray[np.float64]:
    """A table [x, age] with -1 where there is a customer and 0 elsewhere."""
    used = np.zeros((counts, places))
    for i in range(x.shape[0]):
        used[x[i], age[i]] = -1.0
    return used


@compiled
def _fill(
    used: NDArray[np.float64],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
) -> None:
    """Expected purchases for each pair of x and age that occurs.

    For one x the sum is a power series in z = horizon / (alpha + T + horizon) whose coefficients are the same for all
    ages: they are made once and summed for all the ages together. Where they are too many (z near 1) or too large (x in
    the hundreds), each pair is summed by itself.
    """
    places = time.shape[0]
    place = np.empty(places, dtype=np.int64)
    z, sums = np.empty(places), np.empty(places)
    terms = np.empty(_MOST_TERMS)
    for x in range(used.shape[0]):
        ages = 0
        highest = 0.0
        for k in range(places):
            if used[x, k] < 0.0:
                place[ages] = k
                z[ages] = horizon / (alpha + time[k] + horizon)
                highest = max(highest, z[ages])
                ages += 1
        if ages == 0:
            continue
        s, stay, both = r + x, b + x + extra, a + b + x + extra
        count = 0
        if s < 150.0 and ages > 1 and highest < 0.97:
            weight, power, bought, keeps = 1.0, 1.0, 0.0, 1.0
            for k in range(1, _MOST_TERMS + 1):
                weight *= (s + k - 1.0) / k
                power *= highest
                bought += keeps
                keeps *= (stay + k - 1.0) / (both + k - 1.0)
                terms[k - 1] = weight * bought
                ratio = (s + k) / (k + 1.0) * highest
                # What is left out, of the youngest customer, is below 1e-13 of the first term alone.
                if ratio < 1.0 and weight * power * (bought + 1.0 / (1.0 - ratio)) <= 1e-14 * (1.0 - ratio) * (
                    terms[0] * highest
                ):
                    count = k
                    break
        if count == 0:
            for j in range(ages):
                used[x, place[j]] = expected_one(s, stay, both, z[j])
            continue
        for j in range(ages):
            sums[j] = terms[count - 1]
        for k in range(count - 2, -1, -1):
            term = terms[k]
            for j in range(ages):
                sums[j] = sums[j] * z[j] + term
        for j in range(ages):
            used[x, place[j]] = sums[j] * z[j] * np.exp(s * np.log1p(-z[j]))


@compiled
def _one_by_one(
    x: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
) -> NDArray[np.float64]:
    answer = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        z = horizon / (alpha + time[age[i]] + horizon)
        m = x[i] + extra
        answer[i] = expected_one(r + x[i], b + m, a + b + m, z)
    return answer


@compiled
def at_least(
    x: NDArray[np.int32],
    T: NDArray[np.float64],
    active: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
    most: int,
) -> NDArray[np.float64]:
    """P(at least y purchases in the horizon) for y = 0 … `most`, one row per customer."""
    answer = np.empty((x.shape[0], most + 1))
    for i in range(x.shape[0]):
        s = r + x[i]
        m = x[i] + extra
        z = horizon / (alpha + T[i] + horizon)
        log_weight = s * np.log1p(-z)
        reached = 1.0
        keeps = 1.0
        answer[i, 0] = 1.0
        for y in range(1, most + 1):
            if y == 1:
                reached = -np.expm1(log_weight)
            else:
                reached = max(reached - np.exp(log_weight), 0.0)
                keeps *= (b + m + y - 2.0) / (a + b + m + y - 2.0)
            answer[i, y] = active[i] * reached * keeps
            log_weight += np.log((s + y - 1.0) / y * z)
    return answer
