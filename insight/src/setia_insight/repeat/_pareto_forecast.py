"""Pareto/NBD: the chances it gives, of being active, of a purchase, of when it comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setia_insight._jit import compiled
from setia_insight.repeat._history import History, distinct
from setia_insight.repeat._leaving import FINE_NODES, FINE_SHARES, NODES, SHARES, left_between


def active_and_expected(
    history: History, values: tuple[float, ...], horizon: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P(active at T), and expected purchases in (T, T + horizon] as things stand; once per distinct history."""
    kind, first, _ = distinct(history)
    some = History(history.x[first], history.recency[first], history.age[first], history.time)
    r, alpha, s, beta = values
    active = _active(some.x, some.recency, some.age, some.time, r, alpha, s, beta, NODES, SHARES)
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
    active = _active(x, recency, age, time, r, alpha, s, beta, NODES, SHARES)
    found = _at_least(x, age, time, active, r, alpha, s, beta, horizon, most, FINE_NODES, FINE_SHARES)
    return found[kind]


def returns_of(history: History, values: tuple[float, ...], horizon: float) -> NDArray[np.float64]:
    """P(a purchase within the horizon) of each customer, were the customer active."""
    r, alpha, s, beta = values
    return returns_within(history.x, history.age, history.time, r, alpha, s, beta, horizon, NODES, SHARES)


def waits_of(
    history: History, values: tuple[float, ...], horizon: float, goal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """When the chance of a purchase reaches `goal`."""
    r, alpha, s, beta = values
    return waits(history.x, history.age, history.time, r, alpha, s, beta, horizon, goal, NODES, SHARES)
