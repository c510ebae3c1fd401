"""Background jobs: what failed is explained and can be run again, what was interrupted is taken up."""

import asyncio
import errno
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from setia.accounts.sessions import SessionStore
from setia.core import jobs, tasks
from setia.core.mail import MailTrouble
from setia.core.models import JobFailure
from setia.core.words import job_name


def sql(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall() if cursor.description else []


def queue(status: str, task: str = "core.clear_cache", attempts: int = 0, worker: int | None = None) -> int:
    """A job in a given state, with the events that led there."""
    ((key,),) = sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, attempts) VALUES ('house', %s, '{}', %s)"
        " RETURNING id",
        task,
        attempts,
    )
    path = {"todo": [], "doing": ["doing"]}.get(status, ["doing", status])
    for step in path:
        sql("UPDATE procrastinate_jobs SET status = %s, worker_id = %s WHERE id = %s", step, worker, key)
    return int(key)


def worker(seconds_ago: int) -> int:
    ((key,),) = sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        seconds_ago,
    )
    return int(key)


def status(key: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=key).status)


@pytest.mark.django_db
class TestSweep:
    def test_a_dead_workers_job_is_queued_again(self) -> None:
        dead, alive = worker(120), worker(2)
        orphan, stalled, running = queue("doing"), queue("doing", worker=dead), queue("doing", worker=alive)
        assert jobs.sweep() == (2, 0)
        assert [status(key) for key in (orphan, stalled, running)] == ["todo", "todo", "doing"]

    def test_a_job_that_kills_its_workers_is_given_up_with_the_reason(self) -> None:
        key = queue("doing", attempts=jobs.GIVE_UP_AFTER - 1)
        assert jobs.sweep() == (0, 1)
        assert status(key) == "failed"
        assert JobFailure.objects.get(job_id=key).reason == "STOPPED"

    def test_nothing_stalled_changes_nothing(self) -> None:
        queue("todo")
        assert jobs.sweep() == (0, 0)


@pytest.mark.django_db
class TestRetry:
    def test_a_failed_job_runs_again(self) -> None:
        key = queue("failed")
        jobs.retry(job_id=key, at=timezone.now())
        assert status(key) == "todo"

    @pytest.mark.parametrize("state", ["todo", "doing", "succeeded"])
    def test_any_other_job_is_left_alone(self, state: str) -> None:
        key = queue(state)
        with pytest.raises(jobs.NotFailed):
            jobs.retry(job_id=key, at=timezone.now())
        assert status(key) == state

    def test_a_job_that_is_gone_is_told(self) -> None:
        with pytest.raises(jobs.NotFailed):
            jobs.retry(job_id=1, at=timezone.now())

    def test_the_same_work_does_not_wait_twice(self) -> None:
        failed, waiting = queue("failed"), queue("todo")
        sql("UPDATE procrastinate_jobs SET queueing_lock = 'the work' WHERE id IN (%s, %s)", failed, waiting)
        with pytest.raises(jobs.AlreadyWaiting):
            jobs.retry(job_id=failed, at=timezone.now())
        assert status(failed) == "failed"


class TestReasons:
    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (MailTrouble("REFUSED"), "MAIL.REFUSED"),
            (MemoryError(), "MEMORY"),
            (OSError(errno.ENOSPC, "No space left on device"), "DISK_FULL"),
            (OperationalError("server closed the connection"), "DATABASE"),
            (KeyError("name"), "UNEXPECTED"),
        ],
    )
    def test_an_error_is_explained_by_its_kind(self, error: Exception, reason: str) -> None:
        assert jobs.explain(error) == (reason, "")

    def test_an_error_that_brings_plain_words_is_taken_at_its_word(self) -> None:
        class Broken(Exception):
            plain = "The file ended in the middle of a row."

        assert jobs.explain(Broken()) == ("UNEXPECTED", "The file ended in the middle of a row.")


