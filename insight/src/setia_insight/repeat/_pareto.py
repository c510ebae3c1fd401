r"""Pareto/NBD: the likelihood with its exact gradient and Hessian.

While active a customer buys as a Poisson process with a Gamma(r, alpha) rate, and leaves after an exponential lifetime
with a Gamma(s, beta) rate (Schmittlein, Morrison & Colombo 1987, Management Science 33(1)). Written over the moment of
leaving u, which nobody sees,

    L = G(r+x)/G(r) alpha^r beta^s [ (alpha+T)^-(r+x) (beta+T)^-s
                                     + s int_{t_x}^{T} (alpha+u)^-(r+x) (beta+u)^-(s+1) du ].

The textbook form has two hypergeometric functions whose difference cancels and which overflow. Here the integral is
taken as it stands, and once for all customers with the same x: their t_x and T, sorted, cut time into short ways, each
way takes a few Gauss-Legendre points (`_leaving`), and summed from the latest time back the ways give the integral from
each time on; a customer's own is the one from t_x less the one from T. The two never cancel, since the former is at
most (alpha+t_x)^-(r+x) (beta+t_x)^-s, and the bracket is of that size wherever T is near t_x. Everything is kept
relative to the two powers at its own time, so nothing overflows.

Each sum carries the gradient and the Hessian of what it sums: with f = (alpha+u)^-(r+x) (beta+u)^-(s+1) s,

    v = d ln f = (-ln(alpha+u), -(r+x)/(alpha+u), 1/s - ln(beta+u), -(s+1)/(beta+u)),  d^2 f = f (v v' + dv).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setia_insight._jit import compiled
from setia_insight.repeat._history import History, distinct
from setia_insight.repeat._leaving import COUNTS, NODES, SHARES, SHORT, reach, rule_for, short_rule

R, ALPHA, S, BETA = range(4)
_UPPER = np.triu_indices(4)


@dataclass(frozen=True)
class Sample:
    """Distinct histories by x, t_x and T, each with the number of its customers.

    Those with x = `group_x[g]` are the rows from `group_row[g]` up to `group_row[g + 1]`, and the distinct t_x and T
    among them, ascending, are `time` from `group_time[g]` up to `group_time[g + 1]`; `t_x` and `T` are places in it.
    """

    group_x: NDArray[np.float64]
    group_row: NDArray[np.int64]
    group_time: NDArray[np.int64]
    time: NDArray[np.float64]
    t_x: NDArray[np.int64]
    T: NDArray[np.int64]
    weight: NDArray[np.float64]
    above: NDArray[np.float64]
    """Customers with x above 0, 1, 2, …"""


def prepare(history: History) -> Sample:
    """Merge equal histories and sort them."""
    _, first, number = distinct(history)
    x, recency, age = history.x[first], history.recency[first], history.age[first]
    groups = _by_x(x, recency, age, len(history.time))
    group_x, group_row, group_time, place, t_x, T = groups
    above = len(history) - np.cumsum(np.bincount(history.x))
    return Sample(
        group_x, group_row, group_time, history.time[place], t_x, T, number.astype(np.float64), above.astype(np.float64)
    )


@compiled
def _by_x(
    x: NDArray[np.int32], recency: NDArray[np.int32], age: NDArray[np.int32], places: int
) -> tuple[
    NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]
]:
    """The fields of `Sample` of these that name them, from distinct histories sorted by x."""
    rows = x.shape[0]
    group_x, group_row, group_time = np.empty(rows), np.empty(rows + 1, np.int64), np.empty(rows + 1, np.int64)
    found, t_x, T = np.empty(2 * rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64)
    where = np.empty(places, np.int64)
    groups = times = start = 0
    while start < rows:
        stop = start
        while stop < rows and x[stop] == x[start]:
            stop += 1
        group_x[groups], group_row[groups], group_time[groups] = x[start], start, times
        both = np.empty(2 * (stop - start), np.int64)
        both[: stop - start], both[stop - start :] = recency[start:stop], age[start:stop]
        both.sort()
        latest = np.int64(-1)
        for place in both:
            if place != latest:
                found[times], where[place] = place, times
                times += 1
                latest = place
        for row in range(start, stop):
            t_x[row], T[row] = where[recency[row]], where[age[row]]
        groups, start = groups + 1, stop
    group_row[groups], group_time[groups] = rows, times
    return group_x[:groups], group_row[: groups + 1], group_time[: groups + 1], found[:times], t_x, T


def evaluate(sample: Sample, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, gradient (4) and Hessian (4, 4) in r, alpha, s, beta, on the sample's own time scale."""
    r, alpha, s, beta = (float(value) for value in values)
    sums = _brackets(
        sample.group_x,
        sample.group_row,
        sample.group_time,
        sample.time,
        sample.t_x,
        sample.T,
        sample.weight,
        r,
        alpha,
        s,
        beta,
        NODES,
        SHARES,
    )
    _factors(sums, sample.above, float(sample.weight.sum()), r, alpha, s, beta)
    hessian = np.zeros((4, 4))
    hessian[_UPPER] = sums[5:15]
    return float(sums[0]), sums[1:5], hessian + np.triu(hessian, 1).T


