"""Pareto/NBD's integral over the moment of leaving, by Gauss-Legendre points.

With y = ln((m+u)/(m+start)), m the smaller of alpha and beta, the integrand (alpha+u)^-shape (beta+u)^-(s+1) is
analytic in a strip of width pi on either side, so 8 to 24 points give it to about twelve digits; where it hardly
changes, over a few days, 3 to 6 points in u itself do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setia_insight._jit import compiled

COUNTS = (8, 12, 24, 3, 4, 5, 6)
"""Points of each rule; those from `SHORT` on are for short ways, in u."""
SHORT = 3
NODES, SHARES = np.zeros((len(COUNTS), 24)), np.zeros((len(COUNTS), 24))
for _row, _count in enumerate(COUNTS):
    _points, _weights = np.polynomial.legendre.leggauss(_count)
    NODES[_row, :_count], SHARES[_row, :_count] = (_points + 1.0) / 2.0, _weights / 2.0
_FINE_POINTS, _FINE_WEIGHTS = np.polynomial.legendre.leggauss(64)
FINE_NODES, FINE_SHARES = (_FINE_POINTS + 1.0) / 2.0, _FINE_WEIGHTS / 2.0


@compiled
def reach(shape: float, s: float, alpha: float, beta: float, start: float, stop: float) -> float:
    """How far y has to go from `start` towards `stop`: beyond, the integrand is below 1e-18 of where it begins."""
    low = min(alpha, beta)
    whole = np.log((low + stop) / (low + start))
    if beta <= alpha:
        fall = s + shape * (beta + start) / (alpha + start)
    else:
        fall = shape - 1.0 + (s + 1.0) * (alpha + start) / (beta + start)
    return float(min(whole, 42.0 / fall) if fall > 0.0 else whole)


@compiled
def rule_for(way: float, fall: float) -> int:
    """Which row of nodes is enough for a range of y of this length over which the integrand falls by exp(fall)."""
    if way < 1.0 and fall < 4.0:
        return 0
    return 1 if way < 2.5 and fall < 12.0 else 2


@compiled
def short_rule(way: float, fall: float) -> int:
    """Which row of nodes is enough in u, where u grows by `way` times the smaller of alpha+start and beta+start and the
    integrand falls by exp(fall); 0 when none is."""
    if way < 0.03 and fall < 0.08:
        return SHORT
    if way < 0.1 and fall < 0.35:
        return SHORT + 1
    if way < 0.2 and fall < 0.8:
        return SHORT + 2
    return SHORT + 3 if way < 0.3 and fall < 1.6 else 0


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
    way = reach(shape, s, alpha, beta, start, stop)
    end = start + (low + start) * np.expm1(way)
    whole = shape * np.log((alpha + end) / (alpha + start)) + (s + 1.0) * np.log((beta + end) / (beta + start))
    rule = rule_for(way, whole)
    total = 0.0
    for k in range(COUNTS[rule]):
        y = way * nodes[rule, k]
        u = start + (low + start) * np.expm1(y)
        fall = shape * np.log((alpha + u) / (alpha + start)) + (s + 1.0) * np.log((beta + u) / (beta + start))
        total += shares[rule, k] * np.exp(y - fall)
    if total <= 0.0 or way <= 0.0:
        return -np.inf
    scale = np.log(s * (low + start) * way) - shape * np.log(alpha + start) - (s + 1.0) * np.log(beta + start)
    return float(scale + np.log(total))
