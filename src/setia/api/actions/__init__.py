"""What changes tokens, kept answers and webhooks. A module per subject; this is the room's public face."""

from setia.api.actions.answers import forget_answers, once
from setia.api.actions.meter import Metered, count
from setia.api.actions.tokens import MoreThanYou, make_token, revoke_token, touch

__all__ = [
    "Metered",
    "MoreThanYou",
    "count",
    "forget_answers",
    "make_token",
    "once",
    "revoke_token",
    "touch",
]
