"""Pipelines whose truth is known: opportunities arrive, stay for days that follow no exponential, move, end.

Stays are Weibull by stage and way (a wait shortens or lengthens what is left of it), amounts are log-normal, and the
day of the decision that people enter is what they hope for. The estimate knows none of it.
"""

from dataclasses import dataclass

import numpy as np

from setia.sales.estimating import CENSORED, Ints, Open, Outlook, Spells, fit, forecast

TYPED = (0.10, 0.25, 0.50, 0.75)
"""What the firm believes of its four stages."""
TRUE_ONWARD = (0.52, 0.60, 0.66, 0.72)
"""What holds: of those leaving a stage, how many go on; from the last, how many are won."""
SCALE = (9.0, 16.0, 21.0, 12.0)
BEND = (0.9, 1.4, 1.2, 1.1)
HORIZON = (30, 60, 90)


@dataclass(frozen=True)
class Cut:
    """A pipeline on one day: the stays so far, what is open, what people hoped, and what came of it later."""

    spells: Spells
    there: Open
    hoped: Ints
    came: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"


def pipeline(random: np.random.Generator, *, a_day: float = 1.5, days: int = 540) -> Cut:
    """A pipeline after so many days, and what of today's open ones was won within each period of `HORIZON`."""
    stays: list[tuple[int, int, int]] = []
    there: list[tuple[int, int, float, int]] = []
    came = np.zeros(len(HORIZON))
    stages = len(TYPED)
    lean = random.normal(0, 0.25, stages)  # each firm is better here and worse there
    for day in range(days):
        for _one in range(random.poisson(a_day)):
            amount, at, stage = float(random.lognormal(16, 0.8)), float(day), 0
            seen: tuple[int, int] | None = None
            while True:
                stay = SCALE[stage] * float(random.weibull(BEND[stage]))
                onward = random.random() < 1 / (
                    1 + np.exp(-np.log(TRUE_ONWARD[stage] / (1 - TRUE_ONWARD[stage])) - lean[stage])
                )
                if onward and stage == 1 and random.random() < 0.1:
                    way = 0  # a step back
                else:
                    way = (stage + 1 if stage + 1 < stages else stages) if onward else stages + 1
                if seen is None and at + stay > days:
                    stays.append((stage, int(days - at), CENSORED))
                    seen = (stage, int(days - at))
                elif seen is None:
                    stays.append((stage, round(stay), way))
                at += stay
                if way >= stages:
                    break
                stage = way
            if seen is not None:
                hoped = int(random.integers(5, 100))
                there.append((*seen, amount, hoped))
                if way == stages:
                    place = int(np.searchsorted(HORIZON, at - days))
                    if place < len(HORIZON):
                        came[place] += amount
    spells = np.array(stays, dtype=np.int64).reshape(-1, 3)
    return Cut(
        Spells(spells[:, 0], spells[:, 1], spells[:, 2]),
        Open(
            np.array([one[0] for one in there], dtype=np.int64),
            np.array([one[1] for one in there], dtype=np.int64),
            np.array([one[2] for one in there], dtype=np.float64),
        ),
        np.array([one[3] for one in there], dtype=np.int64),
        came,
    )


@dataclass(frozen=True)
class BackTest:
    """Over many pipelines: how often the truth lay in the interval, and how far each way of counting was off."""

    pipelines: int
    covered: float
    covered_total: float
    error: float
    error_by_stage: float
    bias: float
    bias_by_stage: float


def back_test(pipelines: int, *, seed: int, draws: int = 200, level: float = 0.8) -> BackTest:
    """Estimate many pipelines and compare with what came. Errors are of the 90-day sum, as a share of what came."""
    random = np.random.default_rng(seed)
    inside: list[float] = []
    inside_total: list[float] = []
    off, off_by_stage, came_in_all = [], [], []
    for number in range(pipelines):
        cut = pipeline(random)
        found: Outlook = forecast(fit(cut.spells, TYPED), cut.there, HORIZON, seed=number, draws=draws, level=level)
        inside += list((found.low <= cut.came) & (cut.came <= found.high))
        inside_total.append(found.total[1] <= cut.came.sum() <= found.total[2])
        within = cut.hoped <= HORIZON[-1]
        by_stage = float((cut.there.amount * np.asarray(TYPED)[cut.there.stage])[within].sum())
        off.append(found.total[0] - cut.came.sum())
        off_by_stage.append(by_stage - cut.came.sum())
        came_in_all.append(cut.came.sum())
    whole = float(np.sum(came_in_all))
    return BackTest(
        pipelines,
        float(np.mean(inside)),
        float(np.mean(inside_total)),
        float(np.abs(off).sum() / whole),
        float(np.abs(off_by_stage).sum() / whole),
        float(np.sum(off) / whole),
        float(np.sum(off_by_stage) / whole),
    )
