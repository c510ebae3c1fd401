"""What changes tokens, kept answers and webhooks. A module per subject; this is the room's public face."""

from setia.api.actions.answers import forget_answers, once
from setia.api.actions.deliver import announce, deliver_due, forget_deliveries, send_test
from setia.api.actions.meter import Metered, count
from setia.api.actions.tokens import MoreThanYou, make_token, revoke_token, touch
from setia.api.actions.webhooks import (
    add_endpoint,
    edit_endpoint,
    pause_endpoint,
    remove_endpoint,
    renew_secret,
    resume_endpoint,
    send_again,
)

__all__ = [
    "Metered",
    "MoreThanYou",
    "add_endpoint",
    "announce",
    "count",
    "deliver_due",
    "edit_endpoint",
    "forget_answers",
    "forget_deliveries",
    "make_token",
    "once",
    "pause_endpoint",
    "remove_endpoint",
    "renew_secret",
    "resume_endpoint",
    "revoke_token",
    "send_again",
    "send_test",
    "touch",
]
