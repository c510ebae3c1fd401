"""Who leaves at a renewal: counts in, parameters of the analytics' contractual model out. Touches no table."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Lived(NamedTuple):
    """How many subscriptions made so many renewals; of those that `left`, the renewal at which they did."""

    renewals: int
    left: bool
    subscriptions: int


class Leaving(NamedTuple):
    """The chance of leaving is alpha / (alpha + beta + n) at the renewal after n; nothing where there is too little."""

    subscriptions: int
    left: int
    alpha: float | None
    beta: float | None


class Point(NamedTuple):
    """The share expected to be there after so many renewals; 80 % of what not knowing the model exactly amounts to lies
    between `low` and `high`, None where that cannot be told."""

    renewals: int
    share: float
    low: float | None
    high: float | None


class Remaining(NamedTuple):
    """What those who still run are expected to pay from now on, discounted; the range as that of `Point`."""

    amount: float
    low: float | None
    high: float | None


COVERAGE = 0.8
_DRAWS = 400
_UNKNOWN = 5.0
"""A parameter known to a factor of e⁵ only: all leave about alike, and what is drawn from it says nothing."""


def leaving(lived: Iterable[Lived]) -> Leaving:
    """Fit the shifted beta-geometric model (Fader & Hardie 2007) to how long subscriptions lasted.

    At least 30 subscriptions of which 5 left are needed, and a fit that came to its end.
    """
    rows = list(lived)
    total = sum(one.subscriptions for one in rows)
    gone = sum(one.subscriptions for one in rows if one.left)
    model = _fitted(rows)
    if model is None:
        return Leaving(total, gone, None, None)
    return Leaving(total, gone, model.parameters["alpha"], model.parameters["beta"])


def curve(lived: Iterable[Lived], *, until: int) -> list[Point]:
    """The share of new subscriptions still there after 0 … `until` renewals, by the model; empty without one."""
    model = _fitted(list(lived))
    if model is None:
        return []
    found = model.curve(range(until + 1), coverage=COVERAGE).to_pylist()
    return [Point(one["period"], one["survival"], _told(one["low"]), _told(one["high"])) for one in found]


def remaining(lived: Iterable[Lived], pays: Mapping[int, float], *, discount: float) -> Remaining | None:
    """What is still to come from subscriptions that run: `pays` says, by renewals made, what they pay each period.

    The next renewal counts whole, each later one less by `discount` a period (Fader & Hardie 2010). The range comes
    from drawing the model's parameters as the fit leaves them uncertain; of a few subscriptions chance takes more.
    """
    import numpy as np

    model = _fitted(list(lived))
    if model is None or not pays:
        return None
    made, money = np.array(list(pays), dtype=np.float64), np.array(list(pays.values()), dtype=np.float64)
    amount = float(model.remaining(made, discount) @ money)
    if model.covariance is None or max(np.diag(np.array(model.covariance))) > _UNKNOWN**2:
        return Remaining(amount, None, None)
    middle = np.log(list(model.parameters.values()))
    draws = np.exp(np.random.default_rng(1).multivariate_normal(middle, np.array(model.covariance), _DRAWS))
    amounts = [float(model.given(alpha=a, beta=b).remaining(made, discount) @ money) for a, b in draws]
    if not np.isfinite(amounts).all():
        return Remaining(amount, None, None)
    low, high = np.quantile(amounts, (0.5 - COVERAGE / 2, 0.5 + COVERAGE / 2))
    return Remaining(amount, min(float(low), amount), max(float(high), amount))


def _fitted(rows: Sequence[Lived]) -> Any:
    """The model of how long these lasted; None where they are too few, or lasted in no way it could find."""
    # Here and not above: the pages start without the libraries that count.
    from setia_insight.contract import ShiftedBetaGeometric
    from setia_insight.errors import NotEnoughData

    try:
        model = ShiftedBetaGeometric().fit(
            [one.renewals for one in rows], [one.left for one in rows], [one.subscriptions for one in rows]
        )
    except NotEnoughData:
        return None
    return model if model.ended in ("CONVERGED", "SAME_RISK") else None


def _told(value: float) -> float | None:
    return None if math.isnan(value) else value
