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

_LARGEST_GRID = 1 << 23


def probability_active(
    x: NDArray[np.int64],
    recency: NDArray[np.int64],
    age: NDArray[np.int64],
    log_time: NDArray[np.float64],
    r: float,
    a: float,
    b: float,
    extra: int,
) -> NDArray[np.float64]:
    """P(active at T); `log_time` is ln(alpha + time)."""
    m = np.arange(int(x.max(initial=0)) + 1) + extra
    # For BG, m = 0 (a customer without a repeat) means odds of 0: active for sure.
    odds = np.divide(a, b + m - 1.0, out=np.zeros(len(m)), where=m > 0)
    with np.errstate(divide="ignore"):
        log_odds = np.log(odds)
    # Customers without a repeat share their answer with all of their age.
    single = 1.0 / (1.0 + odds[0] * np.exp(np.minimum(r * (log_time - log_time[0]), 700.0)))
    return _probability_active(x, recency, age, log_time, log_odds, single, r)


@compiled
def _probability_active(
    x: NDArray[np.int64],
    recency: NDArray[np.int64],
    age: NDArray[np.int64],
    log_time: NDArray[np.float64],
    log_odds: NDArray[np.float64],
    single: NDArray[np.float64],
    r: float,
) -> NDArray[np.float64]:
    answer = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        if x[i] == 0:
            answer[i] = single[age[i]]
            continue
        z = log_odds[x[i]] + (r + x[i]) * (log_time[age[i]] - log_time[recency[i]])
        # exp overflows beyond 709; by then the answer is 0 to the latest bit but one.
        answer[i] = 1.0 / (1.0 + np.exp(min(z, 700.0)))
    return answer


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


@compiled
def expected(
    x: NDArray[np.int64],
    age: NDArray[np.int64],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    a: float,
    b: float,
    extra: int,
    horizon: float,
) -> NDArray[np.float64]:
    """Expected purchases of each customer in (T, T + horizon], were the customer active."""
    n = x.shape[0]
    answer = np.empty(n)
    most = 0
    for i in range(n):
        most = max(most, x[i])
    places = time.shape[0]
    remember = (most + 1) * places <= _LARGEST_GRID
    known = np.full((most + 1) * places if remember else 1, -1.0)
    for i in range(n):
        at = x[i] * places + age[i]
        if remember and known[at] >= 0.0:
            answer[i] = known[at]
            continue
        m = x[i] + extra
        z = horizon / (alpha + time[age[i]] + horizon)
        answer[i] = expected_one(r + x[i], b + m, a + b + m, z)
        if remember:
            known[at] = answer[i]
    return answer


@compiled
def at_least(
    x: NDArray[np.int64],
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
