"""What may be allowed about people and the firm's settings. One's own profile is everybody's."""

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import offer

offer(
    "accounts",
    _("People and settings"),
    {
        "invite": (_("Invite people"), "MANAGER"),
        "people": (_("Change people's roles, deactivate them, help with lost passwords"), "MANAGER"),
        "roles": (_("Make and change roles"), ""),
        "security": (_("Ask everybody for a second factor"), ""),
        "firm": (_("Change the firm's settings"), ""),
        "mail": (_("Change the mail server"), ""),
        "jobs": (_("Run failed jobs again"), ""),
    },
    whole={
        # Who may put themselves into a team sees what the team sees.
        "teams": (_("Make teams and choose their members"), "MANAGER"),
        "backups": (_("Plan backups, make and download them"), ""),
        "audit": (_("Read the audit trail"), ""),
    },
)
