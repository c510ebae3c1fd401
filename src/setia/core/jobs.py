"""Background jobs, seen from above: what ran, what runs next, what failed and why, and what to do about it.

procrastinate keeps the queue. It does not keep the reason of a failure, so `note_failure` wraps every job a worker
runs and writes one down; and it leaves a killed worker's job "doing" for ever, so `sweep` takes it up again.
"""

import errno
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import django.db
import procrastinate
import psycopg
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from procrastinate import sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateWorker

from setia.core.mail import REASONS as MAIL_REASONS
from setia.core.mail import MailTrouble
from setia.core.models import JobFailure
from setia.core.words import job_name

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 30
GIVE_UP_AFTER = 25  # starts of one job that each ended with the worker's death

REASONS: dict[str, Promise] = {
    "DATABASE": _("The database did not answer. If it does again, run the job once more."),
    "DISK_FULL": _("The disk is full. Free some space, then run the job once more."),
    "MEMORY": _("There was not enough memory. Close other programs or add memory, then run the job once more."),
    "STOPPED": _("Setia was stopped in the middle of this job again and again, so it is left alone now."),
    "UNEXPECTED": _("An error in Setia itself. Run the job once more; if it fails again, report the reference."),
    "UNKNOWN": _("The reason was not written down. Run the job once more."),
}


class NotFailed(Exception):
    """The job is not a failed one (any more): somebody else ran it again, or it was tidied away."""


class AlreadyWaiting(Exception):
    """The same work already waits in the queue; it must not be queued twice."""


@dataclass(frozen=True)
class Task:
    """A kind of job: when it ran latest and how that ended, when it runs next."""

    name: str
    title: str
    latest_at: datetime | None
    latest_status: str
    running: int
    waiting: int
    next_at: datetime | None


@dataclass(frozen=True)
class Running:
    """A job a worker is at. `stalled`: that worker is gone; the sweep will take the job up again."""

    id: int
    title: str
    started_at: datetime | None
    attempts: int
    stalled: bool


@dataclass(frozen=True)
class Failed:
    """A job that ended badly. `mended`: the same kind of job has gone well since."""

    id: int
    title: str
    at: datetime | None
    attempts: int
    why: str
    reference: str
    mended: bool


@dataclass(frozen=True)
class Board:
    """Everything the jobs page shows."""

    tasks: list[Task]
    running: list[Running]
    failed: list[Failed]
    failed_count: int
    worker_at: datetime | None
    worker_alive: bool


def board(*, at: datetime, failures: int = 20) -> Board:
    """The state of all background work. The newest `failures` failed jobs are listed, all are counted."""
    worker_at = ProcrastinateWorker.objects.order_by("-last_heartbeat").values_list("last_heartbeat", flat=True).first()
    failed_count = _rows("SELECT count(*) AS n FROM procrastinate_jobs WHERE status = 'failed'")[0]["n"]
    return Board(
        tasks=_tasks(at),
        running=_running(),
        failed=_failed(failures),
        failed_count=failed_count,
        worker_at=worker_at,
        worker_alive=worker_at is not None and at - worker_at < timedelta(seconds=HEARTBEAT_SECONDS),
    )


def retry(*, job_id: int, at: datetime) -> None:
    """Queue a failed job again, to run now. Raises `NotFailed` or `AlreadyWaiting`."""
    try:
        with transaction.atomic():
            rows = _rows("SELECT status::text FROM procrastinate_jobs WHERE id = %s FOR UPDATE", [job_id])
            if not rows or rows[0]["status"] != "failed":
                raise NotFailed
            app.job_manager.retry_job_by_id(job_id, retry_at=at)
    except procrastinate.exceptions.UniqueViolation as error:
        raise AlreadyWaiting from error


