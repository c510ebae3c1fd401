"""Logs that rotate, hold no personal data, and are written by one process: what children print goes through here.

A traceback or a database's error can quote a value. Mail addresses, telephone numbers and the values that PostgreSQL
quotes in an error's detail are replaced before anything reaches the disk.
"""

import logging
import re
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

_BYTES = 5_000_000
_KEPT = 5

_PERSONAL = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "<e-mail>"),
    (re.compile(r"(?<![\w.:-])(?:\+|0)\d(?:[ .-]?\d){7,14}(?![\w:])"), "<phone>"),
    (re.compile(r"(Key \([^)]*\))=\(.*?\)(?= |$)"), r"\1=(…)"),
    (re.compile(r"(Failing row contains) \(.*\)"), r"\1 (…)"),
)


def without_personal_data(text: str) -> str:
    """`text` with mail addresses, telephone numbers and quoted row values replaced."""
    for pattern, replacement in _PERSONAL:
        text = pattern.sub(replacement, text)
    return text


class Log:
    """One log file in the home's `logs/`, five megabytes at most, with five older ones beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._handler = RotatingFileHandler(self.path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
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
