"""What a customer is worth: money per purchase (Gamma-Gamma), spend over a horizon with an interval, lifetime value.

The number of purchases comes from a fitted model of `setia_insight.repeat`, the money of each from `GammaGamma`. Both
are probability models of the firm's own customers; their intervals cover what customers do by chance, not an error in
the parameters, which with a few thousand customers is small beside it.
"""

from setia_insight.value._gamma_gamma import ENDINGS, GammaGamma, weak_prior
from setia_insight.value._spend import lifetime, spend

__all__ = ["ENDINGS", "GammaGamma", "lifetime", "spend", "weak_prior"]
