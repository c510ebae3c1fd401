"""Arrow tables into PostgreSQL by COPY, in the caller's transaction, with ids reserved beforehand."""

import io

import pyarrow as pa
import pyarrow.csv as csv
from django.db.backends.utils import CursorWrapper

_OPTIONS = csv.WriteOptions(include_header=False, quoting_style="all_valid", batch_size=16_384)


def copy_in(cursor: CursorWrapper, table: str, rows: pa.Table) -> int:
    """Write rows into `table`; the columns' names are the table's. Null is an unquoted nothing, '' a quoted one."""
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        for batch in rows.to_batches(max_chunksize=65_536):
            text = io.BytesIO()
            csv.write_csv(batch, text, _OPTIONS)
            copy.write(text.getbuffer())
    return int(rows.num_rows)


def reserve(cursor: CursorWrapper, table: str, count: int) -> int:
    """Take `count` ids of a table for rows that will name theirs; answers the first. The table must be locked."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
    first = _one(cursor)
    if count > 1:
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
    return first


def current_id(cursor: CursorWrapper, table: str) -> int:
    """The id a locked table gave out latest in this session; call `reserve` before."""
    cursor.execute("SELECT currval(pg_get_serial_sequence(%s, 'id'))", [table])
    return _one(cursor)


def _one(cursor: CursorWrapper) -> int:
    (value,) = cursor.fetchone()
    return int(value)
