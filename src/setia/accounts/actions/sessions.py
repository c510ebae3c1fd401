"""Ending sessions: one's own on another device, and all of a person."""

from datetime import datetime

from django.db import transaction

from setia.accounts.actions.audit import audit
from setia.accounts.models import Session, User


def end_session(*, by: User, at: datetime, key: str) -> bool:
    """Sign oneself out on another device. False when that session is over already, or somebody else's."""
    with transaction.atomic():
        if not Session.objects.filter(pk=key, user=by).delete()[0]:
            return False
        audit(by=by, at=at, verb="user.session_ended", about="user", about_id=by.pk)
    return True


def end_other_sessions(*, by: User, at: datetime, keep: str) -> int:
    """Sign oneself out everywhere but here (`keep`: the key of this session). Returns how many ended."""
    with transaction.atomic():
        ended: int = Session.objects.filter(user=by).exclude(pk=keep).delete()[0]
        if ended:
            audit(
                by=by, at=at, verb="user.other_sessions_ended", about="user", about_id=by.pk, data={"sessions": ended}
            )
    return ended


def drop_sessions(user: User) -> None:
    """Delete the rows of sessions that a changed fingerprint has ended; inside the caller's transaction."""
    Session.objects.filter(user=user).delete()
