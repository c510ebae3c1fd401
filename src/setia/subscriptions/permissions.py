"""What may be allowed about subscriptions and installed units."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "subscriptions",
    _("Subscriptions and units"),
    {
        "view": (_("See subscriptions and installed units"), EVERYBODY),
        "add": (_("Enter subscriptions"), "MANAGER SALES AGENT FINANCE MEMBER"),
        "edit": (_("Change, pause and resume subscriptions"), "MANAGER SALES FINANCE MEMBER"),
        "cancel": (_("Cancel subscriptions"), "MANAGER SALES FINANCE MEMBER"),
        "plans": (_("Make and change plans"), "MANAGER FINANCE MEMBER"),
        "units": (_("Enter units, their service and their end"), "MANAGER SALES AGENT MEMBER"),
        "export": (_("Export subscriptions and units as a file"), "MANAGER ANALYST FINANCE MEMBER"),
    },
    whole={"revenue": (_("See monthly recurring revenue"), "MANAGER ANALYST FINANCE MEMBER")},
)
