"""Questions about selling."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.sales.models import Activity, Opportunity, Prospect
from setia.sales.queries.activities import (
    CAPPED,
    MyDay,
    OfCustomer,
    PersonsDay,
    Shown,
    activities_done_by,
    activities_for,
    activities_of,
    activity_choices,
    activity_legs,
    get_activity_for,
    may_change_activity,
    my_day,
    narrow_activities,
    shown,
    team_day,
)

CUSTOMER_KEYS: tuple[Key, ...] = (
    Key(Activity, "customer", words=ngettext_lazy("%(count)s activity", "%(count)s activities", "count")),
    Key(Prospect, "customer", alone=True, words=ngettext_lazy("%(count)s prospect", "%(count)s prospects", "count")),
    Key(Opportunity, "customer", words=ngettext_lazy("%(count)s opportunity", "%(count)s opportunities", "count")),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = [
    "CAPPED",
    "CUSTOMER_KEYS",
    "MyDay",
    "OfCustomer",
    "PersonsDay",
    "Shown",
    "activities_done_by",
    "activities_for",
    "activities_of",
    "activity_choices",
    "activity_legs",
    "get_activity_for",
    "may_change_activity",
    "my_day",
    "narrow_activities",
    "shown",
    "team_day",
]
