"""Keep data no longer than the firm decided: the rules, and the nightly round that follows them."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.personal import keepings
from setia.customers.models import RetentionRule
from setia.customers.queries.privacy import retention

log = logging.getLogger(__name__)


class UnknownKind(Exception):
    """No room keeps such data."""


def set_retention(*, by: User, at: datetime, code: str, days: int, on: bool) -> None:
    """How long a kind of data is kept, or that it is kept without end. Raises `UnknownKind`."""
    require(by, "customers.retain")
    if code not in {one.code for one in keepings()}:
        raise UnknownKind(code)
    with transaction.atomic():
        _row, made = RetentionRule.objects.update_or_create(code=code, defaults={"days": days, "on": on})
        audit(
            by=by,
            at=at,
            verb="retention.changed",
            about="retention",
            data={"code": code, "days": days, "on": on, "new": made},
        )


def retain(*, at: datetime) -> dict[str, int]:
    """Let go of what is older than its rule says; answers how many of each kind. One kind's trouble stops no other."""
    gone: dict[str, int] = {}
    for rule in retention():
        if not rule.on:
            continue
        try:
            count = rule.keeping.go(at - timedelta(days=rule.days))
        except Exception:
            log.exception("retention of %s did not come to its end", rule.keeping.code)
            continue
        if count:
            gone[rule.keeping.code] = count
            data = {"code": rule.keeping.code, "days": rule.days, "count": count}
            audit(by=None, at=at, verb="retention.done", about="retention", data=data)
    return gone
