"""What open opportunities will bring, estimated from how earlier ones went from stage to stage.

An opportunity stays in a stage for some days, and leaves it for another stage, by a win, or by a loss: competing risks.
Their rates depend on the stage and on how long it has been there already, and are constant within a stretch of age
(`EDGES`). What is still open counts as far as it has come (censoring), so a long wait without an end is evidence, too.

1. `fit` counts exits and days at risk by stage and stretch. Each rate has a Gamma distribution: the counts, and a prior
   worth a few exits which says what the whole stage says; the stage in its turn leans on all stages, and on the firm's
   own probabilities for where exits lead. With little history the answer is close to the firm's own; with much, to what
   happened (empirical Bayes shrinkage).
2. `forecast` draws rates from these distributions, works out for each stage and age when an opportunity is won (the
   renewal equation of the semi-Markov process, day by day), and draws for each open opportunity what becomes of it. The
   interval therefore holds both: that the rates are uncertain, and that the future is.

Pure: numpy in, numbers out; no table, no clock. Days are whole; money is in the firm's currency. Sources: Kalbfleisch
and Prentice, The Statistical Analysis of Failure Time Data, 2002, ch. 8 (competing risks, piecewise exponential rates);
Howard, Dynamic Probabilistic Systems II, 1971, ch. 10 (semi-Markov processes).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EDGES = (0, 7, 14, 30, 60, 120)
"""Where the stretches of age begin, in days; the last one has no end."""
STAGE_WORTH = 4.0
"""How many exits the prior of a stage's rate and of its ways out is worth."""
STRETCH_WORTH = 6.0
"""How many exits the prior of one stretch of age is worth."""
CENSORED = -1
LONGEST = 730
"""Days after which what is still open is taken to be lost."""


@dataclass(frozen=True)
class Spells:
    """Stays in a stage: the stage (0 …), whole days, and the way out: a stage, `won`, `lost` or `CENSORED`.

    `count` is how many were the same; left out, each stands for one.
    """

    stage: Ints
    days: Ints
    way: Ints
    count: Ints | None = None


@dataclass(frozen=True)
class Rates:
    """The distribution of each daily rate: Gamma with `shape[stage, stretch, way]` and `rate[stage, stretch]`."""

    shape: Floats
    rate: Floats
    exits: int

    @property
    def stages(self) -> int:
        """How many stages there are; `won` is the way with this number, `lost` the one after."""
        return int(self.shape.shape[0])

    def mean(self) -> Floats:
        """The expected rates, by stage, stretch and way."""
        return self.shape / self.rate[:, :, None]


@dataclass(frozen=True)
class Open:
    """Open opportunities: the stage each stands in, for how many days, and what it is worth."""

    stage: Ints
    age: Ints
    amount: Floats


@dataclass(frozen=True)
class Outlook:
    """What comes in by period: the expected sum, and the interval that `level` of all futures fall into."""

    expected: Floats
    low: Floats
    high: Floats
    total: tuple[float, float, float]
    won: Floats


def fit(spells: Spells, probability: Sequence[float]) -> Rates:
    """The rates, from stays and the firm's own probabilities of winning by stage (0–1, in the order of the stages)."""
    stages, ways = len(probability), len(probability) + 2
    edges = np.asarray(EDGES, dtype=np.float64)
    ends = np.append(edges[1:], np.inf)
    exits = np.zeros((stages, len(edges), ways))
    risk = np.zeros((stages, len(edges)))
    # Somebody who leaves on the day of entering was there for half a day.
    days = np.maximum(spells.days.astype(np.float64), 0.5)
    count = np.ones(len(days)) if spells.count is None else spells.count.astype(np.float64)
    for stretch, (begin, end) in enumerate(zip(edges, ends, strict=True)):
        stay = np.clip(np.minimum(days, end) - begin, 0, None)
        risk[:, stretch] = np.bincount(spells.stage, weights=stay * count, minlength=stages)[:stages]
        here = (days > begin) & (days <= end) & (spells.way != CENSORED)
        np.add.at(exits, (spells.stage[here], stretch, spells.way[here]), count[here])
    by_stage, at_risk = exits.sum(axis=(1, 2)), risk.sum(axis=1)
    overall = (by_stage.sum() + 1.0) / (at_risk.sum() + 30.0)
    pace = (by_stage + STAGE_WORTH) / (at_risk + STAGE_WORTH / overall)
    split = exits.sum(axis=1) + STAGE_WORTH * _usual_ways(probability)
    split /= split.sum(axis=1, keepdims=True)
    shape = exits + STRETCH_WORTH * split[:, None, :]
    rate = risk + STRETCH_WORTH / pace[:, None]
    return Rates(shape, rate, int(by_stage.sum()))


