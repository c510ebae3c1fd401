"""What is believed of a model's parameters before its data are seen: for shops too small to speak for themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setia_insight.errors import BadInput

Prior = Mapping[str, tuple[float, float]]
"""Parameter name to (typical value, spread): its logarithm is normal around ln(typical) with that deviation."""


@dataclass(frozen=True)
class Belief:
    """A normal prior on the logarithms: its log-density, slope and curvature in the parameters themselves."""

    centre: NDArray[np.float64]
    precision: NDArray[np.float64]

    @classmethod
    def of(cls, prior: Prior, names: tuple[str, ...]) -> Belief:
        if unknown := sorted(set(prior) - set(names)):
            raise BadInput(f"the prior names {', '.join(unknown)}; the parameters are {', '.join(names)}")
        centre, precision = np.zeros(len(names)), np.zeros(len(names))
        for name, (typical, spread) in prior.items():
            if not (math.isfinite(typical) and typical > 0 and math.isfinite(spread) and spread > 0):
                raise BadInput(f"the prior of {name} needs a positive typical value and spread")
            centre[names.index(name)], precision[names.index(name)] = math.log(typical), spread**-2
        return cls(centre, precision)

    def __call__(self, values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        away = np.log(values) - self.centre
        slope = -self.precision * away / values
        return float(-0.5 * self.precision @ away**2), slope, (-self.precision / values - slope) / values
