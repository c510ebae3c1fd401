"""What may be allowed about programs: tokens of one's own, everybody's tokens, webhooks."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import offer

offer(
    "api",
    _("Programs"),
    {
        "use": (_("Make API tokens for oneself"), "MANAGER MARKETER ANALYST FINANCE MEMBER"),
        "manage": (_("See and revoke everybody's API tokens"), ""),
    },
    whole={"webhooks": (_("Choose which systems are told what happens"), "")},
)
