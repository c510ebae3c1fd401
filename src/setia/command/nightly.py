"""The backup that Setia makes by itself, in a process of its own: `python -m setia.command.nightly ID`.

The worker starts it and may end it (SIGTERM is "cancel"). Steps, told to the row of the backup: 1. look for room on the
disk, 2. dump at a snapshot, 3. pack, 4. remove what is older than the plan keeps, 5. load the file into a scratch
database and compare every table with the snapshot. A check that cannot be made leaves the backup good, and says why.
"""

import os
import shutil
import signal
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import psycopg

from setia.command import archive, dump, scratch
from setia.command import home as homes
from setia.command.trouble import Trouble
from setia.command.words import _

if TYPE_CHECKING:
    from setia.accounts.models import Backup, BackupPlan

SPARE_BYTES = 200_000_000
ALWAYS_KEPT = 3


def main(backup_id: int) -> int:
    """Makes and checks the backup of this row; returns 0 when the file is whole."""
    import django

    django.setup()
    from setia.accounts import actions
    from setia.accounts.models import Backup
    from setia.accounts.queries import backup_plan

    backup = Backup.objects.get(pk=backup_id)
    plan = backup_plan()
    try:
        _make(backup, plan)
    except KeyboardInterrupt:
        actions.end_backup(backup=backup, at=datetime.now(UTC), state=Backup.State.CANCELLED)
        return 130
    except Trouble as trouble:
        words = f"{trouble.what} {trouble.todo}".strip()
        actions.end_backup(backup=backup, at=datetime.now(UTC), state=Backup.State.FAILED, problem=words)
        return 1
    except psycopg.Error as error:
        words = _("The database broke off while the backup was made: {error}").format(error=str(error).strip())
        actions.end_backup(backup=backup, at=datetime.now(UTC), state=Backup.State.FAILED, problem=words)
        return 1
    actions.end_backup(backup=backup, at=datetime.now(UTC), state=Backup.State.DONE)
    return 0


def _make(backup: "Backup", plan: "BackupPlan") -> None:
    from setia.accounts.actions import tell_backup
    from setia.core.secrets import CannotOpen, unseal
    from setia.customers.actions import write_ledger

    home, url = homes.find(), os.environ["DATABASE_URL"]
    folder = _folder(home, plan.folder)
    try:
        passphrase = unseal(plan.passphrase_sealed) if plan.passphrase_sealed else ""
    except CannotOpen as error:
        raise Trouble(_("The passphrase of the backups cannot be read any more."), _("Type it again.")) from error
    size = _size(url) + _files_size(home)
    if (free := shutil.disk_usage(folder).free) < size + SPARE_BYTES:
        raise Trouble(
            _("There is not enough room in {folder}: {free} MB are free, and {needed} MB may be needed.").format(
                folder=folder, free=free // 10**6, needed=(size + SPARE_BYTES) // 10**6
            ),
            _("Free some space there, or choose another folder."),
        )
    for left in folder.glob("*.unfinished"):  # of one that was killed
        left.unlink()
    write_ledger(home / "backups")
    tell_backup(backup=backup, step="DUMP", sealed=bool(passphrase))
    with scratch.snapshot(url) as (connection, name):
        file = archive.make(
            home,
            url,
            at=datetime.now(UTC),
            passphrase=passphrase,
            folder=folder,
            snapshot=name,
            packing=lambda: tell_backup(backup=backup, step="PACK"),
        )
        if folder != home / "backups":
            write_ledger(folder)
        tell_backup(backup=backup, made_at=datetime.now(UTC), file=str(file), size=file.stat().st_size)
        _forget(folder, keep_days=plan.keep_days)
        try:
            _check(backup, connection, url, file, passphrase=passphrase, room=size + size // 2 + SPARE_BYTES)
        except _Unchecked as why:
            tell_backup(backup=backup, unchecked=str(why))


class _Unchecked(Exception):
    """The check could not be made; the backup may be good all the same."""


def _check(
    backup: "Backup", connection: psycopg.Connection[object], url: str, file: Path, *, passphrase: str, room: int
) -> None:
    """Loads the file and compares. Raises Trouble where they differ: then the backup is not good."""
    from setia.accounts.actions import tell_backup

    home = homes.find()
    if shutil.disk_usage(home).free < room:
        raise _Unchecked(_("There is not enough room to load it: {needed} MB are needed.").format(needed=room // 10**6))
    tell_backup(backup=backup, step="LOAD")
    with tempfile.TemporaryDirectory(dir=homes.folder(home, "backups")) as work:
        archive.unpack(file, Path(work), passphrase=passphrase)  # every file in it, by its checksum
        try:
            with scratch.database(url) as beside:
                dump.load(beside, Path(work) / "database.dump")
                tell_backup(backup=backup, step="COMPARE")
                original = scratch.sums(connection)
                with psycopg.connect(beside, options="-c timezone=UTC -c statement_timeout=0") as loaded:
                    differ = scratch.differences(original, scratch.sums(loaded))
        except scratch.NoScratch as trouble:
            raise _Unchecked(f"{trouble.what} {trouble.todo}".strip()) from trouble
    if differ:
        raise Trouble(
            _("The backup is not what it was made from: {tables} differ.").format(tables=", ".join(differ[:5])),
            _("Do not rely on it. Make another one; if it differs again, the disk may be failing."),
        )
    rows = sum(one.rows for one in original.values())
    tell_backup(backup=backup, checked_at=datetime.now(UTC), tables=len(original), rows=rows)


def _folder(home: Path, wanted: str) -> Path:
    folder = Path(wanted) if wanted else homes.folder(home, "backups")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise Trouble(
            _("The folder {folder} cannot be written: {error}").format(folder=folder, error=error.strerror or error),
            _("Make it, let the user who runs Setia write there, or choose another folder."),
        ) from error


def _forget(folder: Path, *, keep_days: int) -> None:
    """Removes backups older than the plan keeps; the latest stay however old."""
    oldest = datetime.now(UTC) - timedelta(days=keep_days)
    for old in sorted(folder.glob("setia-*Z.setia"))[:-ALWAYS_KEPT]:
        if datetime.fromtimestamp(old.stat().st_mtime, UTC) < oldest:
            old.unlink()


def _size(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def _files_size(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "files").rglob("*") if path.is_file())


def _cancel(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "setia.config.settings")
    signal.signal(signal.SIGTERM, _cancel)
    sys.exit(main(int(sys.argv[1])))
