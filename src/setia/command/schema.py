"""The tables, brought to what this code knows: never down, never without a dump, one process at a time.

Steps: 1. take the lock, 2. refuse a database that a newer Setia has changed, 3. dump it where it holds anything,
4. migrate. A crash between them leaves the old tables, or each migration whole, and the dump beside them.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from setia.command import dump
from setia.command.trouble import Trouble
from setia.command.words import _

_LOCK = 0x5E71A  # any number, the same in every process


def bring_up_to_date(home: Path, *, with_dump: bool = True, say: Callable[[str], None] | None = None) -> int:
    """Migrates the database where it is behind; returns how many migrations ran. Django must be set up.

    `say` is told what goes on; without it, standard error is, for standard output may be JSON. Raises Trouble for a
    newer database, and when the dump or a migration fails.
    """
    say = say or _say
    if not pending():
        refuse_newer()
        return 0
    url = os.environ["DATABASE_URL"]
    with _one_at_a_time(url):
        refuse_newer()
        names = pending()
        if names and with_dump and _applied():
            say(_("Dumped the database to {path}.").format(path=_dumped(home, url)))
        if names:
            say(_("Changing the tables (steps: {count}).").format(count=len(names)))
            _migrate()
            _count_anew()
        return len(names)


def _count_anew() -> None:
    """A column just added has no statistics, and nothing would count it while no row changes: a list of a million
    customers filtered by region took twenty times as long until then."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pending() -> list[str]:
    """The migrations this code has and the database has not, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(step) for step, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def refuse_newer() -> None:
    """Raises Trouble when the database has migrations this code has never heard of."""
    if unknown := newer():
        raise Trouble(
            _("The database was changed by a newer Setia: this one does not know {names}.").format(
                names=", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
            ),
            _(
                "Update Setia to that version again. To go back for good, load the dump that was made before the "
                "change, from the folder 'backups', into a new home: SETIA_HOME=… setia restore FILE"
            ),
        )


def newer() -> list[str]:
    """The migrations the database has and this code has not."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return sorted(f"{app}.{name}" for app, name in _applied() if (app, name) not in known)


def unknown(names: Sequence[str]) -> list[str]:
    """Those of a backup's migrations (`app.name`) that this code has never heard of."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for migration in loader.disk_migrations.values():
        known.update(f"{app}.{name}" for app, name in migration.replaces)
    return sorted(set(names) - known)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _applied() -> set[tuple[str, str]]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return set(MigrationRecorder(connection).applied_migrations())


def _dumped(home: Path, url: str) -> Path:
    return dump.make(home, url, reason="before-migration", at=datetime.now(UTC))


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import Error

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Error as error:
        raise Trouble(
            _("The tables could not be changed: {error}").format(error=str(error).strip()),
            _("The step that failed was taken back; the data is as it was. A dump lies in the folder 'backups'."),
        ) from error


@contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    """Holds a lock of the database: two commands started together do not migrate together."""
    with psycopg.connect(url, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield
