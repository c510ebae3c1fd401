"""Logs that rotate, hold no personal data, and are written by one process: what children print goes through here.

Django's own records are cleaned where they are made (`setia.core.logs`); a crash before that, or another program's
words, are cleaned here.
"""

import logging
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from setia.core.logs import without_personal_data

_BYTES = 5_000_000
_KEPT = 5


class _QuietHandler(RotatingFileHandler):
    """Drops a line that cannot be written: on a full disk, a traceback a line on the terminal would hide the reason."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        pass


class Log:
    """One log file in the home's `logs/`, five megabytes at most, with five older ones beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._handler = _QuietHandler(self.path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        """Appends one line, cleaned."""
        with self._lock:
            self._handler.emit(logging.makeLogRecord({"msg": without_personal_data(line.rstrip("\n"))}))

    def follow(self, stream: IO[bytes]) -> None:
        """Copies what a child prints, from a thread of its own, until the child closes its end."""

        def copy() -> None:
            with stream:
                for line in stream:
                    self.write(line.decode(errors="replace"))

        threading.Thread(target=copy, name=f"log {self.path.name}", daemon=True).start()
