"""What has just been changed, as PostgreSQL tells it to whoever listens: verbs and keys, never contents.

Triggers on the audit trail and on the sessions (`accounts/migrations/0009_news.py`) say it when a change is committed:
since every action writes its line of the trail, none is missed, whichever program made it. A pooler between Setia and
its database may swallow it all; `Wire` tries itself out before it is trusted.
"""

import contextlib
import secrets
import select
import socket
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

CHANNEL = "setia_news"
MUCH = "*"
"""Said instead of each line when one statement wrote very many."""
PEOPLE = "people"
"""Somebody's session has ended."""
_TRIAL = "trial "
_TRIAL_SECONDS = 3.0


class Unheard(Exception):
    """The database does not pass news on to this connection; a pooler stands in between, as a rule."""


class News(NamedTuple):
    """One line of the trail: what was done (`activity.finished`), to what, and by whom (None: nobody signed in).

    `gave` says that somebody else is responsible since.
    """

    verb: str
    about: str
    about_id: int | None
    by: int | None
    gave: bool


def read(payload: str) -> list[News]:
    """What one message says; a line nobody understands is `MUCH`."""
    found = []
    for line in payload.splitlines():
        parts = line.split(" ")
        if len(parts) == 5:
            verb, about, about_id, by, gave = parts
            found.append(News(verb, about, _key(about_id), _key(by), gave == "1"))
        else:
            found.append(News(line if line == PEOPLE else MUCH, "", None, None, False))
    return found


class Wire:
    """A connection that listens. `wait` sleeps until there is news, somebody rings, or the time is over.

    Raises `Unheard` where news does not come through, and `DatabaseError` where there is no database.
    """

    def __init__(self) -> None:
        self._bell, self._button = socket.socketpair()
        self._bell.setblocking(False)
        self._button.setblocking(False)
        self._wrapper: Any = None
        self._connection: psycopg.Connection[Any] | None = None

    def open(self) -> None:
        """Connect, listen, and hear oneself."""
        self.close()
        if settings.NEWS_DATABASE_URL:
            try:
                self._connection = psycopg.connect(settings.NEWS_DATABASE_URL, autocommit=True, connect_timeout=10)
            except psycopg.Error as error:
                raise DatabaseError(str(error)) from error
        else:
            self._wrapper = connections.create_connection(DEFAULT_DB_ALIAS)
            self._wrapper.ensure_connection()
            self._connection = self._wrapper.connection
        assert self._connection is not None
        try:
            self._connection.execute(f"LISTEN {CHANNEL}")
            self._try_out()
        except psycopg.Error as error:
            raise DatabaseError(str(error)) from error

    def close(self) -> None:
        """Stop listening; may be opened again."""
        with contextlib.suppress(psycopg.Error, DatabaseError):
            if self._wrapper is not None:
                self._wrapper.close()
            elif self._connection is not None:
                self._connection.close()
        self._wrapper = self._connection = None

    def dispose(self) -> None:
        """Stop listening for good."""
        self.close()
        self._bell.close()
        self._button.close()

    def ring(self) -> None:
        """Wake whoever waits; from any thread. One that is disposed of does not mind."""
        with contextlib.suppress(OSError):
            self._button.send(b"!")

    def wait(self, seconds: float) -> list[str]:
        """The messages that came, none when the time is over or somebody rang. Raises `DatabaseError`."""
        if self._connection is None:
            raise DatabaseError("not listening")
        try:
            bell, line = self._bell.fileno(), self._connection.fileno()
            poll = select.poll()
            poll.register(bell, select.POLLIN)
            poll.register(line, select.POLLIN)
            ready = {fd for fd, _what in poll.poll(max(seconds, 0.0) * 1000)}
            if bell in ready:
                with contextlib.suppress(BlockingIOError):
                    self._bell.recv(4096)
            if line not in ready:
                return []
            return [one for one in _payloads(self._connection.notifies(timeout=0)) if not one.startswith(_TRIAL)]
        except (psycopg.Error, OSError, ValueError) as error:
            raise DatabaseError(str(error)) from error

    def _try_out(self) -> None:
        """Say something by the connection that pages use, and hear it by this one."""
        assert self._connection is not None
        sign = _TRIAL + secrets.token_hex(8)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, sign])
        deadline = time.monotonic() + _TRIAL_SECONDS
        while (rest := deadline - time.monotonic()) > 0:
            if sign in _payloads(self._connection.notifies(timeout=rest, stop_after=1)):
                return
        self.close()
        raise Unheard


def _payloads(found: Iterable[psycopg.Notify]) -> list[str]:
    return [one.payload for one in found]


def is_heard() -> bool:
    """Whether news comes through here, for `setia doctor`. Takes some seconds where it does not."""
    wire = Wire()
    try:
        wire.open()
    except Unheard:
        return False
    finally:
        wire.dispose()
    return True


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
