"""The tables of selling, a module per subject."""

from setia.sales.models.activities import Activity
from setia.sales.models.calendars import CalendarFeed
from setia.sales.models.commission import CommissionMonth, CommissionRow, CommissionRule
from setia.sales.models.field import FieldAction, Flag, Visit, VisitPhoto
from setia.sales.models.fit import FitTrait
from setia.sales.models.forecasts import Forecast
from setia.sales.models.opportunities import Competitor, Opportunity, OpportunityLine, StageChange
from setia.sales.models.pipelines import LostReason, Pipeline, Stage
from setia.sales.models.prospects import Prospect, ProspectStep
from setia.sales.models.reminders import Reminder, Reminding
from setia.sales.models.sequences import ANSWERS, FollowStep, FollowUp, Sequence, SequenceStep
from setia.sales.models.sharing import SalesDesk, ShareMember, ShareRule, WorkTime
from setia.sales.models.standing import DoneTally, FunnelTally
from setia.sales.models.targets import StaleDay, Tally, Target
from setia.sales.models.web_forms import Submission, WebForm

__all__ = [
    "ANSWERS",
    "Activity",
    "CalendarFeed",
    "CommissionMonth",
    "CommissionRow",
    "CommissionRule",
    "Competitor",
    "DoneTally",
    "FieldAction",
    "FitTrait",
    "Flag",
    "FollowStep",
    "FollowUp",
    "Forecast",
    "FunnelTally",
    "LostReason",
    "Opportunity",
    "OpportunityLine",
    "Pipeline",
    "Prospect",
    "ProspectStep",
    "Reminder",
    "Reminding",
    "SalesDesk",
    "Sequence",
    "SequenceStep",
    "ShareMember",
    "ShareRule",
    "Stage",
    "StageChange",
    "StaleDay",
    "Submission",
    "Tally",
    "Target",
    "Visit",
    "VisitPhoto",
    "WebForm",
    "WorkTime",
]
