"""The firm's settings, changed by whoever may: each verb checks who, hands over to `core`, and writes an audit line."""

from datetime import datetime
from typing import Any

from django.db import transaction

import setia.core.actions
from setia.accounts import letters
from setia.accounts.actions.audit import audit
from setia.accounts.models import User
from setia.core import jobs
from setia.core.mail import MailTrouble
from setia.core.models import Firm, MailServer
from setia.core.permissions import require
from setia.core.words import told_changes


def change_firm(*, by: User, at: datetime, **values: Any) -> list[str]:
    """Name, zone, currency, language, `feed_live`. Returns the names of what changed. Raises `PermissionDenied`."""
    require(by, "accounts.firm")
    with transaction.atomic():
        was = _values(Firm, values)
        changed = setia.core.actions.change_firm(at=at, **values)
        if changed:
            told = told_changes({name: (was.get(name), values[name]) for name in changed})
            audit(by=by, at=at, verb="firm.changed", about="firm", about_id=1, data={"changes": told})
    return changed


def change_mail_server(*, by: User, at: datetime, password: str | None, **values: Any) -> list[str]:
    """The server system mail leaves by; see `core.actions.change_mail_server`. Raises `PermissionDenied`."""
    require(by, "accounts.mail")
    with transaction.atomic():
        was = _values(MailServer, values)
        changed = setia.core.actions.change_mail_server(at=at, password=password, **values)
        if changed:
            # That the password changed is told; neither the old nor the new one is.
            told = told_changes({name: (was.get(name), values[name]) for name in changed if name in values})
            data = {"changes": told} | ({"fields": ["password"]} if "password" in changed else {})
            audit(by=by, at=at, verb="mail_server.changed", about="mail_server", about_id=1, data=data)
    return changed


def remove_mail_server(*, by: User, at: datetime) -> bool:
    """Send no more e-mail. False when no server was set. Raises `PermissionDenied`."""
    require(by, "accounts.mail")
    with transaction.atomic():
        removed = setia.core.actions.remove_mail_server()
        if removed:
            audit(by=by, at=at, verb="mail_server.removed", about="mail_server", about_id=1)
    return removed


def release_outgoing(*, by: User | None, at: datetime) -> bool:
    """Let a restored Setia send again. `by` None: at the keyboard of the machine. False when nothing was held back."""
    if by is not None:
        require(by, "accounts.firm")
    with transaction.atomic():
        released = setia.core.actions.release_outgoing()
        if released:
            audit(by=by, at=at, verb="firm.released", about="firm", about_id=1)
    return released


def test_mail(*, by: User, at: datetime) -> None:
    """Send a test letter to whoever asks, now. Raises `MailTrouble`, `PermissionDenied`."""
    require(by, "accounts.mail")
    outcome = "SENT"
    try:
        letters.send_test(by.email)
    except MailTrouble as trouble:
        outcome = trouble.reason
        raise
    finally:
        audit(by=by, at=at, verb="mail_server.tested", about="mail_server", about_id=1, data={"outcome": outcome})


def retry_job(*, by: User, at: datetime, job_id: int) -> None:
    """Run a failed job once more. Raises `jobs.NotFailed`, `jobs.AlreadyWaiting`, `PermissionDenied`."""
    require(by, "accounts.jobs")
    with transaction.atomic():
        jobs.retry(job_id=job_id, at=at)
        audit(by=by, at=at, verb="job.retried", about="job", about_id=job_id)


def _values(model: type[Firm | MailServer], wanted: dict[str, Any]) -> dict[str, Any]:
    """What the one row says now, locked until commit; {} where there is none yet."""
    row = model.objects.select_for_update().filter(pk=1).first()
    return {name: getattr(row, name) for name in wanted} if row else {}
