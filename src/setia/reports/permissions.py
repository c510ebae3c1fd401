"""What may be allowed about reports; those of the whole firm are seen with its figures (`portraits.view`)."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import EVERYBODY, offer

offer(
    "reports",
    _("Reports"),
    {
        "view": (_("See reports about selling, of one's own customers at least"), EVERYBODY),
        "share": (_("Share saved reports with a team or with everybody"), "MANAGER ANALYST MEMBER"),
        "take": (_("Take reports about selling along as a file"), "MANAGER ANALYST FINANCE MEMBER"),
    },
    whole={"export": (_("Export reports as a file"), "MANAGER MARKETER ANALYST FINANCE MEMBER")},
)