@compiled
def _factors(
    sums: NDArray[np.float64],
    above: NDArray[np.float64],
    everyone: float,
    r: float,
    alpha: float,
    s: float,
    beta: float,
) -> None:
    """Add what stands before the bracket: G(r+x)/G(r) is the product of r, r+1, … r+x-1."""
    for j in range(above.shape[0]):
        sums[0] += above[j] * np.log(r + j)
        sums[1] += above[j] / (r + j)
        sums[5] -= above[j] / (r + j) ** 2
    sums[0] += everyone * (r * np.log(alpha) + s * np.log(beta))
    sums[1] += everyone * np.log(alpha)
    sums[2] += everyone * r / alpha
    sums[3] += everyone * np.log(beta)
    sums[4] += everyone * s / beta
    sums[6] += everyone / alpha
    sums[9] -= everyone * r / alpha**2
    sums[13] += everyone / beta
    sums[14] -= everyone * s / beta**2


@compiled
def _way(
    found: NDArray[np.float64],
    k: int,
    shape: float,
    s: float,
    alpha: float,
    beta: float,
    start: float,
    stop: float,
    log_a: float,
    log_b: float,
    nodes: NDArray[np.float64],
    shares: NDArray[np.float64],
) -> None:
    """Into row k of `found` the integral of f from `start` to `stop`, its gradient (4) and its Hessian (upper, 10).

    Relative to (alpha+start)^-shape (beta+start)^-s, and logarithms of times to those at start; `log_a`, `log_b` are
    those at stop.
    """
    a, b, low = alpha + start, beta + start, min(alpha, beta) + start
    fall = shape * log_a + (s + 1.0) * log_b
    rule, way = short_rule((stop - start) / low, fall), stop - start
    if rule < SHORT:
        way = reach(shape, s, alpha, beta, start, stop)
        end = low * np.expm1(way)
        rule = rule_for(way, shape * np.log((a + end) / a) + (s + 1.0) * np.log((b + end) / b))
    scale = s / b * way * (1.0 if rule >= SHORT else low)
    one = 1.0 / s
    mass = m0 = m1 = m2 = m3 = 0.0
    s00 = s01 = s02 = s03 = s11 = s12 = s13 = s22 = s23 = s33 = 0.0
    for point in range(COUNTS[rule]):
        y = way * nodes[rule, point]
        if rule >= SHORT:
            u, log_u = y, 0.0
            da, db = np.log1p(u / a), np.log1p(u / b)
        else:
            u, log_u = low * np.expm1(y), y
            if alpha <= beta:
                da, db = y, np.log1p(u / b)
            else:
                da, db = np.log1p(u / a), y
        w = scale * shares[rule, point] * np.exp(log_u - shape * da - (s + 1.0) * db)
        v1, v2, v3 = -shape / (a + u), one - db, -(s + 1.0) / (b + u)
        w0, w1, w2, w3 = w * da, w * v1, w * v2, w * v3
        mass += w
        m0 -= w0
        m1 += w1
        m2 += w2
        m3 += w3
        s00 += w0 * da
        s01 -= w1 * da
        s02 -= w2 * da
        s03 -= w3 * da
        s11 += w1 * v1
        s12 += w1 * v2
        s13 += w1 * v3
        s22 += w2 * v2
        s23 += w2 * v3
        s33 += w3 * v3
    found[k, 0], found[k, 1], found[k, 2], found[k, 3], found[k, 4] = mass, m0, m1, m2, m3
    # What dv adds: -1/(alpha+u), shape/(alpha+u)^2, -1/s^2, -1/(beta+u) and (s+1)/(beta+u)^2.
    found[k, 5], found[k, 6], found[k, 7], found[k, 8] = s00, s01 + m1 / shape, s02, s03
    found[k, 9], found[k, 10], found[k, 11] = s11 * (1.0 + 1.0 / shape), s12, s13
    found[k, 12], found[k, 13], found[k, 14] = (
        s22 - mass * one * one,
        s23 + m3 / (s + 1.0),
        s33 * (1.0 + 1.0 / (s + 1.0)),
    )


