"""A restore tried out: a backup is loaded into a scratch database, and every table compared with its original.

Both sides are the same moment: the dump is made at a snapshot that one transaction exports, and the sums of the
original are taken in that very transaction. So they must be equal to the row, however busy the firm is meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from setia.command.trouble import Trouble
from setia.command.words import _


class Sum(NamedTuple):
    """Of a table: its rows, and a checksum over all of them that does not depend on their order."""

    rows: int
    checksum: str


@contextmanager
def snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A transaction that sees one moment, and the name by which `pg_dump` sees the same."""
    with psycopg.connect(url, options="-c timezone=UTC -c statement_timeout=0") as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, str(row[0])


def sums(connection: psycopg.Connection[Any]) -> dict[str, Sum]:
    """The sum of every table of the database, by name."""
    names = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"
    ).fetchall()
    found = {}
    for (name,) in names:
        query = sql.SQL(
            "SELECT count(*), COALESCE(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM public.{} t"
        ).format(sql.Identifier(name))
        row = connection.execute(query).fetchone()
        assert row is not None
        found[str(name)] = Sum(int(row[0]), str(row[1]))
    return found


@contextmanager
def database(url: str) -> Iterator[str]:
    """An empty database beside the one at `url`, gone after the block; what an earlier check left is removed first.

    Raises Trouble where the database user may make none.
    """
    name = f"{conninfo_to_dict(url).get('dbname') or 'setia'}_check"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute(drop)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            user = connection.info.user
            raise Trouble(
                _("The database user {user} may not make a scratch database.").format(user=user),
                f"ALTER ROLE {user} CREATEDB",
            ) from error
    try:
        yield make_conninfo(url, dbname=name)
    finally:
        with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
            connection.execute(drop)


def differences(original: dict[str, Sum], loaded: dict[str, Sum]) -> list[str]:
    """The tables that are not the same on both sides."""
    return sorted(name for name in original.keys() | loaded.keys() if original.get(name) != loaded.get(name))
