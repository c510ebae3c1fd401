"""`setia doctor`: looks at everything Setia stands on; says what is wrong and what to do. Exit code 1 on a fault.

A check that cannot be made, because the one it builds on failed, is left out: one fault is told once.
"""

import argparse
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from setia.command import archive, database, dump, scratch, up
from setia.command import home as homes
from setia.command.postgres import find
from setia.command.trouble import Trouble
from setia.command.words import _

_TIGHT_BYTES = 2_000_000_000
_FULL_BYTES = 200_000_000
_OLD_DUMP_DAYS = 7
_LATE_HOURS = 48
_PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Finding:
    """What one check found: `state` is OK, NOTE (works, but) or FAULT; `todo` the next step."""

    state: str
    check: str
    what: str
    todo: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Prints every finding; returns 1 when one of them is a fault."""
    findings = []
    for finding in examine(homes.find()):
        findings.append(finding)
        if not arguments.json:
            mark = {"OK": "  ok   ", "NOTE": "  note ", "FAULT": "FAULT  "}[finding.state]
            print(f"{mark}{finding.check}: {finding.what}", flush=True)
            if finding.todo:
                print(f"         → {finding.todo}")
    faults = sum(finding.state == "FAULT" for finding in findings)
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        print(_("Faults: {count}.").format(count=faults) if faults else _("Everything Setia needs is in order."))
    return 1 if faults else 0


def examine(home: Path) -> Iterator[Finding]:
    """Makes the checks one after the other, the ground first."""
    yield _python()
    yield _programs()
    yield from _home(home)
    yield _disk(home)
    yield _pages_files()
    yield _translations()
    yield _dump(home)
    outside = database.given()  # asked before a private server is lent, which is named the same way
    if not (home.exists() or outside):
        return  # a look must not make a home
    try:
        with database.borrowed():
            import django

            django.setup()
            yield _reached()
            if outside:
                yield _backup_rights(outside)
            yield _tables()
            yield from _work(home)
    except Trouble as trouble:
        yield Finding("FAULT", _("database"), trouble.what, trouble.todo)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11):  # noqa: UP036 - somebody may run it with another Python than it was installed for
        return Finding("FAULT", "Python", version, _("Setia needs 3.11 or newer."))
    return Finding("OK", "Python", version)


def _programs() -> Finding:
    name = _("PostgreSQL's programs")
    if database.given():
        return Finding("OK", name, _("not needed to run one, DATABASE_URL names a server"))
    try:
        found = find()
    except Trouble as trouble:
        return Finding("FAULT", name, trouble.what, trouble.todo)
    return Finding("OK", name, _("version {major} in {folder}").format(major=found.major, folder=found.folder))


def _home(home: Path) -> Iterator[Finding]:
    """The data folder: there, ours, closed to others."""
    name = _("data folder")
    if not home.exists():
        yield Finding("NOTE", name, _("{folder} does not exist yet.").format(folder=home), _("'setia up' makes it."))
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding(
            "FAULT",
            name,
            _("{folder} cannot be written by this user.").format(folder=home),
            _("Run Setia as the user who made it, or choose another SETIA_HOME."),
        )
        return
    # The home itself may be passed through (as root it must be); what lies in it must not be read.
    opened = [
        path
        for path in sorted(home.iterdir())
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        and path.name not in ("static",)
        and not path.name.startswith("postgresql-")
    ]
    if opened and home.stat().st_mode & (stat.S_IXOTH | stat.S_IXGRP):
        names = " ".join(str(path) for path in opened)
        yield Finding(
            "FAULT",
            name,
            _("Other users of this machine can look into {names}.").format(names=names),
            f"chmod -R go-rwx {names}",
        )
        return
    yield Finding("OK", name, str(home))


def _disk(home: Path) -> Finding:
    name = _("disk")
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    what = _("{free} MB free").format(free=free // 10**6)
    todo = _("Free some space; old files in 'backups' and 'logs' first.")
    if free < _FULL_BYTES:
        return Finding("FAULT", name, what, todo)
    return Finding("NOTE", name, what, todo) if free < _TIGHT_BYTES else Finding("OK", name, what)


def _pages_files() -> Finding:
    name = _("pages' files")
    vendor = _PACKAGE / "web" / "static" / "vendor"
    count = sum(1 for path in vendor.rglob("*") if path.is_file()) if vendor.exists() else 0
    if not count:
        return Finding(
            "FAULT", name, _("The pages' libraries are missing in {folder}.").format(folder=vendor), "make setup"
        )
    return Finding("OK", name, _("library files: {count}").format(count=count))


def _translations() -> Finding:
    name = _("translations")
    missing = [
        path
        for path in sorted(_PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))
        if not (compiled := path.with_suffix(".mo")).exists() or compiled.stat().st_mtime < path.stat().st_mtime
    ]
    if missing:
        rooms = ", ".join(path.relative_to(_PACKAGE).parts[0] for path in missing)
        return Finding(
            "FAULT", name, _("not compiled, or older than their source: {rooms}").format(rooms=rooms), "make setup"
        )
    return Finding("OK", name, _("compiled"))


def _dump(home: Path) -> Finding:
    name = _("latest backup")
    path = archive.latest(home) or dump.latest(home)
    todo = _("'setia backup' makes one; Settings, Backups makes one every night.")
    if path is None:
        return Finding("NOTE", name, _("There is none in {folder}.").format(folder=home / "backups"), todo)
    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    what = f"{made_at:%Y-%m-%d %H:%MZ} {path.name}"
    return Finding("NOTE" if datetime.now(UTC) - made_at > timedelta(days=_OLD_DUMP_DAYS) else "OK", name, what)


def _reached() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT split_part(version(), ' ', 2), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    return Finding("OK", _("database"), f"PostgreSQL {version}, {size}")


def _backup_rights(url: str) -> Finding:
    """What the nightly backup needs of a server that Setia did not start: a `pg_dump` of its version, and the right
    to try a restore out in a scratch database.
    """
    name = _("backup")
    try:
        dump.find_program(url, "pg_dump")
    except Trouble as trouble:
        return Finding("FAULT", name, trouble.what, trouble.todo)
    if todo := scratch.refused(url):
        what = _("The database user may not make a scratch database: backups are made, but no restore is tried out.")
        return Finding("NOTE", name, what, todo)
    return Finding("OK", name, _("can be made, and loaded into a scratch database"))


def _tables() -> Finding:
    from setia.command import schema

    name = _("tables")
    try:
        schema.refuse_newer()
    except Trouble as trouble:
        return Finding("FAULT", name, trouble.what, trouble.todo)
    if waiting := schema.pending():
        what = _("Changes that are not in the database yet: {count}.").format(count=len(waiting))
        return Finding("NOTE", name, what, _("'setia up' makes them, after a dump."))
    return Finding("OK", name, _("as this Setia needs them"))


def _work(home: Path) -> Iterator[Finding]:
    """The running Setia and its worker, as far as the tables can tell."""
    from setia.command import schema

    name = _("running")
    facts = up.running(home)
    if facts is None:
        yield Finding("NOTE", name, _("Setia is not running on this home."), "setia up")
    else:
        yield Finding("OK", name, _("process {pid}, since {since}, at {address}").format(**facts))
    if schema.pending():
        return
    from setia.core import jobs

    board = jobs.board(at=datetime.now(UTC))
    if facts is not None and not board.worker_alive:
        yield Finding(
            "FAULT",
            _("worker"),
            _("It has not been heard of since {at}.").format(at=board.worker_at or "—"),
            _("It is started again by itself; if it stays away, its log says why: {log}").format(
                log=home / "logs" / "worker.log"
            ),
        )
    elif facts is not None:
        yield Finding("OK", _("worker"), _("alive"))
    yield _news()
    yield from _backups()
    if board.failed_count:
        what = _("Background jobs that have failed: {count}.").format(count=board.failed_count)
        yield Finding("NOTE", _("jobs"), what, _("The page 'Jobs' shows why, and runs them again."))


def _news() -> Finding:
    """Whether live pages hear of changes: a pooler before the database may keep all of it to itself."""
    from setia.core.news import is_heard

    name = _("live pages")
    if is_heard():
        return Finding("OK", name, _("hear of changes"))
    what = _("The database passes no news of changes on; live pages look every 20 seconds instead.")
    todo = _("DATABASE_URL names a pooler, it seems. SETIA_NEWS_DATABASE_URL can name the database itself.")
    return Finding("NOTE", name, what, todo)


def _backups() -> Iterator[Finding]:
    """The backups Setia makes by itself: the age of the latest good one, and of the latest loaded and compared."""
    from setia.accounts.queries import backup_board

    board, now = backup_board(), datetime.now(UTC)
    todo = _("Settings, Backups: make one now, or see why the latest failed.")
    if not board.plan.on:
        yield Finding("NOTE", _("nightly backup"), _("It is switched off."), _("Settings, Backups switches it on."))
    for name, moment in (
        (_("latest good backup"), board.good.made_at if board.good else None),
        (_("latest restore check"), board.checked.checked_at if board.checked else None),
    ):
        if moment is None:
            yield Finding("NOTE", name, _("There is none yet."), todo)
            continue
        hours = int((now - moment).total_seconds() // 3600)
        age = (
            _("{days} days old").format(days=hours // 24) if hours >= 48 else _("{hours} hours old").format(hours=hours)
        )
        late = hours >= _LATE_HOURS
        what = f"{age} ({moment:%Y-%m-%d %H:%MZ})"
        yield Finding("NOTE" if late else "OK", name, what, todo if late else "")
