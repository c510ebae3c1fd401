"""Questions about plans, subscriptions, installed units and the revenue that comes in every month."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.subscriptions.codes import code
from setia.subscriptions.models import RevenueMove, Subscription, Unit
from setia.subscriptions.queries.base import base_keys, in_base
from setia.subscriptions.queries.cohorts import length_words, renewal_studies
from setia.subscriptions.queries.gate import (
    get_plan_for,
    get_subscription_for,
    get_unit_for,
    plans_for,
    subscriptions_for,
    units_for,
)
from setia.subscriptions.queries.listing import (
    SUBSCRIPTION_SORTS,
    UNIT_SORTS,
    exported_subscriptions,
    exported_units,
    narrow_subscriptions,
    narrow_units,
    subscription_legs,
    subscription_sort,
    unit_choices,
    unit_legs,
)
from setia.subscriptions.queries.records import (
    base_of,
    offered,
    periods_of,
    plan_choices,
    planned_of,
    services_of,
    steps_of,
)
from setia.subscriptions.queries.renewals import (
    WITHIN,
    Renewal,
    all_studies,
    ending_legs,
    endings_due,
    first_risk,
    leaving_studies,
    next_end,
    renewal_legs,
    renewals_due,
    rise_factor,
    with_risk,
)
from setia.subscriptions.queries.revenue import (
    KINDS,
    any_subscription,
    move_legs,
    moves_behind,
    revenue_months,
    standing_behind,
    standing_legs,
)

CUSTOMER_KEYS = (
    Key(Subscription, "customer", words=ngettext_lazy("%(count)s subscription", "%(count)s subscriptions", "count")),
    Key(Unit, "customer", words=ngettext_lazy("%(count)s installed unit", "%(count)s installed units", "count")),
    Key(RevenueMove, "customer", stays="counted anew for both, from the subscriptions that moved"),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = [
    "CUSTOMER_KEYS",
    "KINDS",
    "SUBSCRIPTION_SORTS",
    "UNIT_SORTS",
    "WITHIN",
    "Renewal",
    "all_studies",
    "any_subscription",
    "base_keys",
    "base_of",
    "code",
    "ending_legs",
    "endings_due",
    "exported_subscriptions",
    "exported_units",
    "first_risk",
    "get_plan_for",
    "get_subscription_for",
    "get_unit_for",
    "in_base",
    "leaving_studies",
    "length_words",
    "move_legs",
    "moves_behind",
    "narrow_subscriptions",
    "narrow_units",
    "next_end",
    "offered",
    "periods_of",
    "plan_choices",
    "planned_of",
    "plans_for",
    "renewal_legs",
    "renewal_studies",
    "renewals_due",
    "revenue_months",
    "rise_factor",
    "services_of",
    "standing_behind",
    "standing_legs",
    "steps_of",
    "subscription_legs",
    "subscription_sort",
    "subscriptions_for",
    "unit_choices",
    "unit_legs",
    "units_for",
    "with_risk",
]