@pytest.mark.django_db(transaction=True)
class TestWorker:
    @pytest.fixture(autouse=True)
    def _empty_queue(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The queue's tables are not Django's to empty, and the worker's threads must give back their connections."""
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        yield
        sql("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    def test_a_failing_job_leaves_its_reason_and_a_reference_and_stays_failed(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(**_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(jobs, "forget_old", full)
        key = app.configure_task("core.forget_old_jobs").defer(timestamp=0)
        run_worker()
        assert status(key) == "failed"
        failed = jobs.board(at=timezone.now()).failed[0]
        assert (failed.id, failed.title) == (key, job_name("core.forget_old_jobs"))
        assert failed.why == str(jobs.REASONS["DISK_FULL"])
        assert failed.reference
        assert failed.reference in caplog.text

    def test_a_job_that_works_leaves_no_failure_and_is_the_latest_run(self) -> None:
        app.configure_task("core.clear_cache").defer(timestamp=0)
        run_worker()
        board = jobs.board(at=timezone.now())
        line = next(task for task in board.tasks if task.name == "core.clear_cache")
        assert line.latest_status == "succeeded"
        assert line.latest_at
        assert board.failed == []

    def test_a_later_run_that_went_well_mends_the_failed_one(self) -> None:
        key = queue("failed", "core.clear_cache")
        sql("UPDATE procrastinate_jobs SET args = '{\"timestamp\": 1}' WHERE id = %s", key)
        assert [job.mended for job in jobs.board(at=timezone.now()).failed] == [False]
        app.configure_task("core.clear_cache").defer(timestamp=2)
        run_worker()
        assert [job.mended for job in jobs.board(at=timezone.now()).failed] == [True]


def run_worker() -> None:
    """A real worker, until the queue is empty."""
    live = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]

    async def work() -> None:
        async with live.open_async():
            await live.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
        await sync_to_async(connections.close_all)()

    asyncio.run(work())


@pytest.mark.django_db
class TestBoard:
    def test_every_periodic_job_says_when_it_runs_next(self) -> None:
        now = timezone.now()
        lines = {task.name: task for task in jobs.board(at=now).tasks}
        for name in ("core.sweep_stalled_jobs", "core.clear_sessions", "core.clear_cache", "core.forget_old_jobs"):
            following = lines[name].next_at
            assert following
            assert now < following <= now + timedelta(days=1)
        sweep = lines["core.sweep_stalled_jobs"].next_at
        assert sweep
        assert sweep <= now + timedelta(minutes=1)

    def test_a_worker_that_reports_is_alive_and_one_that_stopped_is_not(self) -> None:
        assert not jobs.board(at=timezone.now()).worker_alive
        worker(600)
        assert not jobs.board(at=timezone.now()).worker_alive
        worker(1)
        assert jobs.board(at=timezone.now()).worker_alive

    def test_what_runs_is_shown_and_what_stalled_is_marked(self) -> None:
        alive = worker(1)
        running, stalled = queue("doing", worker=alive), queue("doing")
        shown = {job.id: job.stalled for job in jobs.board(at=timezone.now()).running}
        assert shown == {running: False, stalled: True}


@pytest.mark.django_db
class TestHousekeeping:
    def test_jobs_that_ended_long_ago_are_forgotten_failures_last(self) -> None:
        old, failed, waiting = queue("succeeded"), queue("failed"), queue("todo")
        sql("UPDATE procrastinate_events SET at = now() - interval '20 days'")
        fresh = queue("succeeded")
        JobFailure.objects.create(job_id=old, at=timezone.now(), reason="MEMORY", reference="x")
        assert jobs.forget_old(at=timezone.now()) == 1
        assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == {failed, waiting, fresh}
        assert not JobFailure.objects.exists()

    def test_what_runs_on_a_schedule_is_forgotten_after_a_day(self) -> None:
        asked, planned, newest = (queue("succeeded") for _ in range(3))
        sql("UPDATE procrastinate_jobs SET args = '{\"timestamp\": 1}' WHERE id = %s", planned)
        sql("UPDATE procrastinate_events SET at = now() - interval '2 days' WHERE job_id <> %s", newest)
        assert jobs.forget_old(at=timezone.now()) == 1
        assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == {asked, newest}

    def test_the_newest_of_its_kind_stays_however_old(self) -> None:
        older, newest = queue("succeeded"), queue("succeeded")
        sql("UPDATE procrastinate_events SET at = now() - interval '300 days'")
        sql("UPDATE procrastinate_events SET at = now() - interval '400 days' WHERE job_id = %s", older)
        assert jobs.forget_old(at=timezone.now()) == 1
        assert list(ProcrastinateJob.objects.values_list("pk", flat=True)) == [newest]

    def test_ended_sessions_go_and_others_stay(self) -> None:
        now, Session = timezone.now(), SessionStore.get_model_class()  # noqa: N806 - a class
        Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
        Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
        tasks.clear_sessions(timestamp=0)
        assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]

    def test_stale_cache_goes_and_the_rest_stays(self) -> None:
        cache.set("stale", 1, timeout=60)
        cache.set("fresh", 2, timeout=60)
        sql("UPDATE core_cache SET expires = now() - interval '1 minute' WHERE cache_key LIKE '%%stale'")
        tasks.clear_cache(timestamp=0)
        assert sql("SELECT count(*) FROM core_cache") == [(1,)]
        assert cache.get("fresh") == 2


def test_every_worker_notes_why_a_job_failed() -> None:
    assert jobs.note_failure in app.worker_defaults["worker_middleware"]
    quiet = SimpleNamespace(worker_defaults={})
    jobs.on_app_ready(quiet)  # type: ignore[arg-type]
    assert quiet.worker_defaults["worker_middleware"] == [jobs.note_failure]
