"""Runs whose worker died: put back into the queue, with nothing of theirs written."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app

from setia.accounts.actions import audit
from setia.intake.actions.execute import ADVISORY_LOCK
from setia.intake.models import Run

# A live run beats twice a second while reading; one long SQL statement while writing holds the lock instead.
SILENCE = timedelta(seconds=30)


def resume_stalled(*, at: datetime, silence: timedelta = SILENCE) -> list[Run]:
    """Queue again every run that was being read or written and shows no sign of life; answers these runs.

    A run whose transaction is still open in the database holds the import lock and is left alone.
    """
    resumed: list[Run] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return []
        stalled = Run.objects.select_for_update(skip_locked=True).filter(
            state__in=(Run.State.READING, Run.State.WRITING, Run.State.QUEUED), beat_at__lt=at - silence
        )
        for run in stalled:
            Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, beat_at=at)
            audit(by=None, at=at, verb="import.resumed", about="run", about_id=run.pk, data={"file": run.file_name})
            app.configure_task("intake.run_import", queue="intake").defer(run_id=run.pk)
            resumed.append(run)
    return resumed
