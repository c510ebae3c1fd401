"""What may be allowed about products."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "catalogue",
    _("Products"),
    {
        "view": (_("See products"), EVERYBODY),
        "add": (_("Add products"), "MANAGER MARKETER FINANCE MEMBER"),
        "edit": (_("Change products"), "MANAGER MARKETER FINANCE MEMBER"),
        "archive": (_("Archive products"), "MANAGER MARKETER FINANCE MEMBER"),
        "restore": (_("Take products out of the archive"), "MANAGER MARKETER FINANCE MEMBER"),
        "export": (_("Export products as a file"), EVERYBODY),
    },
)
