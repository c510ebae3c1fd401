"""The firm's settings, changed by an owner: each verb checks who, hands over to `core`, and writes the audit line."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

import setia.core.actions
from setia.accounts import letters
from setia.accounts.actions.audit import audit
from setia.accounts.models import User
from setia.core import jobs
from setia.core.mail import MailTrouble


def change_firm(*, by: User, at: datetime, **values: Any) -> list[str]:
    """Name, zone, currency, language, `feed_live`. Returns the names of what changed. Raises `PermissionDenied`."""
    _only_owner(by)
    with transaction.atomic():
        changed = setia.core.actions.change_firm(at=at, **values)
        if changed:
            new = {name: values[name] for name in changed}
            audit(by=by, at=at, verb="firm.changed", about="firm", about_id=1, data={"fields": changed, "to": new})
    return changed


def change_mail_server(*, by: User, at: datetime, password: str | None, **values: Any) -> list[str]:
    """The server system mail leaves by; see `core.actions.change_mail_server`. Raises `PermissionDenied`."""
    _only_owner(by)
    with transaction.atomic():
        changed = setia.core.actions.change_mail_server(at=at, password=password, **values)
        if changed:
            audit(by=by, at=at, verb="mail_server.changed", about="mail_server", about_id=1, data={"fields": changed})
    return changed


def remove_mail_server(*, by: User, at: datetime) -> bool:
    """Send no more e-mail. False when no server was set. Raises `PermissionDenied`."""
    _only_owner(by)
    with transaction.atomic():
        removed = setia.core.actions.remove_mail_server()
        if removed:
            audit(by=by, at=at, verb="mail_server.removed", about="mail_server", about_id=1)
    return removed


def test_mail(*, by: User, at: datetime) -> None:
    """Send a test letter to the asking owner, now. Raises `MailTrouble`, `PermissionDenied`."""
    _only_owner(by)
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
    _only_owner(by)
    with transaction.atomic():
        jobs.retry(job_id=job_id, at=at)
        audit(by=by, at=at, verb="job.retried", about="job", about_id=job_id)


def _only_owner(by: User) -> None:
    if not by.is_owner:
        raise PermissionDenied
