"""`setia restore FILE`: a backup into an empty home; what is not empty is refused, never overwritten.

The tables are brought to this Setia's state, and what would leave the house (e-mail) waits until somebody says
`setia release`: a copy made to look into the past must not write to anybody. Who was erased after the backup was made
is erased again: the ledgers `erased.jsonl` in it, beside it and in the home say who.

A restore that is killed half way leaves a home that nothing may start: its letters would go out, and the erased would
be back. The file `restoring` in the home says so until the restore is typed again, which begins anew.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from setia.command import archive, database, dump, passphrases, schema
from setia.command import home as homes
from setia.command.trouble import Trouble
from setia.command.words import _

_OWN = "its own"  # its address may be another one at the next start
_IN_PUBLIC = """
SELECT kind, name FROM (
  SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
         oid::regclass::text, oid FROM pg_class
  WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND relnamespace = to_regnamespace('public')
  UNION ALL SELECT 'ROUTINE', oid::regprocedure::text, oid FROM pg_proc WHERE pronamespace = to_regnamespace('public')
  UNION ALL SELECT 'TYPE', t.oid::regtype::text, t.oid FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE (typtype IN ('e', 'd', 'r') OR relkind = 'c') AND typnamespace = to_regnamespace('public')
) found(kind, name, oid)
WHERE NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = found.oid AND deptype = 'e')
ORDER BY kind = 'TABLE' DESC
"""
"""What stands in the database, but for what belongs to an extension: that may be the server's own."""


def run(arguments: argparse.Namespace) -> int:
    """Restores; returns the exit code. Raises Trouble, and then nothing is in."""
    file = Path(arguments.file).absolute()
    if not file.is_file():
        raise Trouble(_("There is no file {file}.").format(file=file))
    bare = archive.is_dump(file)
    sealed = not bare and archive.needs_passphrase(file)
    passphrase = passphrases.ask(arguments.passphrase_file, new=False) if sealed else ""
    given = database.given()
    where = database.without_password(given) if given else _OWN
    with database.borrowed(half_restored=True) as home, _whole_or_nothing(home, where, file):
        url = os.environ["DATABASE_URL"]
        if bare:
            dump.load(url, file)
            print(
                _("The dump is in. Copy 'files' and 'secret.key' of the old home to {home}, then: setia up").format(
                    home=home
                )
            )
            _tell_erased(_erase_again(file.parent, home))
            return 0
        with tempfile.TemporaryDirectory(dir=homes.folder(home, "backups")) as work:
            folder = Path(work)
            manifest = archive.unpack(file, folder, passphrase=passphrase)
            _keys(folder, home)
            import django

            django.setup()
            _refuse_newer(manifest)
            dump.load(url, folder / "database.dump")
            _files(folder, home)
            _ledger(folder, home)
        schema.bring_up_to_date(home, with_dump=False)
        _pause()
        erased = _erase_again(file.parent, home)
    print(_("The backup of {when} is in {home}. Start it: setia up").format(when=manifest["made_at"][:16], home=home))
    _tell_erased(erased)
    if not sealed:
        print(_("Copy {keys} of the old home there first.").format(keys=", ".join(archive.KEYS)))
    print(_("Until you type 'setia release' (or press the button on its pages), it sends no e-mail to anybody."))
    return 0


@contextmanager
def _whole_or_nothing(home: Path, where: str, file: Path) -> Iterator[None]:
    """Marks the home as half restored for the block. What an earlier one left is emptied first: it was empty before it.

    `where` is the database in words. After an error nothing is in; killed, the mark stays.
    """
    mark, url = home / database.RESTORING, os.environ["DATABASE_URL"]
    # The mark names the database: only what that restore itself has put there is ever emptied.
    if mark.is_file() and mark.read_text(encoding="utf-8") == where:
        _empty(home, url)
    _refuse_full(home, url, file)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)  # with a server of the firm's own nothing else has made it
    mark.write_text(where, encoding="utf-8")
    try:
        yield
    except BaseException:
        _empty(home, url)
        mark.unlink()
        raise
    mark.unlink()


def _empty(home: Path, url: str) -> None:
    """Takes out what a restore into an empty home has put there."""
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()
    with psycopg.connect(url) as connection:
        for kind, name in connection.execute(_IN_PUBLIC).fetchall():
            connection.execute(f"DROP {kind} IF EXISTS {name} CASCADE".encode())
    if (home / "files").exists():
        shutil.rmtree(home / "files")


def _refuse_full(home: Path, url: str, file: Path) -> None:
    with psycopg.connect(url) as connection:
        full = connection.execute(_IN_PUBLIC).fetchone()
    if full:
        raise Trouble(
            _("The database of {home} is not empty, and nothing is ever overwritten.").format(home=home),
            _("Restore into a home of its own: SETIA_HOME=./var-restored setia restore {file}").format(file=file),
        )
    if (home / "files").exists() and any((home / "files").iterdir()):
        raise Trouble(_("There are files in {folder} already.").format(folder=home / "files"))


def _refuse_newer(manifest: dict[str, Any]) -> None:
    """A backup of a newer Setia has tables this one cannot read."""
    if unknown := schema.unknown(manifest["migrations"]):
        raise Trouble(
            _("The backup was made by a newer Setia ({version}): this one does not know {names}.").format(
                version=manifest["setia"], names=", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
            ),
            _("Update Setia to that version or a later one, then restore again."),
        )


def _keys(folder: Path, home: Path) -> None:
    """The keys that came along take the place of those a first start has made in the empty home."""
    for name in archive.KEYS:
        if (folder / "keys" / name).is_file():
            (folder / "keys" / name).replace(home / name)


def _files(folder: Path, home: Path) -> None:
    if (folder / "files").is_dir():
        if (home / "files").exists():
            (home / "files").rmdir()
        (folder / "files").rename(home / "files")


def _ledger(folder: Path, home: Path) -> None:
    """The ledger that came along joins the one that lies in the home."""
    if (folder / archive.LEDGER).is_file():
        path = homes.folder(home, "backups") / archive.LEDGER
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.touch(mode=0o600)
        path.write_text(before + (folder / archive.LEDGER).read_text(encoding="utf-8"), encoding="utf-8")


def _tell_erased(count: int) -> None:
    if count:
        print(_("Erased again, as their requests ask: {count}.").format(count=count))


def _pause() -> None:
    from setia.accounts.actions import end_restored_backups
    from setia.core.actions import pause_outgoing

    pause_outgoing(at=datetime.now(UTC))
    end_restored_backups(at=datetime.now(UTC))


def _erase_again(*folders: Path) -> int:
    """Erases whom the dump still holds although they were erased since: the ledger beside it, or in the home, says who.

    The tables are brought up to date first, because what is held about a person is known for today's tables alone.
    """
    known = [path for folder in folders for path in (folder / "erased.jsonl", folder / "backups" / "erased.jsonl")]
    if not any(path.is_file() for path in known):
        return 0
    import django

    django.setup()
    from django.utils import timezone

    from setia.customers import actions

    schema.bring_up_to_date(homes.find(), with_dump=False)
    count = actions.erase_again([line for path in known for line in actions.read_ledger(path)], at=timezone.now())
    actions.write_ledger()
    return count
