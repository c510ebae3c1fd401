"""What may be allowed about selling."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.permissions import EVERYBODY, offer

offer(
    "sales",
    pgettext_lazy("navigation", "Sales"),
    {
        "view": (_("See prospects, opportunities and activities"), EVERYBODY),
        "activities": (_("Plan, note and finish activities"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "delegate": (_("Plan activities for colleagues, and change theirs"), "MANAGER MEMBER"),
    },
)
