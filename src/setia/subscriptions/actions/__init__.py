"""What changes plans, subscriptions and installed units. A module per subject; this is the room's public face.

Every verb writes the audit trail, and the event `base.changed` for a customer who may now be in another class.
"""

from setia.core.versions import ChangedMeanwhile
from setia.subscriptions.actions._during import NotNow
from setia.subscriptions.actions.cancel import cancel, keep
from setia.subscriptions.actions.change import change, drop_planned_change
from setia.subscriptions.actions.follow import follow
from setia.subscriptions.actions.pause import pause, resume
from setia.subscriptions.actions.plans import PlanCodeTaken, add_plan, archive_plan, edit_plan, restore_plan
from setia.subscriptions.actions.renew import renew, take_renewal_back
from setia.subscriptions.actions.roll_over import roll_over
from setia.subscriptions.actions.samples import (
    SamplePlan,
    Samples,
    SampleSubscription,
    SampleUnit,
    put_samples,
    take_samples_out,
)
from setia.subscriptions.actions.start import SubscriptionNumberTaken, WrongDay, start
from setia.subscriptions.actions.study_leaving import study_leaving
from setia.subscriptions.actions.switch import SamePlan, switch
from setia.subscriptions.actions.units import (
    Retired,
    SerialTaken,
    add_service,
    add_unit,
    edit_unit,
    retire_unit,
    unretire_unit,
)

__all__ = [
    "ChangedMeanwhile",
    "NotNow",
    "PlanCodeTaken",
    "Retired",
    "SamePlan",
    "SamplePlan",
    "SampleSubscription",
    "SampleUnit",
    "Samples",
    "SerialTaken",
    "SubscriptionNumberTaken",
    "WrongDay",
    "add_plan",
    "add_service",
    "add_unit",
    "archive_plan",
    "cancel",
    "change",
    "drop_planned_change",
    "edit_plan",
    "edit_unit",
    "follow",
    "keep",
    "pause",
    "put_samples",
    "renew",
    "restore_plan",
    "resume",
    "retire_unit",
    "roll_over",
    "start",
    "study_leaving",
    "switch",
    "take_renewal_back",
    "take_samples_out",
    "unretire_unit",
]
