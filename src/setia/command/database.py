"""The database of this home, borrowed for as long as a command needs it.

`DATABASE_URL` names a server of the firm's own and replaces the private one; nothing else changes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from setia.command import home as homes
from setia.command.postgres import PrivateServer
from setia.command.trouble import Trouble
from setia.command.words import _

_VARIABLE = "DATABASE_URL"
_OLDEST = 150000
RESTORING = "restoring"
"""The file in the home that says that a restore has begun and not ended, and into which database."""


def given() -> str | None:
    """The address of the firm's own server, None where the private one serves."""
    return os.environ.get(_VARIABLE) or None


@contextmanager
def borrowed(*, half_restored: bool = False) -> Iterator[Path]:
    """Holds a running database for the block and yields the home; `DATABASE_URL` then names it for Django.

    Raises Trouble for a home in which a restore broke off, unless `half_restored` says that this is the next one.
    """
    home = homes.find()
    if not half_restored:
        refuse_half_restored(home)
    if url := given():
        check(url)
        yield home
        return
    with PrivateServer(home) as server:
        os.environ[_VARIABLE] = server.url
        try:
            yield home
        finally:
            _close_connections()
            del os.environ[_VARIABLE]


def refuse_half_restored(home: Path) -> None:
    """Raises Trouble while a restore into this home has begun and not ended; see `setia.command.restore`."""
    if (home / RESTORING).is_file():
        raise Trouble(
            _("A restore into {home} was broken off half way; nothing may start on it.").format(home=home),
            _("Type the restore again, it begins anew: setia restore FILE"),
        )


@contextmanager
def ready() -> Iterator[Path]:
    """Like `borrowed`, with Django set up and the tables as this code needs them."""
    with borrowed() as home:
        import django

        django.setup()
        from setia.command import schema

        schema.bring_up_to_date(home)
        yield home


def check(url: str) -> None:
    """Raises Trouble where the server named by `DATABASE_URL` cannot serve Setia."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
            row = connection.execute("SHOW server_encoding").fetchone()
    except psycopg.Error as error:
        raise Trouble(
            _("The database named by DATABASE_URL cannot be used ({place}): {error}").format(
                place=without_password(url), error=str(error).strip()
            ),
            _("Check the address, that the server runs, and that it lets this machine in."),
        ) from error
    if version < _OLDEST:
        raise Trouble(
            _("The database server is PostgreSQL {version}; Setia needs 15 or newer.").format(version=version // 10000),
            _("Upgrade it, or leave DATABASE_URL unset to use the one that Setia brings."),
        )
    if row != ("UTF8",):
        raise Trouble(
            _("The database named by DATABASE_URL is not in UTF-8 ({place}).").format(place=without_password(url)),
            "CREATE DATABASE setia ENCODING 'UTF8' TEMPLATE template0",
        )


def without_password(url: str) -> str:
    """The address as it may be shown: host, port and database."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "?"
    return " ".join(f"{name}={parts[name]}" for name in ("host", "port", "dbname", "user") if parts.get(name))


def _close_connections() -> None:
    """Closes what Django has open, so that the server's stop does not cut anything off."""
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        connections.close_all()
