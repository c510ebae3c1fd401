"""What may be allowed about reports; seeing them goes with the firm's figures (`portraits.view`)."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import offer

offer(
    "reports",
    _("Reports"),
    {},
    whole={"export": (_("Export reports as a file"), "MANAGER MARKETER ANALYST FINANCE MEMBER")},
)