def sweep() -> tuple[int, int]:
    """Take up again the jobs whose worker died. Returns how many were queued again and how many given up.

    1. A job is stalled when it is "doing" and its worker has gone, or has not reported for half a minute.
    2. It is queued again at once. Whatever it had committed stays; jobs are written to go on from there.
    3. A job that outlived no worker `GIVE_UP_AFTER` times is what kills them: it is marked as failed instead.
    """
    again = given_up = 0
    with transaction.atomic():
        stalled = _rows(
            """
            SELECT job.id, job.attempts FROM procrastinate_jobs job
            LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
            WHERE job.status = 'doing'
              AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
            FOR UPDATE OF job SKIP LOCKED
            """,
            [HEARTBEAT_SECONDS],
        )
        for job in stalled:
            if job["attempts"] + 1 < GIVE_UP_AFTER:
                again_at = {"new_priority": None, "new_queue_name": None, "new_lock": None, "retry_at": timezone.now()}
                _call("retry_job", job_id=job["id"], **again_at)
                again += 1
            else:
                _call("finish_job", job_id=job["id"], status="failed", delete_job=False)
                JobFailure.objects.create(
                    job_id=job["id"], at=timezone.now(), reason="STOPPED", reference=secrets.token_hex(4)
                )
                given_up += 1
    if stalled:
        log.warning("%s stalled job(s) queued again, %s given up", again, given_up)
    return again, given_up


