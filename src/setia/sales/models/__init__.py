"""The tables of selling, a module per subject."""

from setia.sales.models.activities import Activity
from setia.sales.models.prospects import Prospect, ProspectStep

__all__ = ["Activity", "Prospect", "ProspectStep"]
