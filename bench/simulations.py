"""Are the parameters found, and do the intervals hold the truth as often as they say?

`python -m bench.simulations` draws shops of customers from each model's own story, fits the model to each, and counts
how often the 80 % and 95 % intervals hold the truth; and it runs campaigns that do nothing, to count the false alarms.
Answers go to insight/docs/proofs.md, with the seed. Each replicate of a model has a seed sequence of its own (seed,
model, replicate), so a single one can be drawn again. What counts is exact time; how much is lost by counting days is a
row of its own.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.proofs import keep, table
from setia_insight import lift
from setia_insight.contract import ShiftedBetaGeometric
from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD, ParetoNBD
from setia_insight.value import GammaGamma

COVERAGES = (0.80, 0.95)
POINTS = 0.03
"""How far the share of intervals that hold may be from what they say."""

Floats = NDArray[np.float64]
History = tuple[NDArray[np.int64], Floats, Floats]

_ASKED = ([0, 1, 4], [0.0, 20.0, 38.0], [40.0, 40.0, 40.0])
"""Histories whose expected purchases in the coming 40 weeks are a test of the forecast's interval."""


def bg(rng: np.random.Generator, n: int, true: dict[str, float], *, at_once: bool) -> History:
    """Customers of BG/NBD, or of MBG/NBD (who may leave `at_once`), watched for 10 to 80 weeks."""
    rate, leaving = rng.gamma(true["r"], 1 / true["alpha"], n), rng.beta(true["a"], true["b"], n)
    age = rng.uniform(10, 80, n)
    x, t_x, now = np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
    who = np.flatnonzero(rng.random(n) >= leaving) if at_once else np.arange(n)
    while len(who):
        now[who] += rng.exponential(size=len(who)) / rate[who]
        who = who[now[who] <= age[who]]
        x[who] += 1
        t_x[who] = now[who]
        who = who[rng.random(len(who)) >= leaving[who]]
    return x, t_x, age


def pareto(rng: np.random.Generator, n: int, true: dict[str, float]) -> History:
    """Customers of Pareto/NBD, watched for 20 to 60 weeks."""
    rate, life = (
        rng.gamma(true["r"], 1 / true["alpha"], n),
        rng.exponential(1 / rng.gamma(true["s"], 1 / true["beta"], n)),
    )
    age = rng.uniform(20, 60, n)
    active = np.minimum(life, age)
    x = rng.poisson(rate * active)
    return x, np.where(x > 0, active * rng.random(n) ** (1.0 / np.maximum(x, 1)), 0.0), age


def by_day(history: History) -> History:
    """The same counted in days, one purchase a day at the most being left aside: a moment falls on the day after."""
    x, t_x, exact = history
    age = np.ceil(exact * 7)
    return x, np.where(x > 0, np.clip(np.ceil(t_x * 7), 1, age), 0.0) / 7, age / 7


def money(rng: np.random.Generator, n: int, true: dict[str, float]) -> tuple[NDArray[np.int64], Floats]:
    """Repeat purchases and their mean money."""
    x = rng.poisson(rng.gamma(0.8, 3.0, n))
    nu = rng.gamma(true["q"], 1 / true["gamma"], n)
    return x, np.where(x > 0, rng.gamma(np.maximum(true["p"] * x, 1e-9)) / nu / np.maximum(x, 1), 0.0)


