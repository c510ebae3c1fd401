"""How the chance that one customer is still active went, from purchase to purchase, by the model the risk rests on.

That model is the MBG/NBD of the latest refresh: it allows a customer to leave after any purchase, the first one too.
BG/NBD says 1 of everyone who bought once, whatever the silence since, and is never asked here. The model is today's,
also for the days that are past: the line says what is known now about then, not what was said then.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setia.portraits.analysis.fitting import Models
from setia.portraits.analysis.rhythm import purchase_days
from setia.portraits.analysis.shop import Shop
from setia_insight.window import day_number, day_of

LATEST = 40
"""Purchase days followed; of a customer with more, the latest so many."""
BETWEEN = 8
"""Points of the line within one gap."""
AHEAD_DAYS = 730
"""How far ahead it is looked for the day on which the chance falls below one in two."""


@dataclass(frozen=True)
class Bought:
    """A purchase day: the chance just before it (None at the very first) and with it."""

    day: dt.date
    before: float | None
    after: float


@dataclass(frozen=True)
class Alive:
    """`line` holds (day, chance) from the first purchase day followed to the as-of day."""

    purchases: list[Bought]
    all_days: int
    """Purchase days in all, also those before `purchases` begins."""
    line: list[tuple[dt.date, float]]
    now: float
    half_date: dt.date | None
    """The day on which the chance falls below one in two if nothing is bought; None if it has, or not within reach."""


def alive(shop: Shop, models: Models) -> Alive | None:
    """The chance over time of the one customer of `shop`; None without a model, or without a purchase."""
    days = purchase_days(shop).day
    if models.repeat is None or len(days) == 0:
        return None
    model, as_of = models.repeat, day_number(shop.as_of)

    def chances(place: NDArray[Any], on: NDArray[Any]) -> NDArray[np.float64]:
        """On days `on`, when the purchase at `place` was the latest."""
        return model.probability_alive(place, days[place] - days[0], on - days[0])

    first = max(len(days) - LATEST, 0)
    followed = np.arange(first, len(days))
    after = chances(followed, days[followed])
    before = chances(followed[followed > 0] - 1, days[followed[followed > 0]])
    fallen: list[float | None] = [None] * (len(followed) - len(before))
    fallen += before.tolist()

    ends = np.append(days[first + 1 :], as_of)
    place, on = [], []
    for at, end in zip(followed, ends, strict=True):
        steps = np.unique(np.linspace(days[at], end, BETWEEN + 2).astype(np.int64))
        place += [at] * len(steps)
        on += steps.tolist()
    line = chances(np.array(place), np.array(on))

    final = len(days) - 1
    ahead = chances(np.full(AHEAD_DAYS + 1, final), as_of + np.arange(AHEAD_DAYS + 1))
    low = np.flatnonzero(ahead < 0.5)
    return Alive(
        purchases=[
            Bought(day_of(days[at]), gone, float(there))
            for at, gone, there in zip(followed, fallen, after, strict=True)
        ],
        all_days=len(days),
        line=[(day_of(day), float(chance)) for day, chance in zip(on, line, strict=True)],
        now=float(ahead[0]),
        half_date=day_of(as_of + low[0]) if len(low) and low[0] > 0 else None,
    )
