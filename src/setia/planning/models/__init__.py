"""The tables of this room, one module per subject."""

from setia.planning.models.rivals import Rival

__all__ = ["Rival"]
