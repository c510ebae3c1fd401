"""What the audit trail and the jobs page say about programs, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.core.words import name_jobs, name_verbs

name_verbs(
    {
        "api_token.made": _("Made an API token"),
        "api_token.revoked": _("Revoked an API token"),
        "webhook.added": _("Added a webhook"),
        "webhook.edited": _("Changed a webhook"),
        "webhook.paused": _("Paused a webhook"),
        "webhook.removed": _("Removed a webhook"),
        "webhook.resumed": _("Resumed a webhook"),
        "webhook.secret_renewed": _("Gave a webhook a new secret"),
        "webhook.sent_again": _("Sent messages of a webhook again"),
    }
)
name_jobs(
    {
        "api.forget": _("Forget old answers to programs"),
        "api.deliver": _("Tell other systems what happened"),
        "api.deliver_due": _("Tell other systems what they have not heard yet"),
    }
)
