"""The forecast from the firm's own history, and what experiments show: columns in, an estimate out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from setia.sales.queries import History

MOST_AT_ONCE = 50_000
"""Open opportunities above which fewer futures are drawn: the sum of many needs fewer to be told as well."""


class Estimate(NamedTuple):
    """As `models.Forecast` keeps it."""

    exits: int
    opportunities: int
    months: list[dict[str, Any]]
    total: dict[str, float]
    stages: list[dict[str, Any]]


def estimate(history: "History", months: Sequence[tuple[str, int]]) -> Estimate:
    """What open opportunities bring in each of some months, given as (name, in how many days it is over).

    The interval is where eight of ten futures fall. The same history gives the same answer.
    """
    # Here and not above: the pages start without the libraries that count.
    import numpy as np

    from setia.sales.estimating import Open, Spells, chances, fit, forecast

    stays = np.array(history.stays, dtype=np.int64).reshape(-1, 4)
    rates = fit(Spells(stays[:, 0], stays[:, 1], stays[:, 2], stays[:, 3]), history.probability)
    there = Open(
        np.array([one[0] for one in history.there], dtype=np.int64),
        np.array([one[1] for one in history.there], dtype=np.int64),
        np.array([one[2] for one in history.there], dtype=np.float64),
    )
    draws = 400 if len(history.there) <= MOST_AT_ONCE else 100
    found = forecast(rates, there, [days for _name, days in months], draws=draws)
    won, stay = chances(rates)
    return Estimate(
        rates.exits,
        len(history.there),
        [
            {
                "month": name,
                "expected": round(float(found.expected[place]), 2),
                "low": round(float(found.low[place]), 2),
                "high": round(float(found.high[place]), 2),
                "won": round(float(found.won[place]), 3),
            }
            for place, (name, _days) in enumerate(months)
        ],
        {name: round(value, 2) for name, value in zip(("expected", "low", "high"), found.total, strict=True)},
        [
            {"stage": key, "won": round(float(won[place]), 4), "days": int(stay[place])}
            for place, key in enumerate(history.keys)
        ],
    )


LEAST = 30
"""So many customers, at least, on either side; below, nothing is claimed."""
LEAST_HITS = 5
"""So many successes, and so many without, where success is a yes or no: intervals of fewer are too narrow."""
LEAST_PEOPLE = 3
"""So many colleagues on either side where it goes by person: their customers are not independent of each other."""


def weigh(
    outcome: Sequence[float], treated: Sequence[bool], people: Sequence[int | None], *, percent: int | None
) -> dict[str, Any]:
    """Weigh what happened. `percent` is the share drawn by lot; None where the way went by person.

    `state` says SHOWN (with `difference`, `low` and `high`, in the outcome's own unit per customer), TOO_FEW, or
    UNFAIR: sizes that a fair lot would hardly give, so somebody was lost on one side and nothing is claimed. By person,
    each colleague counts once, by the mean of their customers, so that one good seller is not taken for many.
    """
    # Here and not above: the pages start without the libraries that count.
    from setia_insight.lift import MISMATCH_BELOW, difference, ratio_mismatch

    sides = {True: [0, 0.0], False: [0, 0.0]}
    for value, new in zip(outcome, treated, strict=True):
        sides[new][0] += 1
        sides[new][1] += value
    found: dict[str, Any] = {
        "treated": int(sides[True][0]),
        "held": int(sides[False][0]),
        "treated_mean": sides[True][1] / sides[True][0] if sides[True][0] else 0.0,
        "held_mean": sides[False][1] / sides[False][0] if sides[False][0] else 0.0,
    }
    if min(found["treated"], found["held"]) < LEAST:
        return found | {"state": "TOO_FEW"}
    if set(outcome) <= {0.0, 1.0} and not LEAST_HITS <= sum(outcome) <= len(outcome) - LEAST_HITS:
        return found | {"state": "TOO_FEW"}
    if percent is None:
        means: dict[tuple[int | None, bool], list[float]] = defaultdict(list)
        for value, new, person in zip(outcome, treated, people, strict=True):
            means[person, new].append(value)
        outcome = [sum(values) / len(values) for values in means.values()]
        treated = [new for _person, new in means]
        if min(sum(treated), len(treated) - sum(treated)) < LEAST_PEOPLE:
            return found | {"state": "TOO_FEW"}
    elif ratio_mismatch([found["treated"], found["held"]], [percent, 100 - percent]) < MISMATCH_BELOW:
        return found | {"state": "UNFAIR"}
    effect = difference(outcome, treated)
    return found | {
        "state": "SHOWN",
        "difference": effect.difference,
        "low": effect.low,
        "high": effect.high,
        "p_value": effect.p_value,
    }
