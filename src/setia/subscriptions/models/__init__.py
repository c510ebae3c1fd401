"""The tables of this room, a module per subject."""

from setia.subscriptions.models.leaving import LeavingStudy
from setia.subscriptions.models.plans import Period, Plan
from setia.subscriptions.models.revenue import RevenueMove, RevenueTotal
from setia.subscriptions.models.subscriptions import Reason, Subscription, SubscriptionPeriod, SubscriptionStep
from setia.subscriptions.models.units import Unit, UnitService

__all__ = [
    "LeavingStudy",
    "Period",
    "Plan",
    "Reason",
    "RevenueMove",
    "RevenueTotal",
    "Subscription",
    "SubscriptionPeriod",
    "SubscriptionStep",
    "Unit",
    "UnitService",
]
