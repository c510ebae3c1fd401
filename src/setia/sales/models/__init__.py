"""The tables of selling, a module per subject."""

from setia.sales.models.prospects import Prospect, ProspectStep

__all__ = ["Prospect", "ProspectStep"]
