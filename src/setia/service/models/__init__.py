"""The tables of this room, one module per subject."""

from setia.service.models.contracts import Concern, Contract
from setia.service.models.prices import Discount

__all__ = ["Concern", "Contract", "Discount"]
