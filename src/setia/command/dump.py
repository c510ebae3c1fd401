"""A dump of the whole database, made by PostgreSQL's own `pg_dump`: before tables change, and when asked for.

The file is PostgreSQL's custom format, loaded again by `setia restore`.
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


def make(home: Path, url: str, *, reason: str, at: datetime, keep: int = _KEPT) -> Path:
    """Dumps the database at `url` into `backups/` and returns the file; keeps the `keep` latest of this `reason`.

    Raises Trouble when there is no `pg_dump` new enough or the disk is full; a half-written file is removed.
    """
    folder = homes.folder(home, "backups")
    target = folder / f"setia-{at:%Y%m%dT%H%M%SZ}-{reason}.dump"
    unfinished = target.with_suffix(".unfinished")
    write(url, unfinished)
    unfinished.rename(target)
    for old in sorted(folder.glob(f"setia-*-{reason}.dump"))[:-keep]:
        old.unlink()
    return target


def write(url: str, target: Path, *, snapshot: str = "") -> None:
    """Dumps the database at `url` into a file, as it was at a `snapshot` that a transaction exported and still holds.

    Raises Trouble; a half-written file is removed.
    """
    at = [f"--snapshot={snapshot}"] if snapshot else []
    if error := _run(url, "pg_dump", "--format=custom", "--no-owner", f"--file={target}", *at):
        target.unlink(missing_ok=True)
        raise Trouble(
            _("The database could not be dumped to {folder}: {error}").format(folder=target.parent, error=error),
            _("Nothing was changed. Free {size} MB or more there, or see the message, and try again.").format(
                size=_size_mb(url)
            ),
        )


def load(url: str, file: Path) -> None:
    """Loads a dump into the empty database at `url`, all of it or nothing. Raises Trouble."""
    if error := _run(url, "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(file)):
        raise Trouble(
            _("The dump {file} could not be loaded: {error}").format(file=file, error=error),
            _("Nothing of it is in the database. A dump of a newer Setia or PostgreSQL needs that version."),
        )


def latest(home: Path) -> Path | None:
    """The newest dump in `backups/`, None when there is none."""
    return max((home / "backups").glob("*.dump"), key=lambda path: path.stat().st_mtime, default=None)


def _run(url: str, program: str, *words: str) -> str:
    """Runs one of PostgreSQL's programs on the database at `url`; returns what it complained of, '' when it is done."""
    parts = conninfo_to_dict(url)
    # A password on the command line could be read by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(parts.pop("password"))} if parts.get("password") else {})
    command = [str(_program(url, program)), f"--dbname={make_conninfo('', **parts)}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return (done.stderr.strip() or str(done.returncode)) if done.returncode else ""


def _program(url: str, name: str) -> Path:
    """A program that is at least as new as the server: an older one refuses."""
    with psycopg.connect(url) as connection:
        server = connection.info.server_version // 10000
    for found in every():
        if found.major >= server and (found / name).exists():
            return found.folder / name
    if own := shutil.which(name):
        said = subprocess.run([own, "--version"], capture_output=True, text=True, check=False).stdout
        if any(word.split(".")[0] == str(server) for word in said.split()):
            return Path(own)
    raise Trouble(
        _("No {program} of version {version} was found, and the database cannot be dumped without.").format(
            program=name, version=server
        ),
        _(
            "Install it (Debian: apt install postgresql-client-{version}); 'setia up --no-dump' goes without a dump."
        ).format(version=server),
    )


def _size_mb(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) // 10**6 if row else 0
