"""What a file says of people who were erased: nothing of it is written.

A file can name them only by their pseudonym, as an export made after the erasure does. Their orders are the firm's
books and are taken in; whatever would say again who they were is left out, or refused with the row.
"""

from django.db.backends.utils import CursorWrapper

_THEIRS = """
customers_erasure e JOIN customers_customer c ON c.id = e.customer_key
WHERE c.erased_at IS NOT NULL AND c.source = %s AND s.{number} = c.number
"""

_PERSONAL = ("customer_name", "customer_phone", "customer_email", "customer_region", "customer_gender", "note")
"""Columns of an order file that say something of a person."""


def reject(cursor: CursorWrapper, source: str, *, number: str = "number") -> list[int]:
    """Take the rows out that name somebody erased, in the column `number`; answers their row numbers."""
    cursor.execute(f"DELETE FROM stage s USING {_THEIRS.format(number=number)} RETURNING rn", [source])
    return [row for (row,) in cursor.fetchall()]


def leave_out(cursor: CursorWrapper, source: str) -> int:
    """Empty what the lines of an order file say of somebody erased; answers how many lines did."""
    emptied = ", ".join(f"{column} = NULL" for column in _PERSONAL)
    cursor.execute(f"UPDATE stage s SET {emptied} FROM {_THEIRS.format(number='customer_number')}", [source])
    return int(cursor.rowcount)
