"""The tables of selling, a module per subject."""

from setia.sales.models.activities import Activity
from setia.sales.models.forecasts import Forecast
from setia.sales.models.opportunities import Competitor, Opportunity, OpportunityLine, StageChange
from setia.sales.models.pipelines import LostReason, Pipeline, Stage
from setia.sales.models.prospects import Prospect, ProspectStep

__all__ = [
    "Activity",
    "Competitor",
    "Forecast",
    "LostReason",
    "Opportunity",
    "OpportunityLine",
    "Pipeline",
    "Prospect",
    "ProspectStep",
    "Stage",
    "StageChange",
]
