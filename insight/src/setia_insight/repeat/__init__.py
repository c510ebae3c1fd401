"""Who comes back, and when: BG/NBD and MBG/NBD, fitted by maximum likelihood.

`x`, `t_x` and `T` come from `setia_insight.summary`, in days or (divided by 7) in weeks; every time in and out of a
model is in the unit it was fitted in.
"""

from setia_insight.repeat._model import (
    ENDINGS,
    UNIT_DAYS,
    BetaGeometricNBD,
    ModifiedBetaGeometricNBD,
    load,
)

__all__ = ["ENDINGS", "UNIT_DAYS", "BetaGeometricNBD", "ModifiedBetaGeometricNBD", "load"]
