"""A restore tried out: a backup is loaded into a scratch database, and every table compared with its original.

Both sides are the same moment: the dump is made at a snapshot that one transaction exports, and the sums of the
original are taken in that very transaction. So they must be equal to the row, however busy the firm is meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from setia.command.trouble import Trouble
from setia.command.words import _


class NoScratch(Trouble):
    """No scratch database can be had: nothing is known of the backup, good or bad."""


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
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e')"  # an extension's own
        " ORDER BY 1"
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

    It is of the same encoding and locale as that one, whatever the server's own are. Raises `NoScratch`, for instance
    where the database user may make none.
    """
    with _entered(url) as connection:
        name = f"{connection.info.dbname[:57]}_check"  # a name has 63 bytes at the most
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        _make(connection, name, drop)
    beside = make_conninfo(url, dbname=name)
    try:
        _entered(beside).close()  # before the load: the server's rules may name each database
        yield beside
    finally:
        with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
            connection.execute(drop)


def _make(connection: psycopg.Connection[Any], name: str, drop: sql.Composed) -> None:
    """Makes the database, after what an earlier check left is gone."""
    user = connection.info.user
    try:
        connection.execute(drop)
    except psycopg.errors.InsufficientPrivilege as error:
        raise NoScratch(
            _("The scratch database would be {name}, and a database of that name belongs to somebody else.").format(
                name=name
            ),
            _("Rename that one."),
        ) from error
    try:
        connection.execute(sql.SQL("CREATE DATABASE {} ").format(sql.Identifier(name)) + _alike(connection))
    except psycopg.errors.InsufficientPrivilege as error:
        raise NoScratch(
            _("The database user {user} may not make a scratch database.").format(user=user),
            _may_make(connection),
        ) from error
    except psycopg.Error as error:
        raise NoScratch(
            _("The scratch database {name} could not be made: {error}").format(name=name, error=str(error).strip())
        ) from error


def _may_make(connection: psycopg.Connection[Any]) -> str:
    """What gives the user the right to make databases."""
    return f"ALTER ROLE {sql.Identifier(connection.info.user).as_string(connection)} CREATEDB"


def refused(url: str) -> str:
    """What the server's people have to type before a restore can be tried out beside `url`; '' where it can be."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        return "" if row == (True,) else _may_make(connection)


def _alike(connection: psycopg.Connection[Any]) -> sql.Composed:
    """The words that make a database sort and encode as the connection's own does."""
    own_locale = "datlocale" if connection.info.server_version >= 170000 else "daticulocale"
    row = connection.execute(
        sql.SQL(
            "SELECT pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, datlocprovider::text,"
            " {}::text FROM pg_database WHERE datname = current_database()"
        ).format(sql.Identifier(own_locale))
    ).fetchone()
    assert row is not None
    encoding, collate, ctype, provider, locale = row
    words = sql.SQL("TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(encoding, collate, ctype)
    if provider in ("i", "b"):
        named = ("icu", "ICU_LOCALE") if provider == "i" else ("builtin", "BUILTIN_LOCALE")
        words += sql.SQL(" LOCALE_PROVIDER {} {} {}").format(sql.SQL(named[0]), sql.SQL(named[1]), locale)
    return words


def _entered(url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(url, autocommit=True)
    except psycopg.Error as error:
        raise NoScratch(
            _("A scratch database cannot be entered: {error}").format(error=str(error).strip()),
            _("Let the user in to it as to the database itself (pg_hba.conf, connection limits)."),
        ) from error


def differences(original: dict[str, Sum], loaded: dict[str, Sum]) -> list[str]:
    """The tables that are not the same on both sides."""
    return sorted(name for name in original.keys() | loaded.keys() if original.get(name) != loaded.get(name))
