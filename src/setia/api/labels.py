"""What the audit trail and the jobs page say about programs, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_jobs, name_verbs

name_verbs(
    {
        "api_token.made": _("Made an API token"),
        "api_token.revoked": _("Revoked an API token"),
    }
)
name_jobs({"api.forget": _("Forget old answers to programs")})
