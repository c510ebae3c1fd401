"""A dump of the whole database, made by PostgreSQL's own `pg_dump`: before tables change, and when asked for.

The file is PostgreSQL's custom format, loaded again by `setia restore`. It holds what is Setia's and nothing else: on a
server of the firm's own, whoever runs it may keep schemas, extensions, publications and grants in the same database,
which Setia's role may neither read nor make again.
"""

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from setia.command import home as homes
from setia.command.postgres import every
from setia.command.trouble import Trouble
from setia.command.words import _

_KEPT = 5
_EXTENSION = "pg_trgm"
_NOT_OURS = re.compile(
    r"^\d+; \d+ \d+ (?:SCHEMA - public |COMMENT - (?:SCHEMA|EXTENSION) |EXTENSION - (?!pg_trgm )|(?:DEFAULT )?ACL )"
)
"""Lines of a dump's list that are left out when it is loaded: each empty database has a schema `public`, what is said
of an extension takes its owner, and grants name roles that another server does not know."""


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
    words = ["--format=custom", "--no-owner", f"--file={target}", *_ours(url)]
    words += [f"--snapshot={snapshot}"] if snapshot else []
    if error := _run(url, "pg_dump", *words):
        target.unlink(missing_ok=True)
        raise Trouble(
            _("The database could not be dumped to {folder}: {error}").format(folder=target.parent, error=error),
            _("Nothing was changed. Free {size} MB or more there, or see the message, and try again.").format(
                size=_size_mb(url)
            ),
        )


def load(url: str, file: Path) -> None:
    """Loads a dump into the empty database at `url`, all of it or nothing. Raises Trouble."""
    with tempfile.NamedTemporaryFile("w", suffix=".list", encoding="utf-8") as kept:
        kept.writelines(line for line in _listed(url, file) if not _NOT_OURS.match(line))
        kept.flush()
        whole = ("--single-transaction", "--exit-on-error", f"--use-list={kept.name}")
        error = _run(url, "pg_restore", *_BARE, *whole, str(file))
    if error:
        raise Trouble(
            _("The dump {file} could not be loaded: {error}").format(file=file, error=error),
            _("Nothing of it is in the database. A dump of a newer Setia or PostgreSQL needs that version."),
        )


_BARE = (
    "--no-owner",
    "--no-privileges",
    "--no-tablespaces",
    "--no-publications",
    "--no-subscriptions",
    "--no-security-labels",
)


def _ours(url: str) -> list[str]:
    """What is dumped: where Setia's tables stand, and the extension it uses, wherever the server's people put that."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT quote_ident(n.nspname)::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
            " WHERE e.extname = %s",
            [_EXTENSION],
        ).fetchone()
    schemas = {"public"} | ({str(row[0])} - {"pg_catalog"} if row else set())
    return [f"--schema={name}" for name in sorted(schemas)] + ([f"--extension={_EXTENSION}"] if row else [])


def _listed(url: str, file: Path) -> list[str]:
    """The list of what is in a dump, a line each; of one that cannot be read none, and loading it says why."""
    command = [str(find_program(url, "pg_restore")), "--list", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.splitlines(keepends=True)


def latest(home: Path) -> Path | None:
    """The newest dump in `backups/`, None when there is none."""
    return max((home / "backups").glob("*.dump"), key=lambda path: path.stat().st_mtime, default=None)


def _run(url: str, program: str, *words: str) -> str:
    """Runs one of PostgreSQL's programs on the database at `url`; returns what it complained of, '' when it is done."""
    parts = conninfo_to_dict(url)
    # A password on the command line could be read by everybody on the machine.
    environment = os.environ | ({"PGPASSWORD": str(parts.pop("password"))} if parts.get("password") else {})
    command = [str(find_program(url, program)), f"--dbname={make_conninfo('', **parts)}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if not done.returncode:
        return ""
    # The query that failed may name every table there is.
    said = [line for line in done.stderr.splitlines() if not re.match(r"pg_\w+: detail: Query was:", line)]
    return "\n".join(said).strip() or str(done.returncode)


def find_program(url: str, name: str) -> Path:
    """One of PostgreSQL's programs that is at least as new as the server: an older one refuses. Raises Trouble."""
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
