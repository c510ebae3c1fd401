"""What the audit trail says about the demo shop, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.trail import name_data
from setia.core.words import name_verbs

name_verbs(
    {
        "demo.loaded": _("Loaded the demo shop"),
        "demo.removed": _("Removed the demo shop"),
    }
)
name_data("demo", {"customers": _("Customers"), "orders": _("Orders")})
