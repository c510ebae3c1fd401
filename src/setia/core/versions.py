"""Two people edit one record: the second is told, and keeps what they typed.

A form carries the version of the record it was filled from; an action compares it under a row lock before it writes.
"""

from datetime import UTC, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, OperationalError
from psycopg.errors import DeadlockDetected, ForeignKeyViolation, SerializationFailure


class ChangedMeanwhile(Exception):
    """The record is no longer the one the form was filled from. `version` is the one it has now."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def version_of(updated_at: datetime) -> str:
    """A record's version: the moment of its latest change, to the microsecond."""
    return updated_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%f")


def vanished(error: Exception) -> bool:
    """Whether a record was there when an action began and was deleted by somebody before it ended."""
    if isinstance(error, IntegrityError):
        return isinstance(error.__cause__, ForeignKeyViolation)
    return isinstance(error, ObjectDoesNotExist)


def collided(error: Exception) -> bool:
    """Whether PostgreSQL ended a transaction because another one was changing the same rows in the other order."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected | SerializationFailure)


def check(expected: str, current: str) -> None:
    """Raise `ChangedMeanwhile` unless the versions agree. An empty `expected` asks for no check."""
    if expected and expected != current:
        raise ChangedMeanwhile(current)
