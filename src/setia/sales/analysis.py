"""The forecast from the firm's own history: columns in, an estimate out. Touches no table."""

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
