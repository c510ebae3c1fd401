"""What people do on the way, taken in once each: `receive` is the door, the verbs behind it a module per subject."""

from setia.sales.actions.field.others import CostsOtherwise, NothingSaid
from setia.sales.actions.field.photos import NoCustomer
from setia.sales.actions.field.receive import OtherAction, Received, receive
from setia.sales.actions.field.told import Place, Told
from setia.sales.actions.field.visits import MetOtherwise, NotHereYet, NoVisit

__all__ = [
    "CostsOtherwise",
    "MetOtherwise",
    "NoCustomer",
    "NoVisit",
    "NotHereYet",
    "NothingSaid",
    "OtherAction",
    "Place",
    "Received",
    "Told",
    "receive",
]
