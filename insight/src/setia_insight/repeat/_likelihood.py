r"""The log-likelihood of BG/NBD and MBG/NBD with its exact gradient and Hessian.

Both models say: while active, a customer buys as a Poisson process whose rate is Gamma(r, alpha) over customers; after
a purchase the customer leaves with a probability that is Beta(a, b) over customers. They differ in one thing: in
MBG/NBD a customer may also leave right after the first purchase. With m = x for BG and m = x + 1 for MBG,

    ln L = lnG(r+x) - lnG(r) + r ln(alpha) - (r+x) ln(alpha+T)
           + lnB(a, b+m) - lnB(a, b) + ln(1 + exp(z)),
    z    = ln(a) - ln(b+m-1) + (r+x) ln((alpha+T) / (alpha+t_x)),

where exp(z) is the odds that the customer has left (none for x = 0 in BG). Fader, Hardie & Lee 2005, Marketing Science
24(2); Batislam, Denizel & Filiztekin 2007, Int. J. of Research in Marketing 24(3).

Only the last term needs every customer. The gamma terms come from a histogram of x, those in T from one of T, and
customers without a repeat collapse to a histogram of T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, polygamma, psi

from setia_insight._jit import compiled
from setia_insight.repeat._history import History

R, ALPHA, A, B = range(4)


@dataclass(frozen=True)
class Sample:
    """A `History` prepared for many evaluations: histograms, and the customers the dropout term needs one by one.

    `recency` and `age` stand in order of x: those with x repeats are at `start[x]` up to `start[x + 1]`.
    """

    start: NDArray[np.int64]
    recency: NDArray[np.int32]
    age: NDArray[np.int32]
    time: NDArray[np.float64]
    with_x: NDArray[np.float64]
    """Customers with x = 0, 1, 2, …"""
    with_age: NDArray[np.float64]
    """Customers at each place of `time`."""
    bought_by_age: NDArray[np.float64]
    """Repeat purchases of the customers at each place of `time`."""
    single: NDArray[np.float64]
    """Customers without a repeat at each place of `time`."""


def prepare(history: History) -> Sample:
    """Sort by number of purchases, and count."""
    most = int(history.x.max(initial=0))
    start, recency, age, *counts = _count(history.x, history.recency, history.age, most + 1, len(history.time))
    return Sample(start, recency, age, history.time, *counts)


@compiled
def _count(
    x: NDArray[np.int32], recency: NDArray[np.int32], age: NDArray[np.int32], counts: int, places: int
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    """Customers with a repeat in order of x; histograms by x, by age, of purchases by age, of single buyers by age."""
    with_x, with_age = np.zeros(counts), np.zeros(places)
    bought, single = np.zeros(places), np.zeros(places)
    for i in range(x.shape[0]):
        with_x[x[i]] += 1.0
        if x[i] == 0:
            single[age[i]] += 1.0
        else:
            with_age[age[i]] += 1.0
            bought[age[i]] += x[i]
    for k in range(places):
        with_age[k] += single[k]
    start = np.zeros(counts + 1, dtype=np.int64)
    for k in range(1, counts):
        start[k + 1] = start[k] + np.int64(with_x[k])
    free = start.copy()
    some_recency, some_age = np.empty(start[counts], dtype=np.int32), np.empty(start[counts], dtype=np.int32)
    for i in range(x.shape[0]):
        if x[i] > 0:
            k = free[x[i]]
            free[x[i]] = k + 1
            some_recency[k], some_age[k] = recency[i], age[i]
    return start, some_recency, some_age, with_x, with_age, bought, single


def evaluate(
    sample: Sample, values: NDArray[np.float64], extra: int
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood, gradient (4) and Hessian (4, 4) in r, alpha, a, b themselves, on the sample's own time scale."""
    r, alpha, a, b = (float(value) for value in values)
    gradient, hessian = np.zeros(4), np.zeros((4, 4))

    n, everyone = sample.with_x, float(sample.with_x.sum())
    x = np.arange(len(n), dtype=np.float64)
    m = x + extra
    total = float(n @ (gammaln(r + x) - gammaln(r))) + everyone * r * np.log(alpha)
    total += float(n @ (gammaln(b + m) - gammaln(b) + gammaln(a + b) - gammaln(a + b + m)))
    gradient[R] = n @ (psi(r + x) - psi(r)) + everyone * np.log(alpha)
    gradient[ALPHA] = everyone * r / alpha
    gradient[A] = n @ (psi(a + b) - psi(a + b + m))
    gradient[B] = n @ (psi(b + m) - psi(b)) + gradient[A]
    hessian[R, R] = n @ (polygamma(1, r + x) - polygamma(1, r))
    hessian[R, ALPHA] = everyone / alpha
    hessian[ALPHA, ALPHA] = -everyone * r / alpha**2
    hessian[A, A] = hessian[A, B] = n @ (polygamma(1, a + b) - polygamma(1, a + b + m))
    hessian[B, B] = n @ (polygamma(1, b + m) - polygamma(1, b)) + hessian[A, A]

    log_time, per_time = np.log(alpha + sample.time), 1.0 / (alpha + sample.time)
    shape = r * sample.with_age + sample.bought_by_age
    total -= float(shape @ log_time)
    gradient[R] -= sample.with_age @ log_time
    gradient[ALPHA] -= shape @ per_time
    hessian[R, ALPHA] -= sample.with_age @ per_time
    hessian[ALPHA, ALPHA] += shape @ per_time**2

    # BG has no term for x = 0, so 1 / (b + m - 1) is only read where it is positive.
    per_b = 1.0 / np.maximum(b + m - 1.0, 1e-300)
    log_odds = np.log(a * per_b)
    sums = _dropout(sample.start, sample.recency, sample.age, log_time, per_time, log_odds, per_b, r)
    if extra:
        sums += _dropout_of_singles(sample.single, log_time, per_time, log_odds[0], per_b[0], r)
    total += sums[0]
    gradient += np.array([sums[1], sums[2], sums[3] / a, -sums[4]])
    hessian[R, R] += sums[5]
    hessian[R, ALPHA] += sums[6] + sums[15]
    hessian[R, A] += sums[7] / a
    hessian[R, B] -= sums[8]
    hessian[ALPHA, ALPHA] += sums[9] + sums[16]
    hessian[ALPHA, A] += sums[10] / a
    hessian[ALPHA, B] -= sums[11]
    hessian[A, A] += (sums[12] - sums[3]) / a**2
    hessian[A, B] -= sums[13] / a
    hessian[B, B] += sums[14] + sums[17]
    lower = np.tril_indices(4, -1)
    hessian[lower] = hessian.T[lower]
    return total, gradient, hessian


