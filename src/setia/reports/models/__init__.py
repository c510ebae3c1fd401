"""The tables of reports, a module per subject."""

from setia.reports.models.best import BestBuyer
from setia.reports.models.bought import BuyerTally
from setia.reports.models.kept import KeptForecast
from setia.reports.models.owned import OwnedOrder
from setia.reports.models.saved import Mailing, SavedReport
from setia.reports.models.sold import SoldTally, UncountedDay

__all__ = [
    "BestBuyer",
    "BuyerTally",
    "KeptForecast",
    "Mailing",
    "OwnedOrder",
    "SavedReport",
    "SoldTally",
    "UncountedDay",
]
