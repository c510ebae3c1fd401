"""The entrances of this room: each parses, asks one question or calls one verb, and answers."""

from setia.subscriptions.views.changes import (
    add_subscription,
    cancel_subscription,
    change_subscription,
    drop_planned_change,
    keep_subscription,
    pause_subscription,
    renew_subscription,
    resume_subscription,
    switch_subscription,
    take_renewal_back,
)
from setia.subscriptions.views.plans import add_plan, archive_plan, edit_plan, plans, restore_plan
from setia.subscriptions.views.renewals import endings, renewals
from setia.subscriptions.views.revenue import revenue, revenue_customers
from setia.subscriptions.views.subscriptions import customer_base, export_subscriptions, subscription, subscriptions
from setia.subscriptions.views.units import (
    add_service,
    add_unit,
    edit_unit,
    export_units,
    retire_unit,
    unit,
    units,
    unretire_unit,
)

__all__ = [
    "add_plan",
    "add_service",
    "add_subscription",
    "add_unit",
    "archive_plan",
    "cancel_subscription",
    "change_subscription",
    "customer_base",
    "drop_planned_change",
    "edit_plan",
    "edit_unit",
    "endings",
    "export_subscriptions",
    "export_units",
    "keep_subscription",
    "pause_subscription",
    "plans",
    "renew_subscription",
    "renewals",
    "restore_plan",
    "resume_subscription",
    "retire_unit",
    "revenue",
    "revenue_customers",
    "subscription",
    "subscriptions",
    "switch_subscription",
    "take_renewal_back",
    "unit",
    "units",
    "unretire_unit",
]
