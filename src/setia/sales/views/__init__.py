"""The entrances of selling, a module per subject."""

from setia.sales.views.activities import (
    activities,
    add_next,
    cancel_activity,
    customer_activities,
    edit_activity,
    finish_activity,
    log_activity,
    move_activity,
    my_day,
    plan_activity,
    reopen_activity,
    team_day,
)

__all__ = [
    "activities",
    "add_next",
    "cancel_activity",
    "customer_activities",
    "edit_activity",
    "finish_activity",
    "log_activity",
    "move_activity",
    "my_day",
    "plan_activity",
    "reopen_activity",
    "team_day",
]