@compiled
def _brackets(
    group_x: NDArray[np.float64],
    group_row: NDArray[np.int64],
    group_time: NDArray[np.int64],
    time: NDArray[np.float64],
    t_x: NDArray[np.int64],
    ends: NDArray[np.int64],
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
    most = 0
    for g in range(group_x.shape[0]):
        most = max(most, group_time[g + 1] - group_time[g])
    later, log_a, log_b = np.empty((most, 15)), np.empty(most), np.empty(most)
    for g in range(group_x.shape[0]):
        shape, first, many = r + group_x[g], group_time[g], group_time[g + 1] - group_time[g]
        for k in range(many):
            log_a[k], log_b[k] = np.log(alpha + time[first + k]), np.log(beta + time[first + k])
        # The integral from each time on, to the latest of the group.
        later[many - 1] = 0.0
        for k in range(many - 2, -1, -1):
            da, db = log_a[k + 1] - log_a[k], log_b[k + 1] - log_b[k]
            _way(later, k, shape, s, alpha, beta, time[first + k], time[first + k + 1], da, db, nodes, shares)
            _add(later, k, np.exp(-shape * da - s * db), da, db)
        for row in range(group_row[g], group_row[g + 1]):
            j, k, weight = t_x[row] - first, ends[row] - first, weights[row]
            T = time[ends[row]]
            da, db = log_a[k] - log_a[j], log_b[k] - log_b[j]
            # Whoever is still active at T, less those who leave later than T.
            pa, pb = 1.0 / (alpha + T), 1.0 / (beta + T)
            v1, v3 = -shape * pa, -s * pb
            h0, h1, h2, h3, h4 = 1.0 - later[k, 0], -later[k, 1], v1 - later[k, 2], -later[k, 3], v3 - later[k, 4]
            stays = np.exp(-shape * da - s * db)
            mass = later[j, 0] + stays * h0
            whole, part = 1.0 / mass, stays / mass
            g0 = later[j, 1] * whole + part * (h1 - da * h0)
            g1 = later[j, 2] * whole + part * h2
            g2 = later[j, 3] * whole + part * (h3 - db * h0)
            g3 = later[j, 4] * whole + part * h4
            sums[0] += weight * (np.log(mass) - shape * log_a[j] - s * log_b[j])
            sums[1] += weight * (g0 - log_a[j])
            sums[2] += weight * g1
            sums[3] += weight * (g2 - log_b[j])
            sums[4] += weight * g3
            sums[5] += weight * (later[j, 5] * whole + part * (da * (da * h0 - 2.0 * h1) - later[k, 5]) - g0 * g0)
            sums[6] += weight * (later[j, 6] * whole + part * (-pa - later[k, 6] - da * h2) - g0 * g1)
            sums[7] += weight * (later[j, 7] * whole + part * (da * (db * h0 - h3) - db * h1 - later[k, 7]) - g0 * g2)
            sums[8] += weight * (later[j, 8] * whole + part * (-later[k, 8] - da * h4) - g0 * g3)
            sums[9] += weight * (later[j, 9] * whole + part * (v1 * (v1 - pa) - later[k, 9]) - g1 * g1)
            sums[10] += weight * (later[j, 10] * whole + part * (-later[k, 10] - db * h2) - g1 * g2)
            sums[11] += weight * (later[j, 11] * whole + part * (v1 * v3 - later[k, 11]) - g1 * g3)
            sums[12] += weight * (later[j, 12] * whole + part * (db * (db * h0 - 2.0 * h3) - later[k, 12]) - g2 * g2)
            sums[13] += weight * (later[j, 13] * whole + part * (-pb - later[k, 13] - db * h4) - g2 * g3)
            sums[14] += weight * (later[j, 14] * whole + part * (v3 * (v3 - pb) - later[k, 14]) - g3 * g3)
    return sums


@compiled
def _add(found: NDArray[np.float64], k: int, share: float, da: float, db: float) -> None:
    """Add to row k `share` times the next, whose logarithms count from a time further on by da and db."""
    t0, t1, t2, t3, t4 = (
        share * found[k + 1, 0],
        share * found[k + 1, 1],
        share * found[k + 1, 2],
        share * found[k + 1, 3],
        share * found[k + 1, 4],
    )
    found[k, 0] += t0
    found[k, 1] += t1 - da * t0
    found[k, 2] += t2
    found[k, 3] += t3 - db * t0
    found[k, 4] += t4
    found[k, 5] += share * found[k + 1, 5] + da * (da * t0 - 2.0 * t1)
    found[k, 6] += share * found[k + 1, 6] - da * t2
    found[k, 7] += share * found[k + 1, 7] + da * (db * t0 - t3) - db * t1
    found[k, 8] += share * found[k + 1, 8] - da * t4
    found[k, 9] += share * found[k + 1, 9]
    found[k, 10] += share * found[k + 1, 10] - db * t2
    found[k, 11] += share * found[k + 1, 11]
    found[k, 12] += share * found[k + 1, 12] + db * (db * t0 - 2.0 * t3)
    found[k, 13] += share * found[k + 1, 13] - db * t4
    found[k, 14] += share * found[k + 1, 14]
