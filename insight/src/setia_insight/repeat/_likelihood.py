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
from scipy.special import gammaln, polygamma, psi

from setia_insight._jit import compiled
from setia_insight.repeat._history import History

R, ALPHA, A, B = range(4)


@dataclass(frozen=True)
class Sample:
    """A `History` prepared for many evaluations: histograms, and the customers the dropout term needs one by one."""

    x: NDArray[np.int64]
    recency: NDArray[np.int64]
    age: NDArray[np.int64]
    weight: NDArray[np.float64]
    time: NDArray[np.float64]
    with_x: NDArray[np.float64]
    """Customers with x = 0, 1, 2, …"""
    with_age: NDArray[np.float64]
    """Customers at each place of `time`."""
    bought_by_age: NDArray[np.float64]
    """Repeat purchases of the customers at each place of `time`."""


def prepare(history: History, extra: int) -> Sample:
    """`extra` is m - x: 0 for BG/NBD, 1 for MBG/NBD."""
    most = int(history.x.max(initial=0))
    with_x, with_age, bought, single, x, recency, age = _count(
        history.x, history.recency, history.age, most + 1, len(history.time)
    )
    weight = np.ones(len(x))
    if extra:
        # Leaving right after the first purchase: the same term for all who share an age.
        ages = np.flatnonzero(single)
        nothing = np.zeros(len(ages), dtype=np.int64)
        x, recency = np.concatenate([x, nothing]), np.concatenate([recency, nothing])
        age, weight = np.concatenate([age, ages]), np.concatenate([weight, single[ages]])
    return Sample(x, recency, age, weight, history.time, with_x, with_age, bought)


@compiled
def _count(
    x: NDArray[np.int64], recency: NDArray[np.int64], age: NDArray[np.int64], counts: int, places: int
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]:
    """Histograms by x, by age, of purchases by age, of single buyers by age; and the customers with a repeat."""
    with_x, with_age = np.zeros(counts), np.zeros(places)
    bought, single = np.zeros(places), np.zeros(places)
    for i in range(x.shape[0]):
        with_x[x[i]] += 1.0
        with_age[age[i]] += 1.0
        bought[age[i]] += x[i]
        if x[i] == 0:
            single[age[i]] += 1.0
    repeats = x.shape[0] - int(with_x[0])
    some_x, some_recency, some_age = (
        np.empty(repeats, dtype=np.int64),
        np.empty(repeats, dtype=np.int64),
        np.empty(repeats, dtype=np.int64),
    )
    k = 0
    for i in range(x.shape[0]):
        if x[i] > 0:
            some_x[k], some_recency[k], some_age[k] = x[i], recency[i], age[i]
            k += 1
    return with_x, with_age, bought, single, some_x, some_recency, some_age


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

    # A customer with m = 0 (BG, x = 0) is not in the sample, so 1 / (b + m - 1) is only read where it is positive.
    per_b = 1.0 / np.maximum(b + m - 1.0, 1e-300)
    sums = _dropout(
        sample.x, sample.recency, sample.age, sample.weight, log_time, per_time, np.log(a * per_b), per_b, r
    )
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
    x: NDArray[np.int64],
    recency: NDArray[np.int64],
    age: NDArray[np.int64],
    weight: NDArray[np.float64],
    log_time: NDArray[np.float64],
    per_time: NDArray[np.float64],
    log_odds: NDArray[np.float64],
    per_b: NDArray[np.float64],
    r: float,
) -> NDArray[np.float64]:
    """Sums of ln(1 + exp(z)) and of the pieces of its derivatives; `p` is the probability of having left."""
    total = 0.0
    p_d = p_e = p_1 = p_g = 0.0
    q_dd = q_de = q_d = q_dg = q_ee = q_e = q_eg = q_1 = q_g = q_gg = 0.0
    p_re = p_aa = p_gg = 0.0
    for i in range(x.shape[0]):
        s = r + x[i]
        early, late = per_time[recency[i]], per_time[age[i]]
        d = log_time[age[i]] - log_time[recency[i]]
        z = log_odds[x[i]] + s * d
        w = weight[i]
        small = np.exp(-abs(z))
        share = 1.0 / (1.0 + small)
        if z > 0:
            total += w * (z + np.log1p(small))
            p, stay = share, small * share
        else:
            total += w * np.log1p(small)
            p, stay = small * share, share
        wp = w * p
        q = wp * stay
        step = late - early
        e = s * step
        g = per_b[x[i]]
        p_d += wp * d
        p_e += wp * e
        p_1 += wp
        p_g += wp * g
        q_dd += q * d * d
        q_de += q * d * e
        q_d += q * d
        q_dg += q * d * g
        q_ee += q * e * e
        q_e += q * e
        q_eg += q * e * g
        q_1 += q
        q_g += q * g
        q_gg += q * g * g
        p_re += wp * step
        p_aa += wp * s * (early * early - late * late)
        p_gg += wp * g * g
    return np.array(
        [
            total, p_d, p_e, p_1, p_g, q_dd, q_de, q_d, q_dg, q_ee, q_e, q_eg, q_1, q_g, q_gg, p_re, p_aa, p_gg,
        ]
    )  # fmt: skip
