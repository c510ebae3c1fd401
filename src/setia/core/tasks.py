"""Housekeeping on a schedule (cron in UTC): stalled jobs, ended sessions, stale cache, old jobs."""

from importlib import import_module

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core import jobs
from setia.core.words import name_jobs

name_jobs(
    {
        "core.sweep_stalled_jobs": _("Take up again what was interrupted"),
        "core.clear_sessions": _("Remove ended sessions"),
        "core.clear_cache": _("Remove what the cache no longer needs"),
        "core.forget_old_jobs": _("Forget jobs that ended long ago"),
    }
)


@app.periodic(cron="* * * * *")
@app.task(name="core.sweep_stalled_jobs", queue="house", queueing_lock="core.sweep_stalled_jobs")
def sweep_stalled_jobs(timestamp: int) -> None:
    """Take up again the jobs whose worker died."""
    jobs.sweep()


@app.periodic(cron="17 19 * * *")
@app.task(name="core.clear_sessions", queue="house", queueing_lock="core.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Delete sessions that have run out; Django only ignores them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@app.periodic(cron="7 * * * *")
@app.task(name="core.clear_cache", queue="house", queueing_lock="core.clear_cache")
def clear_cache(timestamp: int) -> None:
    """Delete cache entries that have run out; the cache itself only does so when it is full."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_cache WHERE expires < now()")


@app.periodic(cron="27 19 * * *")
@app.task(name="core.forget_old_jobs", queue="house", queueing_lock="core.forget_old_jobs")
def forget_old_jobs(timestamp: int) -> None:
    """Delete jobs that ended long ago, so that the queue stays quick."""
    jobs.forget_old(at=timezone.now())
