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
from setia.core.permissions import require


def change_firm(*, by: User, at: datetime, **values: Any) -> list[str]:
    """Name, zone, currency, language, `feed_live`. Returns the names of what changed. Raises `PermissionDenied`."""
    require(by, "accounts.firm")
    with transaction.atomic():
        changed = setia.core.actions.change_firm(at=at, **values)
        if changed:
            new = {name: values[name] for name in changed}
            audit(by=by, at=at, verb="firm.changed", about="firm", about_id=1, data={"fields": changed, "to": new})
    return changed


def change_mail_server(*, by: User, at: datetime, password: str | None, **values: Any) -> list[str]:
    """The server system mail leaves by; see `core.actions.change_mail_server`. Raises `PermissionDenied`."""
    require(by, "accounts.mail")
    with transaction.atomic():
        changed = setia.core.actions.change_mail_server(at=at, password=password, **values)
        if changed:
            audit(by=by, at=at, verb="mail_server.changed", about="mail_server", about_id=1, data={"fields": changed})
    return changed


def remove_mail_server(*, by: User, at: datetime) -> bool:
    """Send no more e-mail. False when no server was set. Raises `PermissionDenied`."""
    require(by, "accounts.mail")
    with transaction.atomic():
        removed = setia.core.actions.remove_mail_server()
        if removed:
            audit(by=by, at=at, verb="mail_server.removed", about="mail_server", about_id=1)
    return removed


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
