"""Gives rows to the survivor of a merge, and back: the same SQL for every table that holds a customer's key.

Rows keep their import stamp (`core.stamps`): a merge changes whose they are, not what a run has said of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from setia.customers.keys import Key


@contextmanager
def unstamped() -> Iterator[CursorWrapper]:
    """A cursor under which changed rows keep the import stamp they have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('setia.restoring', 'on', true)")
        yield cursor
        cursor.execute("SELECT set_config('setia.restoring', '', true)")


def move(merge_id: int, survivor_id: int, other_ids: list[int], keys: Iterable[Key]) -> None:
    """Give the survivor every row that holds one of the others, and write down which."""
    names = {"merge": merge_id, "survivor": survivor_id, "others": other_ids, "all": [survivor_id, *other_ids]}
    with unstamped() as cursor:
        for key in keys:
            if not key.stays:
                _move(cursor, key, names)


def _move(cursor: CursorWrapper, key: Key, names: dict[str, Any]) -> None:
    cursor.execute(
        f"""
        INSERT INTO customers_mergemove (merge_id, "table", "column", was, row_ids)
        SELECT %(merge)s, '{key.table}', '{key.column}', to_jsonb({key.column}), array_agg(id ORDER BY id)
        FROM ({_movable(key)}) movable GROUP BY {key.column} ORDER BY {key.column}
        """,
        names,
    )
    if not cursor.rowcount:
        return
    mine = f"""SELECT unnest(row_ids) FROM customers_mergemove
               WHERE merge_id = %(merge)s AND "table" = '{key.table}' AND "column" = '{key.column}'"""
    if key.single:
        _yield_to_the_first(cursor, key, mine, names)
    cursor.execute(f"UPDATE {key.table} SET {key.column} = %(survivor)s WHERE id IN ({mine})", names)


def _movable(key: Key) -> str:
    """The rows of the others that the survivor can have: of equals only one, and none where it has one already."""
    apart = "".join(f" AND ({column} = ANY(%(all)s)) IS NOT TRUE" for column in key.apart)
    theirs = f"SELECT * FROM {key.table} WHERE {key.column} = ANY(%(others)s){apart}"
    if not (key.once or key.alone):
        return theirs
    columns = ", ".join(key.once) or "true"  # with one row only, any two are too many
    counts = f"({key.when}) AND ({columns}) IS NOT NULL"  # two rows that hold NULL are never equal to the database
    equal = " AND ".join(f"had.{column} = movable.{column}" for column in key.once) or "true"
    return f"""
        SELECT * FROM (SELECT *, {counts} AS counts, row_number() OVER (PARTITION BY {counts}, {columns} ORDER BY id)
                       AS nth FROM ({theirs}) theirs) movable
        WHERE counts IS NOT TRUE OR (nth = 1 AND NOT EXISTS (
          SELECT FROM (SELECT * FROM {key.table} WHERE {key.column} = %(survivor)s AND {key.when}) had WHERE {equal}))
        """


def _yield_to_the_first(cursor: CursorWrapper, key: Key, mine: str, names: dict[str, Any]) -> None:
    cursor.execute(
        f"""
        INSERT INTO customers_mergemove (merge_id, "table", "column", was, row_ids)
        SELECT %(merge)s, '{key.table}', '{key.single}', 'true', array_agg(id ORDER BY id)
        FROM {key.table} WHERE id IN ({mine}) AND {key.single} HAVING count(*) > 0
        """,
        names,
    )
    cursor.execute(
        f"""
        UPDATE {key.table} SET {key.single} = false WHERE id IN ({mine}) AND {key.single} AND id IS DISTINCT FROM (
          SELECT min(id) FROM {key.table} WHERE id IN ({mine}) AND {key.single}
          HAVING NOT EXISTS (SELECT FROM {key.table} WHERE {key.column} = %(survivor)s AND {key.single}))
        """,
        names,
    )


def move_back(merge_id: int, survivor_id: int, keys: Iterable[Key]) -> None:
    """Give back what a merge took and the survivor still has. What would be there twice stays with the survivor."""
    with unstamped() as cursor:
        for key in reversed([key for key in keys if not key.stays]):
            _move_back(cursor, key, {"merge": merge_id, "survivor": survivor_id})


def _move_back(cursor: CursorWrapper, key: Key, names: dict[str, Any]) -> None:
    equal = " AND ".join(f"has.{column} = mine.{column}" for column in key.once) or "true"
    again = (
        f"""AND NOT (({key.when}) AND EXISTS (SELECT FROM (SELECT * FROM {key.table} WHERE {key.when}) has
              WHERE has.{key.column} = taken.whose AND {equal}))"""
        if key.once or key.alone
        else ""
    )
    reset = f", {key.single} = false" if key.single else ""
    cursor.execute(
        f"""
        UPDATE {key.table} mine SET {key.column} = taken.whose{reset}
        FROM (SELECT (was #>> '{{}}')::bigint AS whose, unnest(row_ids) AS row_id FROM customers_mergemove
              WHERE merge_id = %(merge)s AND "table" = '{key.table}' AND "column" = '{key.column}') taken
        WHERE mine.id = taken.row_id AND mine.{key.column} = %(survivor)s {again}
        """,
        names,
    )
    if cursor.rowcount and key.single:
        cursor.execute(
            f"""
            UPDATE {key.table} mine SET {key.single} = true
            WHERE {key.column} <> %(survivor)s AND id IN (
                SELECT unnest(row_ids) FROM customers_mergemove
                WHERE merge_id = %(merge)s AND "table" = '{key.table}' AND "column" = '{key.single}')
              AND NOT EXISTS (
                SELECT FROM {key.table} has WHERE has.{key.column} = mine.{key.column} AND has.{key.single})
            """,
            names,
        )
