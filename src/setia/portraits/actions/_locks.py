"""Advisory locks of PostgreSQL keep a refresh of everything and refreshes of one customer apart.

REFRESH is held by the one refresh of everything that runs, over all its steps. SWAP is held by it alone for two
moments, before it reads and when the tables are exchanged, and shared by whoever recomputes one customer: so each such
recomputing is either among the orders the refresh has read, or marked `touched` and seen by the exchange.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

REFRESH = 0x5E71A001
SWAP = 0x5E71A002
LOOK_BACK = 0x5E71A003
"""Held by the one comparison of forecasts that runs."""


@contextmanager
def alone(lock: int = REFRESH) -> Iterator[None]:
    """Wait until no other refresh of everything (or who else takes the lock) runs, then hold off all others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    try:
        yield
    finally:
        if connection.is_usable():  # a connection that broke has let go of the lock by itself
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def take_swap() -> None:
    """Until the end of this transaction nobody recomputes one customer; those who are at it are waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWAP])


def share_swap(*, wait: bool) -> bool:
    """Until the end of this transaction no swap begins. False when one is on and `wait` is false."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SWAP])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [SWAP])
        return bool(cursor.fetchone()[0])
