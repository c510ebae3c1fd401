"""A dump of the whole database, made by PostgreSQL's own `pg_dump` before tables change.

The file is PostgreSQL's custom format, read by `pg_restore` of the same or a newer version (docs/operations.md).
"""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from setia.command import home as homes
from setia.command.postgres import every
from setia.command.trouble import Trouble
from setia.command.words import _

_KEPT = 5


def make(home: Path, url: str, *, reason: str, at: datetime) -> Path:
    """Dumps the database at `url` into `backups/` and returns the file; keeps the five latest of this `reason`.

    Raises Trouble when there is no `pg_dump` new enough or the disk is full; a half-written file is removed.
    """
    folder = homes.folder(home, "backups")
    target = folder / f"setia-{at:%Y%m%dT%H%M%SZ}-{reason}.dump"
    unfinished = target.with_suffix(".unfinished")
    parts = conninfo_to_dict(url)
    # A password on the command line could be read by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(parts.pop("password"))} if parts.get("password") else {})
    command = [str(_program(url)), "--format=custom", "--no-owner", f"--file={unfinished}"]
    command.append(f"--dbname={make_conninfo('', **parts)}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        unfinished.unlink(missing_ok=True)
        raise Trouble(
            _("The database could not be dumped to {folder}: {error}").format(folder=folder, error=done.stderr.strip()),
            _("Nothing was changed. Free {size} MB or more there, or see the message, and try again.").format(
                size=_size_mb(url)
            ),
        )
    unfinished.rename(target)
    for old in sorted(folder.glob(f"setia-*-{reason}.dump"))[:-_KEPT]:
        old.unlink()
    return target


def latest(home: Path) -> Path | None:
    """The newest dump in `backups/`, None when there is none."""
    return max((home / "backups").glob("*.dump"), key=lambda path: path.stat().st_mtime, default=None)


def _program(url: str) -> Path:
    """A `pg_dump` that is at least as new as the server: an older one refuses."""
    with psycopg.connect(url) as connection:
        server = connection.info.server_version // 10000
    for found in every():
        if found.major >= server and (found / "pg_dump").exists():
            program: Path = found / "pg_dump"
            return program
    if own := shutil.which("pg_dump"):
        said = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout
        if any(word.split(".")[0] == str(server) for word in said.split()):
            return Path(own)
    raise Trouble(
        _(
            "No pg_dump of version {version} was found, and the database must be dumped before its tables change."
        ).format(version=server),
        _(
            "Install it (Debian: apt install postgresql-client-{version}), or dump by other means and add --no-dump."
        ).format(version=server),
    )


def _size_mb(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) // 10**6 if row else 0
