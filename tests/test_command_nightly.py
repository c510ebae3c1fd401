"""The backup that is made by itself: whole, loaded beside and found equal; what differs, or has no room, is said."""

import json
import os
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from setia.command import archive, dump, scratch
from setia.command.postgres import PrivateServer

WORDS = "kopi-susu-gula-aren"
_MAKE = """
from django.utils import timezone
from setia.accounts.actions import back_up, change_backup_plan, start_backup
from setia.accounts.models import User
from setia.customers import actions
now = timezone.now()
rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
for name in ("Siti Nurhaliza", "Maria Ulfa"):
    actions.add(by=rani, at=now, name=name)
actions.erase(by=rani, at=now, customer=actions.add(by=rani, at=now, name="Kadek Ayu"))
change_backup_plan(by=rani, at=now, passphrase="WORDS", folder="FOLDER")
back_up(backup_id=start_backup(by=None, at=now).pk, at=now)
"""
_TOLD = """
import json
from setia.accounts.models import Backup
one = Backup.objects.latest("pk")
told = [one.state, one.problem, one.unchecked, one.file, bool(one.checked_at), one.tables, one.rows, one.sealed]
print(json.dumps(told))
"""


@pytest.fixture(autouse=True)
def _private_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def setia(home: Path, *words: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"SETIA_HOME": str(home), "LANG": "C", "SETIA_LANGUAGE": "en"}
    done = subprocess.run([sys.executable, "-m", "setia", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shell(home: Path, code: str) -> str:
    return setia(home, "manage", "shell", "-v", "0", "-c", code).strip()


def test_a_backup_of_the_night_is_loaded_beside_and_found_equal_and_brings_everything_back(
    place: Path, lay_home: Callable[[Path], Path]
) -> None:
    base = Path(tempfile.mkdtemp(dir=place))
    base.chmod(0o711)
    home, folder = base / "home", base / "elsewhere"
    lay_home(home)
    with PrivateServer(home) as server:  # held, so that each command finds it running
        (home / "files").mkdir(mode=0o700)
        (home / "files" / "photo.jpg").write_bytes(os.urandom(100_000))
        make = _MAKE.replace("WORDS", WORDS).replace("FOLDER", str(folder))
        state, problem, unchecked, file, checked, tables, rows, sealed = json.loads(shell(home, make + _TOLD))
        assert (state, problem, unchecked, checked, sealed) == ("DONE", "", "", True, True)
        assert tables > 60
        assert rows > 300
        with psycopg.connect(server.url) as connection:
            beside = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%check%'").fetchall()
        assert beside == []
        said = setia(home, "doctor")
        assert "latest restore check: 0 hours old" in said
        assert "latest good backup: 0 hours old" in said
    made = Path(file)
    assert made.parent == folder
    assert {path.name for path in folder.iterdir()} == {made.name, "erased.jsonl"}
    assert not list((home / "backups").glob("tmp*"))
    archive.unpack(made, base / "out", passphrase=WORDS)
    assert (base / "out" / "erased.jsonl").read_text() == (folder / "erased.jsonl").read_text() != ""
    assert (base / "out" / "files" / "photo.jpg").read_bytes() == (home / "files" / "photo.jpg").read_bytes()

    words = base / "words.txt"
    words.write_text(WORDS)
    new = base / "new"
    setia(new, "restore", str(made), "--passphrase-file", str(words))
    assert (new / "backups" / "erased.jsonl").is_file()
    assert json.loads(shell(new, _TOLD))[0] == "CANCELLED", "the backup it came from is not being made there"


def test_a_table_that_differs_by_a_row_a_value_or_itself_is_named(place: Path) -> None:
    home = Path(tempfile.mkdtemp(dir=place))
    home.chmod(0o711)
    with PrivateServer(home, throwaway=True) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE fruit (id int, name text)")
            connection.execute("CREATE TABLE leaf (id int)")
            connection.execute("INSERT INTO fruit VALUES (1, 'mango'), (2, 'salak')")
        with scratch.snapshot(server.url) as (seen, name), scratch.database(server.url) as beside:
            with psycopg.connect(server.url, autocommit=True) as busy:  # the firm goes on working
                busy.execute("INSERT INTO fruit VALUES (3, 'durian')")
            file = home / "one.dump"
            dump.write(server.url, file, snapshot=name)
            dump.load(beside, file)
            original = scratch.sums(seen)
            assert original["fruit"].rows == 2
            with psycopg.connect(beside, autocommit=True) as loaded:
                assert scratch.differences(original, scratch.sums(loaded)) == []
                loaded.execute("UPDATE fruit SET name = 'manggis' WHERE id = 1")
                loaded.execute("DROP TABLE leaf")
                assert scratch.differences(original, scratch.sums(loaded)) == ["fruit", "leaf"]


Usage = namedtuple("Usage", "total used free")


def test_without_room_nothing_is_begun_and_old_ones_go_when_they_are_older_than_is_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from setia.command import nightly
    from setia.command.trouble import Trouble

    folder = Path(tempfile.mkdtemp(dir=place))
    for day in range(1, 7):
        path = folder / f"setia-202601{day:02}T000000Z.setia"
        path.touch()
        old = datetime(2026, 1, day, tzinfo=UTC).timestamp()
        os.utime(path, (old, old))
    nightly._forget(folder, keep_days=14)
    assert sorted(path.name[6:14] for path in folder.iterdir()) == ["20260104", "20260105", "20260106"]

    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(10, 10, 10))
    monkeypatch.setattr(nightly, "_size", lambda _url: 1)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///none")
    monkeypatch.setenv("SETIA_HOME", str(folder))

    class Plan:
        folder = ""
        passphrase_sealed = ""

    backup: Any = None
    plan: Any = Plan()
    with pytest.raises(Trouble, match="enough room"):
        nightly._make(backup, plan)
    plan.folder = str(folder / "setia-20260104T000000Z.setia" / "inside")
    with pytest.raises(Trouble, match="cannot be written"):
        nightly._make(backup, plan)
