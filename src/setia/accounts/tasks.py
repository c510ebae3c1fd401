"""Work of the accounts room that is done behind the page."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from setia.accounts import actions, letters
from setia.accounts.models import User
from setia.core.mail import MailTrouble, can_send
from setia.core.words import name_jobs

name_jobs(
    {
        "accounts.send_reset": _("Mail a link for a new password"),
        "accounts.back_up": _("Back up, as asked"),
        "accounts.back_up_nightly": _("Back up for the night"),
        "accounts.keep_backups_planned": _("See that the next backup is planned"),
        "accounts.send_notice": _("Tell a person what changed at their account"),
    }
)


class PassingTrouble(MailTrouble):
    """Trouble with the mail server that may be over in a minute."""


@app.task(
    name="accounts.send_reset",
    retry=RetryStrategy(max_attempts=4, exponential_wait=4, retry_exceptions=[PassingTrouble]),
)
def send_reset(user_id: int, base: str) -> None:
    """Mail the link for a new password. Only the key of the person travels through the queue, no address, no secret."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    try:
        actions.send_reset(user=user, base=base)
    except MailTrouble as trouble:
        if trouble.passing:
            raise PassingTrouble(trouble.reason, trouble.said) from trouble
        raise


@app.task(
    name="accounts.send_notice",
    retry=RetryStrategy(max_attempts=4, exponential_wait=4, retry_exceptions=[PassingTrouble]),
)
def send_notice(user_id: int, what: str) -> None:
    """Tell a person by mail what changed at their account; where Setia cannot send, the audit trail alone says it."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not can_send():
        return
    try:
        letters.send_notice(user, what)
    except MailTrouble as trouble:
        if trouble.passing:
            raise PassingTrouble(trouble.reason, trouble.said) from trouble
        raise


@app.task(name="accounts.back_up", queue="house")
def back_up(backup_id: int) -> None:
    """Make the backup somebody asked for."""
    actions.back_up(backup_id=backup_id, at=timezone.now())


@app.task(name="accounts.back_up_nightly", queue="house")
def back_up_nightly() -> None:
    """Make the night's backup."""
    actions.back_up_nightly(at=timezone.now())


@app.periodic(cron="47 18 * * *")
@app.task(name="accounts.keep_backups_planned", queue="house", queueing_lock="accounts.keep_backups_planned")
def keep_backups_planned(timestamp: int) -> None:
    """See that a night's backup waits in the queue, should the one before have been lost with its worker."""
    actions.schedule_backup(at=timezone.now())
