"""How many pages are made at once, whatever the number of people who only watch.

The web server lends a thread to every request it reads. Most requests make a page, and only so many of those may be at
it together: each needs a connection to the database, and the processor is shared. They take a seat, which brings its
connection along, and give it back when their answer is made. A live answer (`core.live`) waits for news for hours and
asks the database nothing: it gives its seat back before it begins, and holds no more than a sleeping thread.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.http import FileResponse

from setia.core.live import LiveResponse

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IDLE_SECONDS = 60.0
"""A connection nobody used for so long is closed; the next request would open it anew anyway (`CONN_MAX_AGE`)."""


class Seats:
    """A WSGI application that lets `number` requests at a time into another one; the rest wait for their turn."""

    def __init__(self, application: Application, number: int) -> None:
        self._application = application
        self._free = threading.Condition()
        self._seats: list[Any] = []
        self._left = number
        self._used_at = 0.0
        self._sweeping = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seat = self._take()
        try:
            response = self._application(environ, start_response)
            if isinstance(response, LiveResponse | FileResponse):  # neither asks the database for what follows
                return response
            if getattr(response, "streaming", True):
                answer = _Streamed(response, self._give, seat)
                seat = None
                return answer
            try:
                return [b"".join(response)]
            finally:
                response.close()  # type: ignore[attr-defined]
        finally:
            if seat is not None:
                self._give(seat)

    def close(self) -> None:
        """Close the connections of seats nobody has; the next to take one opens it anew."""
        with self._free:
            for seat in self._seats:
                seat.close()

    def _take(self) -> Any:
        """A seat: the one given back last, whose connection is warm; a new one while there are some left."""
        with self._free:
            while not self._seats and not self._left:
                self._free.wait()
            if self._seats:
                seat = self._seats.pop()
            else:
                self._left -= 1
                seat = connections.create_connection(DEFAULT_DB_ALIAS)
                # Of one thread after the other, never of two at once: that is what a seat is for.
                seat.inc_thread_sharing()
        connections[DEFAULT_DB_ALIAS] = seat
        return seat

    def _give(self, seat: Any) -> None:
        del connections[DEFAULT_DB_ALIAS]
        with self._free:
            self._seats.append(seat)
            self._used_at = time.monotonic()
            self._free.notify()
            if not self._sweeping:
                self._sweeping = True
                threading.Thread(target=self._sweep, name="seats", daemon=True).start()

    def _sweep(self) -> None:
        """Closes the connections of a server nobody asks anything, once, and ends."""
        while (rest := self._used_at + IDLE_SECONDS - time.monotonic()) > 0:
            time.sleep(rest)
        self._sweeping = False
        self.close()


class _Streamed:
    """An answer written piece by piece from the database: it holds its seat until its end."""

    def __init__(self, response: Any, give: Callable[[Any], None], seat: Any) -> None:
        self._response = response
        self._give = give
        self._seat = seat

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._response
        finally:  # a seat lost with an answer that broke off would be missing for good
            self.close()

    def close(self) -> None:
        """Called by the server at the end, also when the reader has gone. A second time does nothing."""
        seat, self._seat = self._seat, None
        if seat is None:
            return
        try:
            self._response.close()
        finally:
            self._give(seat)
