"""Whole columns out of PostgreSQL into Arrow, for the analytics: binary COPY by ADBC, past the ORM and row objects.

Only committed rows are seen: the read runs on a connection of its own, to the very database Django is connected to
(in a test, the test's).
"""

from collections.abc import Sequence
from contextlib import closing

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from django.db import connection
from psycopg import pq
from psycopg.conninfo import make_conninfo


def read(sql: str, parameters: Sequence[object] = ()) -> pa.Table:
    """The answer to one SELECT as an Arrow table. Parameters are `$1`, `$2`, …; cast numerics, they come as text.

    Raises the driver's `OperationalError` when the server cannot be reached.
    """
    with closing(adbc.connect(_address())) as server, closing(server.cursor()) as cursor:
        cursor.execute(sql, list(parameters) or None)
        return cursor.fetch_arrow_table()


def _address() -> str:
    """Django's connection as libpq's own `key=value` words, so that socket folders need no escaping."""
    settings = connection.settings_dict
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    words = {name: str(value) for name, value in settings["OPTIONS"].items() if name in known}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    words.update({word: str(settings[key]) for word, key in named.items() if settings[key]})
    return make_conninfo("", **words)
