"""Claim a key for something that must happen once, however often it is asked for.

1. The key's row is inserted in the transaction in which the thing is done (`INSERT … ON CONFLICT DO NOTHING`). A second
   request with the key waits there until the first transaction has ended.
2. It ended well: the row is there, the claim fails, and the caller answers what the row says.
3. It ended badly, or its process died: PostgreSQL has taken the row back with everything else, the second inserts its
   own and does the thing. So a crashed holder needs no lease, and there is no moment between doing and remembering.
"""

from collections.abc import Sequence

from django.db import OperationalError, connection
from django.db.models import Model
from psycopg import errors, sql

WAIT_SECONDS = 10


class StillRunning(Exception):
    """The first request with the key has not ended yet."""


def claim(row: Model, *, on: Sequence[str]) -> bool:
    """Insert a row, unless one that agrees in the columns of the fields `on` is there; answers whether it was inserted.

    Call it inside the transaction of what is to be done once. Raises `StillRunning` after `WAIT_SECONDS`.
    """
    fields = [one for one in row._meta.local_concrete_fields if not one.primary_key]
    columns = {one.name: sql.Identifier(str(one.column)) for one in fields}
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO NOTHING RETURNING id").format(
        sql.Identifier(row._meta.db_table),
        sql.SQL(", ").join(columns.values()),
        sql.SQL(", ").join(sql.Placeholder() * len(fields)),
        sql.SQL(", ").join(columns[name] for name in on),
    )
    values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in fields]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
        try:
            cursor.execute(statement, values)
        except OperationalError as error:
            if isinstance(error.__cause__, errors.LockNotAvailable):
                raise StillRunning from error
            raise
        found = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    if found:
        row.pk = found[0]
    return bool(found)
