"""The tables of this room, one module per subject."""

from setia.service.models.contracts import Concern, Contract
from setia.service.models.prices import Discount
from setia.service.models.reach import Followers, Reach

__all__ = ["Concern", "Contract", "Discount", "Followers", "Reach"]
