"""Two people edit one record: the second is told, and keeps what they typed.

A form carries the version of the record it was filled from; an action compares it under a row lock before it writes.
"""

from datetime import UTC, datetime


class ChangedMeanwhile(Exception):
    """The record is no longer the one the form was filled from. `version` is the one it has now."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def version_of(updated_at: datetime) -> str:
    """A record's version: the moment of its latest change, to the microsecond."""
    return updated_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")


def check(expected: str, current: str) -> None:
    """Raise `ChangedMeanwhile` unless the versions agree. An empty `expected` asks for no check."""
    if expected and expected != current:
        raise ChangedMeanwhile(current)
