"""Who comes back, and when: BG/NBD, MBG/NBD and Pareto/NBD, fitted by maximum likelihood or with a prior.

`x`, `t_x` and `T` come from `setia_insight.summary`, in days or (divided by 7) in weeks; every time in and out of a
model is in the unit it was fitted in.
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import ArrayLike

from setia_insight._prior import Prior
from setia_insight.errors import BadInput
from setia_insight.repeat._base import ENDINGS, UNIT_DAYS, Repeat
from setia_insight.repeat._groups import Groups, by_group
from setia_insight.repeat._model import BetaGeometricNBD, ModifiedBetaGeometricNBD
from setia_insight.repeat._pareto_model import ParetoNBD

__all__ = [
    "ENDINGS",
    "MODELS",
    "UNIT_DAYS",
    "BetaGeometricNBD",
    "Groups",
    "ModifiedBetaGeometricNBD",
    "ParetoNBD",
    "Prior",
    "Repeat",
    "by_group",
    "load",
    "weak_prior",
]

MODELS: tuple[type[Repeat], ...] = (BetaGeometricNBD, ModifiedBetaGeometricNBD, ParetoNBD)
"""The models there are."""


def weak_prior(model: type[Repeat] | Repeat, T: ArrayLike) -> Prior:
    """A prior for small shops: what shops usually look like, held so loosely that a few hundred customers outweigh it.

    `T` gives the time scale. Each parameter's logarithm has a standard deviation of 1 (times 1.5 where the parameter is
    a time, since the pace of trades differs more than its spread), around values between those published for shops.
    """
    scale = float(np.mean(np.asarray(T, dtype=np.float64)))
    if not scale > 0:
        raise BadInput("the ages T must have a mean above 0")
    typical = {"r": 0.6, "alpha": 0.25 * scale, "a": 0.8, "b": 2.5, "s": 0.6, "beta": 0.4 * scale}
    return {name: (typical[name], 1.5 if name in model.in_time else 1.0) for name in model.names}


def load(text: str) -> BetaGeometricNBD | ModifiedBetaGeometricNBD | ParetoNBD:
    """Whichever of the models the JSON text holds."""
    try:
        name = json.loads(text)["model"]
    except (KeyError, TypeError, json.JSONDecodeError) as problem:
        raise BadInput(f"this is not a model as JSON: {problem!r}") from problem
    if name == BetaGeometricNBD.__name__:
        return BetaGeometricNBD.from_json(text)
    if name == ParetoNBD.__name__:
        return ParetoNBD.from_json(text)
    return ModifiedBetaGeometricNBD.from_json(text)
