"""What the audit trail and the jobs page say about programs, in the reader's words."""

from django.utils.translation import gettext_lazy as _

from setia.api.events import EVENTS
from setia.api.models import Endpoint, Token
from setia.core.permissions import words_of
from setia.core.trail import Detail, name_data, name_thing
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
name_thing(
    "api_token", _("API"), rows=lambda _reader, keys: Token.objects.filter(pk__in=keys), page="tokens", keyed=False
)
name_thing("webhook", _("Webhooks"), rows=lambda _reader, keys: Endpoint.objects.filter(pk__in=keys), page="endpoint")
name_data("api_token", {"name": _("Name"), "scopes": Detail(_("May"), says=lambda verb: words_of(verb)[0] or verb)})
name_data(
    "webhook",
    {
        "host": _("Server"),
        "events": Detail(_("Events"), says=lambda name: EVENTS.get(name, name)),
        "name": _("Name"),
        "count": _("Messages"),
    },
)
