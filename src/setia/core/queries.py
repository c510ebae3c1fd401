"""Questions about the firm itself."""

import threading
from datetime import date, datetime

from setia.core.models import Firm


def firm() -> Firm:
    """The firm of this database; made with its defaults when first asked for."""
    return Firm.objects.get_or_create(pk=1)[0]


_kept = threading.local()


def current_firm() -> Firm:
    """The firm of this request; the middleware keeps it so that a page asks once. Outside of one it is asked for."""
    kept: Firm | None = getattr(_kept, "firm", None)
    return kept if kept is not None else firm()


def keep_firm(one: Firm | None) -> None:
    """Keep (or, with None, forget) the firm for the current request's thread."""
    _kept.firm = one


def today(*, at: datetime) -> date:
    """The firm's calendar day at a moment."""
    return firm().day_of(at)


def outgoing_paused() -> bool:
    """Whether nothing may leave the house now; every sender (e-mail, webhooks) asks this before it sends."""
    return Firm.objects.filter(pk=1, outgoing_paused_at__isnull=False).exists()
