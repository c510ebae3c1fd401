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
        "opportunities": (_("Enter, move, win and lose opportunities"), "MANAGER SALES AGENT MEMBER"),
        "export": (_("Export prospects and opportunities as a file"), "MANAGER ANALYST FINANCE MEMBER"),
        "pipelines": (_("Arrange pipelines, stages and reasons"), "MANAGER MEMBER"),
        "sequences": (_("Arrange sequences of follow-ups"), "MANAGER MEMBER"),
        "prospects": (_("Take prospects down and qualify them"), "MANAGER SALES AGENT MARKETER MEMBER"),
    },
    whole={
        "share": (_("Arrange who gets which prospect, and how soon they answer"), "MANAGER"),
        "forms": (_("Arrange forms on the web and see what was sent by them"), "MANAGER MARKETER MEMBER"),
        "forecast": (_("See the forecast of the whole firm"), "MANAGER ANALYST FINANCE MEMBER"),
        "targets": (_("Set targets"), "MANAGER"),
        "commission": (_("See what everybody earned in commission"), "MANAGER FINANCE"),
        "commission_rules": (_("Make rules of commission, work months out and close them"), "MANAGER FINANCE"),
    },
)
