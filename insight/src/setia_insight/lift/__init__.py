"""Did an action change anything? Differences with intervals, checks of the assignment, and whom it moves most.

Everything compares customers who were eligible and drawn by lot: treated beside held out. `difference` answers with an
interval, `ratio_mismatch` says when the lot was not fair and there is no answer, `boundary` lets one look early without
fooling oneself, and `Uplift` ranks customers by how much the action changes them, judged by `qini`.
"""

from setia_insight.lift._effect import MISMATCH_BELOW, Effect, boundary, difference, ratio_mismatch
from setia_insight.lift._uplift import Uplift, qini, qini_curve

__all__ = ["MISMATCH_BELOW", "Effect", "Uplift", "boundary", "difference", "qini", "qini_curve", "ratio_mismatch"]
