"""Load the demo shop, take it out again. A module per verb; this is the room's public face."""

from setia.demo.actions.load import AlreadyLoaded, HasRealData, Loaded, OtherCurrency, load
from setia.demo.actions.login import login
from setia.demo.actions.remove import NothingLoaded, Removed, remove
from setia.demo.history import TooFewOrders

__all__ = [
    "AlreadyLoaded",
    "HasRealData",
    "Loaded",
    "NothingLoaded",
    "OtherCurrency",
    "Removed",
    "TooFewOrders",
    "load",
    "login",
    "remove",
]