def _call(name: str, **arguments: Any) -> None:
    """One of procrastinate's own statements, on this transaction's connection.

    Inside a worker its connector has connections of its own, which would wait for the rows locked here: for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.queries[name], arguments)


def forget_old(*, at: datetime, periodic_hours: int = 24, days: int = 14, failed_days: int = 90) -> int:
    """Delete jobs that ended long ago: those of a schedule soonest, failures last. Returns how many.

    The newest of each kind stays however old it is, so that the jobs page can say when it ran.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH ended AS (
              SELECT job.id, job.status, job.args, max(event.at) AS at,
                     row_number() OVER (PARTITION BY job.task_name ORDER BY max(event.at) DESC) AS place
              FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
              WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted') GROUP BY job.id
            )
            DELETE FROM procrastinate_jobs job USING ended
            WHERE ended.id = job.id AND ended.place > 1
              AND ended.at < CASE WHEN ended.status = 'failed' THEN %(failed)s
                                  WHEN jsonb_exists(ended.args, 'timestamp') THEN %(periodic)s ELSE %(other)s END
            """,
            {
                "failed": at - timedelta(days=failed_days),
                "periodic": at - timedelta(hours=periodic_hours),
                "other": at - timedelta(days=days),
            },
        )
        forgotten: int = cursor.rowcount
        cursor.execute(
            "DELETE FROM core_jobfailure failure"
            " WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.id = failure.job_id)"
        )
    return forgotten


def on_app_ready(ready: procrastinate.App) -> None:
    """Called once by procrastinate when Django is up: from here on every worker notes why a job failed."""
    wrapped = list(ready.worker_defaults.get("worker_middleware") or [])
    ready.worker_defaults["worker_middleware"] = [*wrapped, note_failure]


async def note_failure(call_next: Callable[[], Awaitable[Any]], context: Any, worker: Any) -> Any:
    """Worker middleware: run the job; if it fails, write down why, and let the failure go on its way."""
    try:
        return await call_next()
    except Exception as error:
        reference = secrets.token_hex(4)
        log.exception("job %s (%s) failed, reference %s", context.job.id, context.job.task_name, reference)
        try:
            await sync_to_async(_write_down)(context.job.id, error, reference)
        except Exception:  # the database may be what failed; the job's own error matters more
            log.exception("the reason of reference %s was not written down", reference)
        raise


def explain(error: BaseException) -> tuple[str, str]:
    """A failure as (reason code, own words or ''). An error with a text `plain` is taken at its word."""
    match error:
        case MailTrouble():
            return f"MAIL.{error.reason}", ""
        case MemoryError():
            return "MEMORY", ""
        case OSError(errno=errno.ENOSPC) | psycopg.errors.DiskFull():
            return "DISK_FULL", ""
        case django.db.OperationalError() | psycopg.OperationalError():
            return ("DISK_FULL", "") if isinstance(error.__cause__, psycopg.errors.DiskFull) else ("DATABASE", "")
    plain = getattr(error, "plain", "")
    return "UNEXPECTED", str(plain) if isinstance(plain, str | Promise) else ""


def _write_down(job_id: int, error: Exception, reference: str) -> None:
    reason, words = explain(error)
    JobFailure.objects.create(job_id=job_id, at=timezone.now(), reason=reason, words=words, reference=reference)
    connection.close()  # this thread belongs to the worker's loop, not to a request


def _words(reason: str | None, own: str | None) -> str:
    if own:
        return own
    if reason and reason.startswith("MAIL."):
        return str(MAIL_REASONS.get(reason.removeprefix("MAIL."), REASONS["UNKNOWN"]))
    return str(REASONS.get(reason or "", REASONS["UNKNOWN"]))


def _tasks(at: datetime) -> list[Task]:
    """Every kind of job this Setia knows, with its latest end and its counts."""
    counted = {
        row["task_name"]: row
        for row in _rows(
            """
            SELECT task_name, count(*) FILTER (WHERE status = 'doing') AS running,
                   count(*) FILTER (WHERE status = 'todo') AS waiting,
                   min(scheduled_at) FILTER (WHERE status = 'todo') AS scheduled_at
            FROM procrastinate_jobs GROUP BY task_name
            """
        )
    }
    ended = {
        row["task_name"]: row
        for row in _rows(
            """
            SELECT DISTINCT ON (job.task_name) job.task_name, event.at, event.type::text AS status
            FROM procrastinate_events event JOIN procrastinate_jobs job ON job.id = event.job_id
            WHERE event.type IN ('succeeded', 'failed') ORDER BY job.task_name, event.at DESC
            """
        )
    }
    periodic = {task.task.name: task for task in app.periodic_registry.periodic_tasks.values()}
    tasks = []
    for name in {name for name in app.tasks if "procrastinate" not in name} | set(counted):
        row, end = counted.get(name, {}), ended.get(name, {})
        next_at = row.get("scheduled_at")
        if name in periodic:
            seconds = periodic[name].croniter.get_next(ret_type=float, start_time=at.timestamp())
            next_at = datetime.fromtimestamp(seconds, UTC)
        tasks.append(
            Task(
                name=name,
                title=job_name(name),
                latest_at=end.get("at"),
                latest_status=end.get("status", ""),
                running=row.get("running", 0),
                waiting=row.get("waiting", 0),
                next_at=next_at,
            )
        )
    return sorted(tasks, key=lambda task: (task.name.startswith("core."), task.title))


def _running() -> list[Running]:
    rows = _rows(
        """
        SELECT job.id, job.task_name, job.attempts,
               (SELECT max(at) FROM procrastinate_events event
                WHERE event.job_id = job.id AND event.type = 'started') AS started_at,
               worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s) AS stalled
        FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
        WHERE job.status = 'doing' ORDER BY job.id
        """,
        [HEARTBEAT_SECONDS],
    )
    return [
        Running(row["id"], job_name(row["task_name"]), row["started_at"], row["attempts"] + 1, row["stalled"])
        for row in rows
    ]


def _failed(limit: int) -> list[Failed]:
    rows = _rows(
        """
        SELECT job.id, job.task_name, job.attempts, event.at, failure.reason, failure.words, failure.reference,
               EXISTS (SELECT 1 FROM procrastinate_jobs later WHERE later.task_name = job.task_name
                       AND later.args - 'timestamp' = job.args - 'timestamp'
                       AND later.id > job.id AND later.status = 'succeeded') AS mended
        FROM procrastinate_jobs job
        LEFT JOIN LATERAL (SELECT max(at) AS at FROM procrastinate_events
                           WHERE job_id = job.id AND type = 'failed') event ON true
        LEFT JOIN LATERAL (SELECT reason, words, reference FROM core_jobfailure
                           WHERE job_id = job.id ORDER BY id DESC LIMIT 1) failure ON true
        WHERE job.status = 'failed' ORDER BY job.id DESC LIMIT %s
        """,
        [limit],
    )
    return [
        Failed(
            id=row["id"],
            title=job_name(row["task_name"]),
            at=row["at"],
            attempts=max(1, row["attempts"]),
            why=_words(row["reason"], row["words"]),
            reference=row["reference"] or "",
            mended=row["mended"],
        )
        for row in rows
    ]


def _rows(query: str, params: list[Any] | None = None) -> list[dict[str, Any]]:
    """Rows of one of the queries above, by column name."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
