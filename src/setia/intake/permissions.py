"""What may be allowed about imports. All of it reaches every customer: a file may name anybody."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import offer

offer(
    "intake",
    _("Import"),
    {},
    whole={
        "view": (_("See imports and their files"), "MANAGER MARKETER FINANCE MEMBER"),
        "run": (_("Import files"), "MANAGER MARKETER FINANCE MEMBER"),
        "undo": (_("Undo imports"), "MANAGER MARKETER FINANCE MEMBER"),
    },
)
