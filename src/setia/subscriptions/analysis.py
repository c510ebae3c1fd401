"""Who leaves at a renewal: counts in, parameters of the analytics' contractual model out. Touches no table."""

from collections.abc import Iterable
from typing import NamedTuple


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


def leaving(lived: Iterable[Lived]) -> Leaving:
    """Fit the shifted beta-geometric model (Fader & Hardie 2007) to how long subscriptions lasted.

    At least 30 subscriptions of which 5 left are needed, and a fit that came to its end.
    """
    # Here and not above: the pages start without the libraries that count.
    from setia_insight.contract import ShiftedBetaGeometric
    from setia_insight.errors import NotEnoughData

    rows = list(lived)
    total = sum(one.subscriptions for one in rows)
    gone = sum(one.subscriptions for one in rows if one.left)
    try:
        model = ShiftedBetaGeometric().fit(
            [one.renewals for one in rows], [one.left for one in rows], [one.subscriptions for one in rows]
        )
    except NotEnoughData:
        return Leaving(total, gone, None, None)
    if model.ended not in ("CONVERGED", "SAME_RISK"):
        return Leaving(total, gone, None, None)
    return Leaving(total, gone, model.parameters["alpha"], model.parameters["beta"])
