"""Backups that Setia makes by itself: the plan, one asked for by hand, and the worker's part in both.

The backup itself is made by a process of its own (`setia.command.nightly`), which keeps the worker small and can be
ended. The night's is a job in the queue for the next night, put there by the one before it: waiting for it costs
nothing, and where the machine was off it is overdue at the next start, and made then.
"""

import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.accounts.actions.audit import audit
from setia.accounts.models import Backup, BackupPlan, User
from setia.accounts.queries import backup_plan, next_night
from setia.core.permissions import require
from setia.core.secrets import seal
from setia.core.words import told_changes

NIGHTLY = "accounts.back_up_nightly"
_LOOK_SECONDS = 2.0
_LOST_AFTER = timedelta(hours=12)
_NOT_JUST_NOW = timedelta(seconds=20)


class BackupUnderWay(Exception):
    """A backup is being made already."""


class BackupFailed(Exception):
    """The backup was not made, or is not good. `plain` says why, for the page of jobs."""

    def __init__(self, plain: str) -> None:
        super().__init__(plain)
        self.plain = plain


def change_backup_plan(*, by: User, at: datetime, passphrase: str | None = None, **values: Any) -> list[str]:
    """Save what differs of the plan; `passphrase` None keeps the one there is, '' removes it. Returns what changed."""
    require(by, "accounts.backups")
    backup_plan()
    with transaction.atomic():
        plan = BackupPlan.objects.select_for_update().get(pk=1)
        was = {name: getattr(plan, name) for name in values}
        changed = sorted(name for name, value in values.items() if was[name] != value)
        for name in changed:
            setattr(plan, name, values[name])
        fields = list(changed)
        if passphrase or (passphrase == "" and plan.passphrase_sealed):
            plan.passphrase_sealed = seal(passphrase) if passphrase else ""
            fields.append("passphrase_sealed")
        if fields:
            plan.save(update_fields=fields)
            told = told_changes({name: (was[name], values[name]) for name in changed})
            data = {"changes": told} | ({"fields": ["passphrase"]} if "passphrase_sealed" in fields else {})
            audit(by=by, at=at, verb="backup_plan.changed", about="backup_plan", about_id=1, data=data)
        if {"on", "hour"} & set(changed):
            schedule_backup(at=at, anew=True)
    return fields


def start_backup(*, by: User | None, at: datetime) -> Backup:
    """Ask for a backup now. Raises `BackupUnderWay`. `by` None: the night's, which the caller makes itself."""
    if by is not None:
        require(by, "accounts.backups")
    try:
        with transaction.atomic():
            # One whose worker never came back must not keep all others from being made.
            lost = Backup.objects.filter(state__in=("QUEUED", "RUNNING"), asked_at__lt=at - _LOST_AFTER)
            lost.update(state=Backup.State.FAILED, ended_at=at, problem="—")
            backup = Backup.objects.create(by=by, asked_at=at)
            if by is not None:
                audit(by=by, at=at, verb="backup.started", about="backup", about_id=backup.pk)
                app.configure_task("accounts.back_up").defer(backup_id=backup.pk)
    except IntegrityError as error:
        raise BackupUnderWay from error
    return backup


def cancel_backup(*, by: User, at: datetime, backup: Backup) -> bool:
    """Let a backup be ended; one that has not begun does not begin. False when it was over already."""
    require(by, "accounts.backups")
    with transaction.atomic():
        waiting = Backup.objects.filter(pk=backup.pk, state=Backup.State.QUEUED)
        if not waiting.update(state=Backup.State.CANCELLED, cancel_asked=True, ended_at=at):
            running = Backup.objects.filter(pk=backup.pk, state=Backup.State.RUNNING, cancel_asked=False)
            if not running.update(cancel_asked=True):
                return False
        audit(by=by, at=at, verb="backup.cancelled", about="backup", about_id=backup.pk)
    return True


def hand_out_backup(*, by: User, at: datetime, backup: Backup) -> None:
    """Write down that somebody takes a backup along: it holds everything."""
    require(by, "accounts.backups")
    audit(by=by, at=at, verb="backup.downloaded", about="backup", about_id=backup.pk, data={"sealed": backup.sealed})


def back_up(*, backup_id: int, at: datetime) -> None:
    """Make a backup that was asked for, in a process of its own, until it is done or somebody cancels it.

    A job that is taken up again after its worker died begins anew. Raises `BackupFailed`.
    """
    claimed = Backup.objects.filter(pk=backup_id, state__in=("QUEUED", "RUNNING"))
    if not claimed.update(state=Backup.State.RUNNING, started_at=at, step=""):
        return
    with subprocess.Popen([sys.executable, "-m", "setia.command.nightly", str(backup_id)]) as process:
        while process.poll() is None:
            try:
                process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if Backup.objects.filter(pk=backup_id, cancel_asked=True).exists():
                    process.terminate()
    backup = Backup.objects.get(pk=backup_id)
    if backup.state == Backup.State.RUNNING:  # it ended without a word
        end_backup(backup=backup, at=at, state=Backup.State.FAILED, problem=f"exit {process.returncode}")
        backup.refresh_from_db()
    if backup.state == Backup.State.FAILED:
        raise BackupFailed(backup.problem)


def end_restored_backups(*, at: datetime) -> None:
    """In a database that was restored, the backup it came from is not being made any more."""
    under_way = Backup.objects.filter(state__in=("QUEUED", "RUNNING"))
    under_way.update(state=Backup.State.CANCELLED, step="", ended_at=at)


def tell_backup(*, backup: Backup, **facts: Any) -> None:
    """Write down how far a backup is."""
    Backup.objects.filter(pk=backup.pk).update(**facts)


def end_backup(*, backup: Backup, at: datetime, state: str, problem: str = "") -> None:
    """Write down how a backup ended."""
    Backup.objects.filter(pk=backup.pk, state=Backup.State.RUNNING).update(
        state=state, step="", ended_at=at, problem=problem[:2000]
    )


def schedule_backup(*, at: datetime, anew: bool = False) -> bool:
    """Put the next night's backup into the queue, once. `anew`: the hour has changed, what waits moves there."""
    night = next_night(at=at)
    if anew:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = %s WHERE task_name = %s AND status = 'todo'",
                [night, NIGHTLY],
            )
            if cursor.rowcount:
                return True
    try:
        with transaction.atomic():
            app.configure_task(NIGHTLY, queueing_lock=NIGHTLY, schedule_at=night).defer()
    except AlreadyEnqueued:
        return False
    return True


def back_up_nightly(*, at: datetime) -> None:
    """The night's backup, where the plan is on; the next night's is put into the queue first."""
    schedule_backup(at=at)
    if not backup_plan().on:
        return
    try:
        backup = start_backup(by=None, at=at)
    except BackupUnderWay:
        # The night's own, whose worker was killed: this is the same job, taken up again.
        lost = Backup.objects.filter(state=Backup.State.RUNNING, by=None, asked_at__lt=at - _NOT_JUST_NOW).first()
        if lost is None:
            return
        backup = lost
    back_up(backup_id=backup.pk, at=at)
