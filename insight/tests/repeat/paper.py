"""What the tests of both models share: the likelihood as the papers print it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import betaln, gammaln

from setia_insight.repeat import BetaGeometricNBD, ModifiedBetaGeometricNBD

Model = type[BetaGeometricNBD] | type[ModifiedBetaGeometricNBD]
BOTH = pytest.mark.parametrize("model", [BetaGeometricNBD, ModifiedBetaGeometricNBD])


def log_likelihood(x: int, t_x: float, T: float, r: float, alpha: float, a: float, b: float, extra: int) -> float:
    """The likelihood of one history as the papers print it."""
    m = x + extra
    stays = betaln(a, b + m) - betaln(a, b) - (r + x) * math.log(alpha + T)
    both = stays
    if m > 0:
        left = betaln(a + 1, b + m - 1) - betaln(a, b) - (r + x) * math.log(alpha + t_x)
        both = float(np.logaddexp(stays, left))
    return float(gammaln(r + x) - gammaln(r) + r * math.log(alpha) + both)
