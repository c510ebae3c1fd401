"""What may be allowed about orders."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "orders",
    _("Orders"),
    {
        "view": (_("See orders"), EVERYBODY),
        "add": (_("Enter orders"), "MANAGER SALES AGENT FINANCE MEMBER"),
        "edit": (_("Correct orders"), "MANAGER SALES FINANCE MEMBER"),
        "give_back": (_("Take purchases back"), "MANAGER SALES AGENT FINANCE MEMBER"),
        "export": (_("Export orders as a file"), "MANAGER ANALYST FINANCE MEMBER"),
    },
)
