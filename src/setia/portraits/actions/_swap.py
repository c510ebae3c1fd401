"""A new table in the place of the old one: how a million portraits change at once without anybody noticing.

The new portraits are copied into a table of their own, which gets the old one's indexes built over it in bulk (an index
built is many times cheaper than an index fed row by row, and leaves no dead rows behind). Then the names are exchanged.
That takes the table's exclusive lock for a few milliseconds; where a long reader stands in the way, it is asked for
again and again for a moment each, so that other readers do not queue up behind the waiting.
"""

import io
import time
from typing import Any

import pyarrow as pa
import pyarrow.csv
from django.db import OperationalError, connection, transaction
from psycopg import errors, sql

from setia.portraits.actions._locks import take_swap

TABLE, FRESH = "portraits_portrait", "portraits_fresh"
_MOMENT_MS, _LONGER_MS = 300, 2_000
_MOMENTS = 20
_ROWS_AT_ONCE = 50_000


def fill(portraits: pa.Table) -> None:
    """Make the new table, with the old one's columns, defaults and indexes. Inside the transaction of the swap."""
    names = sql.SQL(", ").join(map(sql.Identifier, portraits.column_names))
    with connection.cursor() as cursor:
        _do(
            cursor, "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)", FRESH, TABLE
        )
        # Frozen: nobody sees the table before it is committed, so its rows need not be stamped later.
        copy_in = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FREEZE)").format(sql.Identifier(FRESH), names)
        with cursor.copy(copy_in) as copy:
            for batch in portraits.to_batches(max_chunksize=_ROWS_AT_ONCE):
                copy.write(_csv(batch))
        cursor.execute(
            "DELETE FROM portraits_fresh fresh"
            " WHERE NOT EXISTS (SELECT FROM customers_customer customer WHERE customer.id = fresh.customer_id)"
        )
        for name, definition, primary in _indexes(cursor):
            cursor.execute(
                definition.replace(f" INDEX {name} ON ", f" INDEX {name}_fresh ON ", 1).replace(
                    TABLE + " ", FRESH + " ", 1
                )
            )
            if primary:
                _do(cursor, "ALTER TABLE {} ADD PRIMARY KEY USING INDEX {}", FRESH, f"{name}_fresh")
        _do(cursor, "ANALYZE {}", FRESH)


def exchange() -> list[int]:
    """Put the new table in the old one's place. Portraits touched meanwhile stay; the answer names their customers."""
    _lock()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM portraits_fresh fresh USING customers_customer customer"
            " WHERE customer.merged_into_id IS NOT NULL AND fresh.customer_id = customer.id"
        )
        cursor.execute(
            "DELETE FROM portraits_fresh fresh USING portraits_portrait old"
            " WHERE old.touched AND fresh.customer_id = old.customer_id"
        )
        cursor.execute(
            "INSERT INTO portraits_fresh SELECT * FROM portraits_portrait WHERE touched RETURNING customer_id"
        )
        touched = [row[0] for row in cursor.fetchall()]
        indexes = [name for name, _, _ in _indexes(cursor)]
        _do(cursor, "DROP TABLE {}", TABLE)
        _do(cursor, "ALTER TABLE {} RENAME TO {}", FRESH, TABLE)
        for name in indexes:
            _do(cursor, "ALTER INDEX {} RENAME TO {}", f"{name}_fresh", name)
    return touched


def _lock() -> None:
    """Hold off everybody from the old table, asking for a moment at a time."""
    for attempt in range(1_000_000):
        patience = _MOMENT_MS if attempt < _MOMENTS else _LONGER_MS
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience}ms"])
                take_swap()
                cursor.execute("LOCK TABLE portraits_portrait IN ACCESS EXCLUSIVE MODE")
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
                return
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            time.sleep(patience / 1000)


def _indexes(cursor: Any) -> list[tuple[str, str, bool]]:
    """Name, definition and whether it is the primary key's, of each index of the portraits."""
    cursor.execute(
        """
        SELECT index.relname, pg_get_indexdef(index.oid), entry.indisprimary
        FROM pg_index entry JOIN pg_class index ON index.oid = entry.indexrelid
        WHERE entry.indrelid = 'portraits_portrait'::regclass ORDER BY NOT entry.indisprimary, index.relname
        """
    )
    found: list[tuple[str, str, bool]] = cursor.fetchall()
    return found


def _do(cursor: Any, words: str, *names: str) -> None:
    cursor.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def _csv(batch: pa.RecordBatch) -> memoryview:
    """As COPY's CSV: what is null is nothing, what is an empty text is quoted."""
    out = io.BytesIO()
    pyarrow.csv.write_csv(batch, out, pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed"))
    return out.getbuffer()
