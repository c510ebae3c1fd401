"""What the tests' databases begin from, and how one is emptied after a test that really committed.

Changing the tables step by step takes longer than what most tests do with them. The finished data folder is therefore
made once, kept beside the installation under a name made from all the code, and copied by every run that follows.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from setia.command.postgres import PrivateServer, binaries

_PACKAGE = Path(__file__).resolve().parent.parent
_KEPT = "tables-"
# Django writes what these hold after migrating; no test changes it, and nothing in the other tables is needed for it.
_STAYS = {"django_content_type", "auth_permission"}
_LARGE_BYTES = 2**20


def beside(spare: Path) -> Path:
    """The folder for what outlives a run: one of the installation's own, or `spare` where nobody may write there."""
    kept = Path(sys.prefix) / "done"  # what `make setup` did stands there, too, and `make clean` removes it
    return kept if os.access(kept, os.W_OK) else spare


def lay(home: Path, spare: Path, *, part: str = "") -> None:
    """Lays a home that has all tables and nothing in them, stopped, into a folder that is not there yet; or a part."""
    with _made(spare) as made:
        subprocess.run(["cp", "-a", str(made / part), str(home / part)], check=True)  # with the server's own owners


def hand_over(server: PrivateServer, name: str) -> None:
    """Gives the tables of a server just laid to the tests' database `name`; `setia` is an empty one again.

    The tests' role may then also switch off what tables do by themselves, as `empty` needs it.
    """
    with psycopg.connect(make_conninfo(server.url, user="postgres", dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE setia RENAME TO {}").format(sql.Identifier(name)))
        connection.execute("CREATE DATABASE setia OWNER setia")
        connection.execute("GRANT SET ON PARAMETER session_replication_role TO setia")


def empty(_case: object = None) -> None:
    """Empties the tables that hold something; stands for Django's way, which makes every table's files anew.

    Like that one it waits for whoever still uses a table, and neither keys nor triggers hold it up.
    """
    from django.db import connection, transaction

    names = sorted({*connection.introspection.django_table_names(only_existing=True, include_views=False)} - _STAYS)
    tables = [connection.ops.quote_name(name) for name in names]
    filled = " UNION ALL ".join(
        f"SELECT {number}, pg_table_size('{table}') WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 - our own names
        for number, table in enumerate(tables)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)}")
        cursor.execute(filled)
        found: dict[int, int] = dict(cursor.fetchall())
        if sum(found.values()) > _LARGE_BYTES:
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
        elif found:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(";".join(f"DELETE FROM {tables[number]}" for number in found))  # noqa: S608 - as above


@contextmanager
def _made(spare: Path) -> Iterator[Path]:
    """The kept home with all tables, made where it is missing; nobody else makes or removes one meanwhile."""
    kept = beside(spare)
    made = kept / f"{_KEPT}{_version()}"
    with (kept / "tables.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for older in kept.glob(f"{_KEPT}*"):
                shutil.rmtree(older)
            new, unfinished = spare / "laid", kept / f"{_KEPT}unfinished"
            with PrivateServer(new, throwaway=True) as server:
                environment = os.environ | {"SETIA_HOME": str(new), "DATABASE_URL": server.url}
                migrate = [sys.executable, "-m", "setia", "manage", "migrate", "-v0"]
                subprocess.run(migrate, env=environment, check=True)
            subprocess.run(["cp", "-a", str(new), str(unfinished)], check=True)
            unfinished.rename(made)
        yield made


def _version() -> str:
    """Told from all code, since migrations call it, the locked libraries, PostgreSQL's programs, and who asks."""
    found = hashlib.sha256(f"{binaries.find()} {os.geteuid()}".encode())
    lock = _PACKAGE.parent.parent / "requirements" / "run.lock"
    for path in [*sorted(_PACKAGE.rglob("*.py")), *([lock] if lock.exists() else [])]:
        if "tests" not in path.parts:
            found.update(str(path).encode() + path.read_bytes())
    return found.hexdigest()[:16]
