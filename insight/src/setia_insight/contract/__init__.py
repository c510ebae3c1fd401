"""Customers under contract, who say so when they leave: renewal curves, the risk of the next period, what drives it.

`ShiftedBetaGeometric` needs nothing but when each contract ended, and `renewal_curves` draws each cohort by it: what
happened, and what is to come with an interval. `Survival` reads what is known about the customer and follows the risk
from period to period; `Risk` answers for a snapshot: who of today's customers is about to leave.
"""

from setia_insight.contract._curves import renewal_curves
from setia_insight.contract._shifted import ShiftedBetaGeometric
from setia_insight.contract._survival import Risk, Survival

__all__ = ["Risk", "ShiftedBetaGeometric", "Survival", "renewal_curves"]