def contracts(rng: np.random.Generator, n: int, true: dict[str, float]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Renewals of contracts that began up to eight periods ago."""
    ended, seen = rng.geometric(rng.beta(true["alpha"], true["beta"], n)), rng.integers(1, 9, n)
    return np.minimum(ended, seen), ended <= seen


@dataclass(frozen=True)
class Trial:
    """A model, its truth, how to draw data for it, and whether it forecasts purchases."""

    name: str
    model: Any
    true: dict[str, float]
    draw: Callable[[np.random.Generator, int, dict[str, float]], tuple[Any, ...]]
    forecasts: bool = False


_BG = {"r": 0.6, "alpha": 7.0, "a": 0.9, "b": 2.5}
_PARETO = {"r": 0.6, "alpha": 7.0, "s": 0.7, "beta": 12.0}
TRIALS = (
    Trial("BG/NBD", BetaGeometricNBD(), _BG, lambda g, n, t: bg(g, n, t, at_once=False), True),
    Trial("MBG/NBD", ModifiedBetaGeometricNBD(), _BG, lambda g, n, t: bg(g, n, t, at_once=True), True),
    Trial("Pareto/NBD", ParetoNBD(), _PARETO, pareto, True),
    Trial("Pareto/NBD, counted in days", ParetoNBD(), _PARETO, lambda g, n, t: by_day(pareto(g, n, t)), True),
    Trial("Gamma-Gamma", GammaGamma(), {"p": 6.0, "q": 4.0, "gamma": 15.0}, money),
    Trial("shifted beta-geometric", ShiftedBetaGeometric(), {"alpha": 0.8, "beta": 3.0}, contracts),
)


@dataclass(frozen=True)
class Found:
    """Of one quantity of one model: the truth, the mean estimate, and the share of intervals that held."""

    name: str
    true: float
    mean: float
    deviation: float
    error: float
    """The mean of the standard errors the fits reported; NaN for forecasts."""
    held: tuple[float, ...]

    @property
    def within(self) -> bool:
        return all(abs(share - said) <= POINTS for share, said in zip(self.held, COVERAGES, strict=True))


def run(trial: Trial, number: int, *, replicates: int, customers: int, seed: int) -> tuple[list[Found], int]:
    """Draw, fit and count; the second answer is the number of fits that did not converge."""
    names, lost = list(trial.true), 0
    truth = [trial.true[name] for name in names]
    if trial.forecasts:
        told = type(trial.model).given(**trial.true).expected_purchases(*_ASKED, 40.0)
        names += [f"purchases of one with x = {x}" for x in _ASKED[0]]
        truth += told.tolist()
    estimates, errors, held = [], [], []
    for k in range(replicates):
        rng = np.random.default_rng(np.random.SeedSequence([seed, number, k]))
        fitted = trial.model.fit(*trial.draw(rng, customers, trial.true))
        if not fitted.converged:
            lost += 1
            continue
        values, wide = list(fitted.parameters.values()), list(fitted.standard_errors.values())
        ends = [list(fitted.intervals(coverage).values()) for coverage in COVERAGES]
        if trial.forecasts:
            for coverage, some in zip(COVERAGES, ends, strict=True):
                said = fitted.predict(*_ASKED, 40.0, coverage=coverage)
                some += list(zip(said["low"].to_pylist(), said["high"].to_pylist(), strict=True))
            values += said["expected_purchases"].to_pylist()
            wide += [math.nan] * len(_ASKED[0])
        estimates.append(values)
        errors.append(wide)
        held.append([[low < t < high for t, (low, high) in zip(truth, some, strict=True)] for some in ends])
    mean, spread, wide = np.mean(estimates, axis=0), np.std(estimates, axis=0, ddof=1), np.mean(errors, axis=0)
    shares = np.mean(held, axis=0)
    return [
        Found(name, truth[i], mean[i], spread[i], wide[i], tuple(shares[:, i].tolist())) for i, name in enumerate(names)
    ], lost


def campaigns(*, count: int, seed: int) -> list[tuple[str, float, float]]:
    """Campaigns that do nothing: what was looked at, the share called effective at 5 %, the share whose 80 % interval
    holds 0."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 99]))
    alarms = {"revenue": [0, 0], "revenue, with the past (CUPED)": [0, 0], "visits of 1 in 20": [0, 0]}
    for _campaign in range(count):
        past = rng.gamma(0.5, 100.0, 2_000)
        spent = 0.5 * past + rng.gamma(0.5, 60.0, 2_000)
        visit = rng.random(2_000) < 0.05
        lot = rng.permutation(2_000) < 1_000
        for name, outcome, before in (
            ("revenue", spent, None),
            ("revenue, with the past (CUPED)", spent, past),
            ("visits of 1 in 20", visit.astype(float), None),
        ):
            found = lift.difference(outcome, lot, before=before, coverage=0.8)
            alarms[name][0] += found.p_value < 0.05
            alarms[name][1] += found.low < 0 < found.high
    return [(name, wrong / count, holds / count) for name, (wrong, holds) in alarms.items()]


def main() -> int:
    """Run all and keep the tables; exit code 1 when something is not within what was asked."""
    parser = argparse.ArgumentParser(prog="bench.simulations", description=__doc__)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--campaigns", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20_261)
    parser.add_argument("--no-page", action="store_true", help="print only")
    wanted = parser.parse_args()
    rows, missed = [], 0
    begun = time.process_time()
    for number, trial in enumerate(TRIALS):
        found, lost = run(trial, number, replicates=wanted.replicates, customers=wanted.customers, seed=wanted.seed)
        for one in found:
            missed += not one.within and trial.name != "Pareto/NBD, counted in days"
            error = "" if math.isnan(one.error) else f"{one.error:.4g}"
            shares = [f"{100 * share:.1f} %" for share in one.held]
            rows.append([trial.name, one.name, f"{one.true:.4g}", f"{one.mean:.4g}", f"{one.deviation:.3g}", error])
            rows[-1] += [*shares, "yes" if one.within else "no"]
            print(" ".join(rows[-1]), flush=True)
        if lost:
            print(f"{trial.name}: {lost} fits without a maximum", flush=True)
            rows.append([trial.name, f"{lost} fits found no maximum", "", "", "", "", "", "", ""])
    head = ["model", "what", "truth", "mean estimate", "its deviation", "mean standard error said"]
    head += ["80 % held", "95 % held", "within 3 points"]
    chance = [100 * math.sqrt(share * (1 - share) / wanted.replicates) for share in COVERAGES]
    lines = [
        f"`python -m bench.simulations --seed {wanted.seed}`: {wanted.replicates:,} shops of {wanted.customers:,} "
        "customers drawn from each model, the model fitted to each. Intervals are those of `intervals` and of "
        "`predict(…, coverage=…)`. Asked for: within 3 points of what they say. Chance alone moves a share by "
        f"{chance[0]:.1f} (80 %) and {chance[1]:.1f} points (95 %), one standard error.",
        "",
        *table(head, rows),
        "",
        f"Campaigns that do nothing, {wanted.campaigns:,} of 2,000 customers, half of them treated. Asked for: 5 % ± "
        "1.5 of false alarms.",
        "",
    ]
    idle = []
    for name, wrong, holds in campaigns(count=wanted.campaigns, seed=wanted.seed):
        good = abs(wrong - 0.05) <= 0.015
        missed += not good
        idle.append([name, f"{100 * wrong:.1f} %", f"{100 * holds:.1f} %", "yes" if good else "no"])
        print(" ".join(idle[-1]), flush=True)
    lines += table(["outcome", "called effective at 5 %", "80 % interval holds 0", "within 1.5 points"], idle)
    lines += ["", f"{time.process_time() - begun:.0f} s of processor in all."]
    if not wanted.no_page:
        keep("Simulations", lines)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
