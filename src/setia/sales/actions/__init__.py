"""What changes selling. A module per subject; this is the room's public face."""

from setia.core.versions import ChangedMeanwhile
from setia.sales.actions.activities import (
    ActivityFacts,
    NotForThem,
    NotYours,
    StandsOtherwise,
    cancel_activity,
    edit_activity,
    finish_activity,
    log_activity,
    move_activity,
    plan_activity,
    reopen_activity,
)

__all__ = [
    "ActivityFacts",
    "ChangedMeanwhile",
    "NotForThem",
    "NotYours",
    "StandsOtherwise",
    "cancel_activity",
    "edit_activity",
    "finish_activity",
    "log_activity",
    "move_activity",
    "plan_activity",
    "reopen_activity",
]
