"""The background worker as `setia up` starts it: procrastinate's own command, with this process's settings.

A job that counts (portraits, a file taken in, a forecast) brings libraries along that stay in memory for ever: some 200
MB of a small machine, idling until the next night. So once such a job is done and nothing follows it, the worker ends
in good order and becomes a fresh one, under the same process number: whoever looks after it notices nothing.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

HEAVY = frozenset({"numpy", "pyarrow", "scipy", "duckdb"})
"""Libraries that only jobs bring along."""
LOOK_SECONDS = 20.0


class Renewal(threading.Thread):
    """Looks now and then whether the worker carries more than it needs, and has it end once it rests.

    `resting` says whether no job is running; asked only while there is something to put down, and believed when it says
    so twice in a row, so that of two jobs that follow each other the second need not load everything again.
    """

    def __init__(self, resting: Callable[[], bool], *, stop: Callable[[], None], every: float = LOOK_SECONDS) -> None:
        super().__init__(name="renewal", daemon=True)
        self.wished = False
        self._resting, self._stop, self._every = resting, stop, every
        self._ended = threading.Event()

    def run(self) -> None:
        rested = False
        while not self._ended.wait(self._every):
            try:
                rests = not HEAVY.isdisjoint(sys.modules) and self._resting()
            except Exception:  # the database is away: there is time
                log.debug("could not ask for running jobs", exc_info=True)
                rests = False
            if rests and rested:
                self.wished = True
                self._stop()
                return
            rested = rests

    def end(self) -> None:
        """Look no more."""
        self._ended.set()


def _resting() -> bool:
    from django.db import connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing')")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def main(arguments: list[str]) -> None:
    """Work until told to stop; a fresh process takes the place of one that has grown."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    from django.core.management import execute_from_command_line

    renewal = Renewal(_resting, stop=lambda: os.kill(os.getpid(), signal.SIGTERM))
    renewal.start()
    # `setia up` has checked the settings a moment ago. Doing so again would load every page, which no job needs: 35 MB.
    execute_from_command_line(["setia", "procrastinate", "--skip-checks", "worker", *arguments])
    renewal.end()
    if renewal.wished:
        os.execv(sys.executable, [sys.executable, "-m", "setia.command.worker", *arguments])  # noqa: S606 — itself


if __name__ == "__main__":
    main(sys.argv[1:])
