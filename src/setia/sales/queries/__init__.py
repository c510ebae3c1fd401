"""Questions about selling."""

from django.utils.translation import ngettext_lazy

from setia.customers.queries import Key
from setia.sales.models import Activity, Opportunity, Prospect

CUSTOMER_KEYS: tuple[Key, ...] = (
    Key(Activity, "customer", words=ngettext_lazy("%(count)s activity", "%(count)s activities", "count")),
    Key(Prospect, "customer", alone=True, words=ngettext_lazy("%(count)s prospect", "%(count)s prospects", "count")),
    Key(Opportunity, "customer", words=ngettext_lazy("%(count)s opportunity", "%(count)s opportunities", "count")),
)
"""The tables of this room that hold a customer's key (`setia.customers.keys`)."""

__all__ = ["CUSTOMER_KEYS"]
