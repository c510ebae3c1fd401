"""The tables of this room, a module per subject."""

from setia.api.models.answers import KeptAnswer
from setia.api.models.tokens import Meter, Token
from setia.api.models.webhooks import Delivery, Endpoint

__all__ = ["Delivery", "Endpoint", "KeptAnswer", "Meter", "Token"]