def forecast(
    rates: Rates, there: Open, ends: Sequence[int], *, seed: int = 1, draws: int = 400, level: float = 0.8
) -> Outlook:
    """What open opportunities bring until each of some days from now (`ends`, ascending), period by period.

    `draws` futures are drawn; with the same `seed` they are the same ones.
    """
    days = np.asarray(ends, dtype=np.int64)
    random = np.random.default_rng(seed)
    if not len(there.stage):
        nothing = np.zeros(len(days))
        return Outlook(nothing, nothing, nothing, (0.0, 0.0, 0.0), nothing)
    cells, place = _cells(there)
    expected, won = np.zeros(len(days)), np.zeros(len(days))
    sums = np.zeros((draws, len(days)))
    at_once = 50
    for first in range(0, draws, at_once):
        many = min(at_once, draws - first)
        drawn = random.gamma(rates.shape, size=(many, *rates.shape.shape)) / rates.rate[None, :, :, None]
        until = _won_until(drawn, cells, days)
        for one in range(many):
            chance = until[one][place]
            step = np.diff(chance, axis=1, prepend=0)
            expected += there.amount @ step / draws
            won += step.sum(axis=0) / draws
            when = (random.random(len(place))[:, None] >= chance).sum(axis=1)
            sums[first + one] = np.bincount(when, weights=there.amount, minlength=len(days) + 1)[: len(days)]
    tail = (1 - level) / 2
    low, high = np.quantile(sums, [tail, 1 - tail], axis=0)
    whole = np.quantile(sums.sum(axis=1), [tail, 1 - tail])
    return Outlook(expected, low, high, (float(expected.sum()), float(whole[0]), float(whole[1])), won)


def chances(rates: Rates) -> tuple[Floats, Floats]:
    """By stage: how likely one that has just entered is won in the end, and its median stay in days."""
    mean = rates.mean()[None]
    leave, stay = _leaving(mean, np.arange(rates.stages), np.zeros(rates.stages, dtype=np.int64), LONGEST)
    ways = leave[0].sum(axis=2)
    between, wins = ways[:, : rates.stages], ways[:, rates.stages]
    won = np.linalg.solve(np.eye(rates.stages) - between, wins)
    median = (stay[0] > 0.5).sum(axis=1).astype(np.float64)
    return np.clip(won, 0, 1), median


def _usual_ways(probability: Sequence[float]) -> Floats:
    """Where exits lead if the firm's own probabilities hold: to the next stage, the last one to a win, else a loss."""
    stages = len(probability)
    ways = np.zeros((stages, stages + 2))
    for stage, here in enumerate(probability):
        after = probability[stage + 1] if stage + 1 < stages else 1.0
        onward = float(np.clip(here / after if after > 0 else 0.0, 0.02, 0.98))
        ways[stage, stage + 1 if stage + 1 < stages else stages] = onward
        ways[stage, stages + 1] = 1 - onward
    return ways


def _cells(there: Open) -> tuple[tuple[Ints, Ints], Ints]:
    """The different (stage, age) of open ones, ages beyond four weeks by the week, and for each which one it is."""
    age = np.minimum(there.age, EDGES[-1])
    age = np.where(age > 28, age // 7 * 7, age)
    pairs, place = np.unique(np.stack([there.stage, age]), axis=1, return_inverse=True)
    return (pairs[0], pairs[1]), np.asarray(place).reshape(-1)


def _leaving(drawn: Floats, stage: Ints, age: Ints, days: int) -> tuple[Floats, Floats]:
    """Who stands in `stage` since `age` days: the chance to leave by each way on each of the next days, and to stay.

    Shapes: (draws, cells, ways, days) and (draws, cells, days).
    """
    reach = age[:, None] + np.arange(days)
    stretch = np.searchsorted(np.asarray(EDGES), reach, side="right") - 1
    rates = drawn[:, stage[:, None], stretch, :]
    all_ways = rates.sum(axis=-1)
    stays = np.exp(-np.cumsum(all_ways, axis=-1))
    before = np.concatenate([np.ones_like(stays[..., :1]), stays[..., :-1]], axis=-1)
    leaves = (before - stays) / np.maximum(all_ways, 1e-300)
    return np.moveaxis(rates * leaves[..., None], -1, -2), stays


def _won_until(drawn: Floats, cells: tuple[Ints, Ints], ends: Ints) -> Floats:
    """For each draw and cell, the chance to be won within each of `ends` days: (draws, cells, ends)."""
    stages, horizon = drawn.shape[1], int(ends.max(initial=1))
    fresh = np.arange(stages)
    leave, _stay = _leaving(drawn, fresh, np.zeros(stages, dtype=np.int64), horizon)
    between, wins = leave[:, :, :stages, :], leave[:, :, stages, :]
    # `won[…, t]`: won on the t-th day after entering; a stage left on day u goes on from there.
    won = np.zeros_like(wins)
    for day in range(horizon):
        won[..., day] = wins[..., day]
        if day:
            # left for s' on day u (0 …), won day - 1 - u days after that
            later = won[:, :, :day][:, :, ::-1]
            won[..., day] += np.einsum("rspu,rpu->rs", between[..., :day], later, optimize=True)
    until = np.concatenate([np.zeros_like(won[..., :1]), np.cumsum(won, axis=-1)], axis=-1)
    leave, _stay = _leaving(drawn, *cells, horizon)
    out, direct = leave[:, :, :stages, :], np.cumsum(leave[:, :, stages, :], axis=-1)
    answer = np.empty((drawn.shape[0], len(cells[0]), len(ends)))
    for place, end in enumerate(int(one) for one in ends):
        rest = until[:, :, :end][:, :, ::-1]
        onward: Any = np.einsum("rcpu,rpu->rc", out[..., :end], rest, optimize=True)
        answer[..., place] = direct[..., end - 1] + onward
    return np.clip(answer, 0, 1)
