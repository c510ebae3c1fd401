r"""Pareto/NBD: the likelihood with its exact gradient and Hessian, and the chances it gives.

While active a customer buys as a Poisson process with a Gamma(r, alpha) rate, and leaves after an exponential lifetime
with a Gamma(s, beta) rate (Schmittlein, Morrison & Colombo 1987, Management Science 33(1)). Written over the moment of
leaving u, which nobody sees,

    L = G(r+x)/G(r) alpha^r beta^s [ (alpha+T)^-(r+x) (beta+T)^-s
                                     + s int_{t_x}^{T} (alpha+u)^-(r+x) (beta+u)^-(s+1) du ].

The textbook form has two hypergeometric functions whose difference cancels and which overflow. Here the integral is
taken as it stands: with y = ln((m+u)/(m+t_x)), m the smaller of alpha and beta, the integrand is analytic in a strip of
width pi on either side, so 8 to 24 Gauss-Legendre points give it to about twelve digits. And since L is a sum over what
might have happened, the gradient of ln L is the mean, over leaving moments given the history, of the gradient of one
term, and the Hessian is the mean of its Hessian plus the covariance of its gradient: the same points give all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, polygamma, psi

from setia_insight._jit import compiled
from setia_insight.repeat._history import History

R, ALPHA, S, BETA = range(4)

_RULES = (8, 12, 24)
_NODES, _SHARES = np.zeros((3, 24)), np.zeros((3, 24))
for _row, _count in enumerate(_RULES):
    _points, _weights = np.polynomial.legendre.leggauss(_count)
    _NODES[_row, :_count], _SHARES[_row, :_count] = (_points + 1.0) / 2.0, _weights / 2.0
_FINE_POINTS, _FINE_WEIGHTS = np.polynomial.legendre.leggauss(64)
_FINE_NODES, _FINE_SHARES = (_FINE_POINTS + 1.0) / 2.0, _FINE_WEIGHTS / 2.0


@dataclass(frozen=True)
class Sample:
    """Distinct histories with the number of customers of each, and the customers with x = 0, 1, 2, …"""

    x: NDArray[np.float64]
    t_x: NDArray[np.float64]
    T: NDArray[np.float64]
    weight: NDArray[np.float64]
    with_x: NDArray[np.float64]


def prepare(history: History) -> Sample:
    """Merge equal histories: a quadrature each is worth far more than the sort."""
    _, first, number = distinct(history)
    return Sample(
        history.x[first].astype(np.float64),
        history.time[history.recency[first]],
        history.time[history.age[first]],
        number.astype(np.float64),
        np.bincount(history.x).astype(np.float64),
    )


def distinct(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each history the place of its kind; where each kind first occurs; how often."""
    places = np.int64(len(history.time))
    most = np.int64(history.x.max(initial=0)) + 1
    if float(most) * float(places) ** 2 < 2.0**62:
        key = (history.x.astype(np.int64) * places + history.recency) * places + history.age
        _, first, kind, number = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    else:
        rows = np.stack([history.x, history.recency, history.age], axis=1)
        _, first, kind, number = np.unique(rows, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return kind.ravel(), first, number


def evaluate(sample: Sample, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, gradient (4) and Hessian (4, 4) in r, alpha, s, beta, on the sample's own time scale."""
    r, alpha, s, beta = (float(value) for value in values)
    sums = _moments(sample.x, sample.t_x, sample.T, sample.weight, r, alpha, s, beta, _NODES, _SHARES)
    gradient, hessian = sums[1:5].copy(), np.zeros((4, 4))
    upper = np.triu_indices(4)
    hessian[upper] = sums[5:15]
    hessian = hessian + np.triu(hessian, 1).T
    n, everyone = sample.with_x, float(sample.with_x.sum())
    x = np.arange(len(n), dtype=np.float64)
    total = float(sums[0]) + float(n @ (gammaln(r + x) - gammaln(r)))
    total += everyone * (r * np.log(alpha) + s * np.log(beta))
    gradient += np.array(
        [
            n @ (psi(r + x) - psi(r)) + everyone * np.log(alpha),
            everyone * r / alpha,
            everyone * np.log(beta),
            everyone * s / beta,
        ]
    )
    hessian[R, R] += n @ (polygamma(1, r + x) - polygamma(1, r))
    hessian[ALPHA, ALPHA] -= everyone * r / alpha**2
    hessian[BETA, BETA] -= everyone * s / beta**2
    hessian[R, ALPHA] += everyone / alpha
    hessian[ALPHA, R] += everyone / alpha
    hessian[S, BETA] += everyone / beta
    hessian[BETA, S] += everyone / beta
    return total, gradient, hessian


@compiled
def _reach(shape: float, s: float, alpha: float, beta: float, start: float, stop: float) -> float:
    """How far y has to go from `start` towards `stop`: beyond, the integrand is below 1e-18 of where it begins."""
    low = min(alpha, beta)
    whole = np.log((low + stop) / (low + start))
    if beta <= alpha:
        fall = s + shape * (beta + start) / (alpha + start)
    else:
        fall = shape - 1.0 + (s + 1.0) * (alpha + start) / (beta + start)
    return float(min(whole, 42.0 / fall) if fall > 0.0 else whole)


@compiled
def _rule(reach: float, fall: float) -> int:
    """Which row of nodes is enough for a range of y of this length over which the integrand falls by exp(fall)."""
    if reach < 1.0 and fall < 4.0:
        return 0
    return 1 if reach < 2.5 and fall < 12.0 else 2


@compiled
def left_between(
    shape: float,
    s: float,
    alpha: float,
    beta: float,
    start: float,
    stop: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> float:
    """ln of s int_start^stop (alpha+u)^-shape (beta+u)^-(s+1) du."""
    low = min(alpha, beta)
    reach = _reach(shape, s, alpha, beta, start, stop)
    end = start + (low + start) * np.expm1(reach)
    whole = shape * np.log((alpha + end) / (alpha + start)) + (s + 1.0) * np.log((beta + end) / (beta + start))
    rule = _rule(reach, whole)
    total = 0.0
    for k in range(_RULES[rule]):
        y = reach * nodes[rule, k]
        u = start + (low + start) * np.expm1(y)
        fall = shape * np.log((alpha + u) / (alpha + start)) + (s + 1.0) * np.log((beta + u) / (beta + start))
        total += shares[rule, k] * np.exp(y - fall)
    if total <= 0.0 or reach <= 0.0:
        return -np.inf
    scale = np.log(s * (low + start) * reach) - shape * np.log(alpha + start) - (s + 1.0) * np.log(beta + start)
    return float(scale + np.log(total))


@compiled
def _moments(
    xs: NDArray[np.float64],
    t_xs: NDArray[np.float64],
    ends: NDArray[np.float64],
    weights: NDArray[np.float64],
    r: float,
    alpha: float,
    s: float,
    beta: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sums over histories: ln of the bracket, its gradient (4), its Hessian (upper triangle, 10)."""
    sums = np.zeros(15)
    low = min(alpha, beta)
    for i in range(xs.shape[0]):
        shape, start, stop, weight = r + xs[i], t_xs[i], ends[i], weights[i]
        a0, b0 = alpha + start, beta + start
        alive = -shape * np.log((alpha + stop) / a0) - s * np.log((beta + stop) / b0)
        # Relative to (alpha+t_x)^-(r+x) (beta+t_x)^-s, so nothing overflows.
        reach = _reach(shape, s, alpha, beta, start, stop)
        end = start + (low + start) * np.expm1(reach)
        rule = _rule(reach, shape * np.log((alpha + end) / a0) + (s + 1.0) * np.log((beta + end) / b0))
        count = _RULES[rule]
        mass = 0.0
        m0 = m1 = m2 = m3 = 0.0
        s00 = s01 = s02 = s03 = s11 = s12 = s13 = s22 = s23 = s33 = 0.0
        e_pa = e_pa2 = e_pb = e_pb2 = e_dead = 0.0
        for k in range(count + 1):
            if k < count:
                y = reach * nodes[rule, k]
                u = start + (low + start) * np.expm1(y)
                if alpha <= beta:
                    da, db = y, np.log((beta + u) / b0)
                else:
                    da, db = np.log((alpha + u) / a0), y
                w = shares[rule, k] * np.exp(y - shape * da - (s + 1.0) * db) * (s * (low + start) * reach / b0)
                dead = 1.0
            else:
                u = stop
                da, db = np.log((alpha + u) / a0), np.log((beta + u) / b0)
                w = np.exp(alive)
                dead = 0.0
            pa, pb = 1.0 / (alpha + u), 1.0 / (beta + u)
            v0 = -da
            v1 = -shape * pa
            v2 = dead / s - db
            v3 = -(s + dead) * pb
            mass += w
            m0 += w * v0
            m1 += w * v1
            m2 += w * v2
            m3 += w * v3
            s00 += w * v0 * v0
            s01 += w * v0 * v1
            s02 += w * v0 * v2
            s03 += w * v0 * v3
            s11 += w * v1 * v1
            s12 += w * v1 * v2
            s13 += w * v1 * v3
            s22 += w * v2 * v2
            s23 += w * v2 * v3
            s33 += w * v3 * v3
            e_pa += w * pa
            e_pa2 += w * pa * pa
            e_pb += w * pb
            e_pb2 += w * (s + dead) * pb * pb
            e_dead += w * dead
        one = 1.0 / mass
        m0, m1, m2, m3 = m0 * one, m1 * one, m2 * one, m3 * one
        log_a0, log_b0 = np.log(a0), np.log(b0)
        sums[0] += weight * (np.log(mass) - shape * log_a0 - s * log_b0)
        sums[1] += weight * (m0 - log_a0)
        sums[2] += weight * m1
        sums[3] += weight * (m2 - log_b0)
        sums[4] += weight * m3
        sums[5] += weight * (s00 * one - m0 * m0)
        sums[6] += weight * (s01 * one - m0 * m1 - e_pa * one)
        sums[7] += weight * (s02 * one - m0 * m2)
        sums[8] += weight * (s03 * one - m0 * m3)
        sums[9] += weight * (s11 * one - m1 * m1 + shape * e_pa2 * one)
        sums[10] += weight * (s12 * one - m1 * m2)
        sums[11] += weight * (s13 * one - m1 * m3)
        sums[12] += weight * (s22 * one - m2 * m2 - e_dead * one / (s * s))
        sums[13] += weight * (s23 * one - m2 * m3 - e_pb * one)
        sums[14] += weight * (s33 * one - m3 * m3 + e_pb2 * one)
    return sums


def active_and_expected(
    history: History, values: tuple[float, ...], horizon: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P(active at T), and expected purchases in (T, T + horizon] as things stand; once per distinct history."""
    kind, first, _ = distinct(history)
    some = History(history.x[first], history.recency[first], history.age[first], history.time)
    r, alpha, s, beta = values
    active = _active(some.x, some.recency, some.age, some.time, r, alpha, s, beta, _NODES, _SHARES)
    T = some.time[some.age]
    # (1 - q^(s-1)) / (s-1) with q = (beta+T)/(beta+T+t), which is ln(1/q) at s = 1.
    waiting = np.log1p(horizon / (beta + T))
    leaving = waiting if abs(s - 1.0) < 1e-12 else -np.expm1(-(s - 1.0) * waiting) / (s - 1.0)
    expected = active * (r + some.x) / (alpha + T) * (beta + T) * leaving
    return active[kind], expected[kind]


@compiled
def _active(
    x: NDArray[np.int32],
    recency: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    s: float,
    beta: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    answer = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        start, stop = time[recency[i]], time[age[i]]
        stays = -(r + x[i]) * np.log(alpha + stop) - s * np.log(beta + stop)
        left = left_between(r + x[i], s, alpha, beta, start, stop, nodes, shares)
        answer[i] = 1.0 / (1.0 + np.exp(min(left - stays, 700.0)))
    return answer


@compiled
def returns(
    shape: float,
    s: float,
    alpha: float,
    beta: float,
    horizon: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> float:
    """P(a purchase within the horizon) of an active customer; alpha and beta have T added, shape is r + x.

    A purchase at w comes before leaving with probability (beta/(beta+w))^s; its moment has a Lomax density.
    """
    # int_0^t shape alpha^shape (alpha+w)^-(shape+1) beta^s (beta+w)^-s dw: the integral of `left_between` with the
    # roles of buying and leaving exchanged.
    if horizon <= 0.0:
        return 0.0
    log = left_between(s, shape, beta, alpha, 0.0, horizon, nodes, shares)
    return float(min(np.exp(log + shape * np.log(alpha) + s * np.log(beta)), 1.0))


@compiled
def returns_within(
    x: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    s: float,
    beta: float,
    horizon: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """`returns` for each customer."""
    answer = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        T = time[age[i]]
        answer[i] = returns(r + x[i], s, alpha + T, beta + T, horizon, nodes, shares)
    return answer


@compiled
def waits(
    x: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    r: float,
    alpha: float,
    s: float,
    beta: float,
    horizon: float,
    goal: NDArray[np.float64],
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The time by which `returns` reaches `goal`, by Newton's method within a bracket."""
    answer = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        T = time[age[i]]
        shape, A, B = r + x[i], alpha + T, beta + T
        low, high = 0.0, horizon
        w = min(A * np.expm1(-np.log1p(-min(goal[i], 1.0 - 1e-15)) / shape), 0.9 * horizon)
        for _turn in range(60):
            gap = returns(shape, s, A, B, w, nodes, shares) - goal[i]
            if gap > 0.0:
                high = w
            else:
                low = w
            slope = shape / (A + w) * np.exp(-shape * np.log1p(w / A) - s * np.log1p(w / B))
            follow = w - gap / slope if slope > 0.0 else -1.0
            if not low < follow < high:
                follow = 0.5 * (low + high)
            done = abs(follow - w) <= 1e-9 * horizon
            w = follow
            if done:
                break
        answer[i] = w
    return answer


@compiled
def _at_least(
    x: NDArray[np.int32],
    age: NDArray[np.int32],
    time: NDArray[np.float64],
    active: NDArray[np.float64],
    r: float,
    alpha: float,
    s: float,
    beta: float,
    horizon: float,
    most: int,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> NDArray[np.float64]:
    answer = np.zeros((x.shape[0], most + 1))
    panels = 8
    for i in range(x.shape[0]):
        T = time[age[i]]
        shape, A, B = r + x[i], alpha + T, beta + T
        # The y-th purchase comes at w = A v / (1 - v) with v ~ Beta(y, shape), and counts if leaving comes later.
        top = horizon / (A + horizon)
        answer[i, 0] = 1.0
        for p in range(panels):
            for k in range(nodes.shape[0]):
                v = top * (p + nodes[k]) / panels
                w = A * v / (1.0 - v)
                log = (shape - 1.0) * np.log1p(-v) - s * np.log1p(w / B) + np.log(shares[k] * top / panels * shape)
                log_v = np.log(v)
                for y in range(1, most + 1):
                    answer[i, y] += active[i] * np.exp(log)
                    log += log_v + np.log((shape + y) / y)
    return answer


def at_least(history: History, values: tuple[float, ...], horizon: float, most: int) -> NDArray[np.float64]:
    """P(at least y purchases in the horizon) for y = 0 … `most`, one row per customer."""
    r, alpha, s, beta = values
    kind, first, _ = distinct(history)
    x, recency, age, time = history.x[first], history.recency[first], history.age[first], history.time
    active = _active(x, recency, age, time, r, alpha, s, beta, _NODES, _SHARES)
    found = _at_least(x, age, time, active, r, alpha, s, beta, horizon, most, _FINE_NODES, _FINE_SHARES)
    return found[kind]


def returns_of(history: History, values: tuple[float, ...], horizon: float) -> NDArray[np.float64]:
    """P(a purchase within the horizon) of each customer, were the customer active."""
    r, alpha, s, beta = values
    return returns_within(history.x, history.age, history.time, r, alpha, s, beta, horizon, _NODES, _SHARES)


def waits_of(
    history: History, values: tuple[float, ...], horizon: float, goal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """When the chance of a purchase reaches `goal`."""
    r, alpha, s, beta = values
    return waits(history.x, history.age, history.time, r, alpha, s, beta, horizon, goal, _NODES, _SHARES)