@compiled
def _dropout(
    start: NDArray[np.int64],
    recency: NDArray[np.int32],
    age: NDArray[np.int32],
    log_time: NDArray[np.float64],
    per_time: NDArray[np.float64],
    log_odds: NDArray[np.float64],
    per_b: NDArray[np.float64],
    r: float,
) -> NDArray[np.float64]:
    """Sums of ln(1 + exp(z)) and of the pieces of its derivatives; `p` is the probability of having left.

    Customers with the same x share s = r + x, so exp(z) is a product of two entries of short tables, and a logarithm
    is taken of a whole product of (1 + exp(z)): no exponential or logarithm per customer where many share an x.
    """
    places = log_time.shape[0]
    up, down = np.empty(places), np.empty(places)
    square = per_time * per_time
    span = log_time[places - 1] - log_time[0]
    sums = np.zeros(18)
    for x in range(1, start.shape[0] - 1):
        customers = start[x + 1] - start[x]
        if customers == 0:
            continue
        s = r + x
        tabled = 2 * customers > places and s * span < 200.0
        if tabled:
            odds = np.exp(log_odds[x])
            for k in range(places):
                up[k] = np.exp(s * (log_time[k] - log_time[0]))
                down[k] = odds / up[k]
        total, product = 0.0, 1.0
        p_1 = p_d = p_step = p_aa = q_1 = q_d = q_step = q_dd = q_d_step = q_steps = 0.0
        for i in range(start[x], start[x + 1]):
            was, now = recency[i], age[i]
            d = log_time[now] - log_time[was]
            if tabled:
                left = up[now] * down[was]
                whole = 1.0 + left
                product *= whole
                if product > 1e150:
                    total += np.log(product)
                    product = 1.0
                stay = 1.0 / whole
                p = left * stay
            else:
                z = log_odds[x] + s * d
                small = np.exp(-abs(z))
                share = 1.0 / (1.0 + small)
                total += max(z, 0.0) + np.log1p(small)
                if z > 0:
                    p, stay = share, small * share
                else:
                    p, stay = small * share, share
            q = p * stay
            step = per_time[now] - per_time[was]
            p_1 += p
            p_d += p * d
            p_step += p * step
            p_aa += p * (square[was] - square[now])
            q_1 += q
            q_d += q * d
            q_step += q * step
            q_dd += q * d * d
            q_d_step += q * d * step
            q_steps += q * step * step
        g = per_b[x]
        sums[0] += total + np.log(product)
        sums[1] += p_d
        sums[2] += s * p_step
        sums[3] += p_1
        sums[4] += g * p_1
        sums[5] += q_dd
        sums[6] += s * q_d_step
        sums[7] += q_d
        sums[8] += g * q_d
        sums[9] += s * s * q_steps
        sums[10] += s * q_step
        sums[11] += g * s * q_step
        sums[12] += q_1
        sums[13] += g * q_1
        sums[14] += g * g * q_1
        sums[15] += p_step
        sums[16] += s * p_aa
        sums[17] += g * g * p_1
    return sums


def _dropout_of_singles(
    single: NDArray[np.float64],
    log_time: NDArray[np.float64],
    per_time: NDArray[np.float64],
    log_odds: float,
    g: float,
    r: float,
) -> NDArray[np.float64]:
    """The same sums for customers without a repeat (MBG/NBD only), who share their term with all of their age."""
    d, step = log_time - log_time[0], per_time - per_time[0]
    z = log_odds + r * d
    left = expit(z)
    p, q = single * left, single * left * expit(-z)
    e, aa = r * step, per_time[0] ** 2 - per_time**2
    return np.array(
        [
            single @ np.logaddexp(0.0, z), p @ d, p @ e, p.sum(), g * p.sum(),
            q @ d**2, q @ (d * e), q @ d, g * (q @ d), q @ e**2, q @ e, g * (q @ e), q.sum(),
            g * q.sum(), g * g * q.sum(), p @ step, r * (p @ aa), g * g * p.sum(),
        ]
    )  # fmt: skip
