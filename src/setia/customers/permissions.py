"""What may be allowed about customers."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "customers",
    _("Customers"),
    {
        "view": (_("See customers"), EVERYBODY),
        "add": (_("Add customers"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "edit": (_("Change customers and their contacts"), "MANAGER SALES AGENT MARKETER MEMBER"),
        "note": (_("Write notes"), "MANAGER SALES AGENT MARKETER FINANCE MEMBER"),
        "assign": (_("Choose who is responsible for a customer"), "MANAGER MEMBER"),
        "archive": (_("Archive customers"), "MANAGER SALES MEMBER"),
        "restore": (_("Take customers out of the archive"), "MANAGER SALES MEMBER"),
        "delete": (_("Delete customers"), ""),
        "export": (_("Export customers as a file"), "MANAGER MARKETER ANALYST FINANCE MEMBER"),
    },
)
