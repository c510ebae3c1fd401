"""`setia backup` and `setia restore`: what goes out comes back, and nothing is ever overwritten."""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from setia.command import archive, dump, main, strongbox
from setia.command.postgres import PrivateServer

FIRST_RELEASE = Path(__file__).parent / "data" / "first-release.dump"
WORDS = "kopi-susu-gula-aren-2026"
_PEOPLE = """
from django.utils import timezone
from setia.accounts.models import User
from setia.core.actions import change_mail_server
from setia.customers import actions
rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
actions.add(by=rani, at=timezone.now(), name="Siti Nurhaliza", contacts=[("EMAIL", "siti@contoh.id")])
change_mail_server(at=timezone.now(), password="rahasia", host="127.0.0.1", port=2525, security="NONE",
                   username="rani", from_address="rani@kopi.id", from_name="Rani")
"""
_SEND = """
from setia.core import mail
from setia.core.secrets import unseal
print(unseal(mail.mail_server().password_sealed))
try:
    mail.send(to="siti@contoh.id", subject="x", body="y")
except mail.MailTrouble as trouble:
    print(trouble.reason)
"""


@pytest.fixture
def homes(place: Path) -> Path:
    """A folder for the homes of one test: `place` is shared by the tests of a file."""
    folder = Path(tempfile.mkdtemp(dir=place))
    folder.chmod(0o711)
    return folder


@pytest.fixture(autouse=True)
def _private_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def setia(home: Path, *words: str, fails: bool = False) -> str:
    """One command in a process of its own, as a person types it; returns what it says."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"SETIA_HOME": str(home), "LANG": "C"}
    done = subprocess.run([sys.executable, "-m", "setia", *words], env=environment, capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def shell(home: Path, code: str) -> list[str]:
    return setia(home, "manage", "shell", "-v", "0", "-c", code).split()


def digest(url: str, columns: dict[str, list[str]]) -> dict[str, tuple[int, str]]:
    """Rows and an order-free checksum of every table, over these columns."""
    with psycopg.connect(url) as connection:
        found = {}
        for table, names in columns.items():
            listed = ", ".join(f'"{name}"' for name in names)
            row = connection.execute(
                "SELECT count(*), COALESCE(sum(hashtextextended(row::text, 0)::numeric), 0)::text"
                f" FROM (SELECT {listed} FROM {table}) row"
            ).fetchone()
            assert row is not None
            found[table] = (row[0], row[1])
        return found


def columns_of(url: str, *, of: str = "") -> dict[str, list[str]]:
    """Every table with its columns, those that begin with `of`."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name) FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name LIKE %s GROUP BY 1",
            [of + "%"],
        )
        return dict(rows)


class TestStrongbox:
    def sealed(self, content: bytes) -> bytes:
        target = io.BytesIO()
        with strongbox.Sealing(target, WORDS) as out:
            out.write(content)
        return target.getvalue()

    def opened(self, sealed: bytes, words: str = WORDS) -> bytes:
        return io.BufferedReader(strongbox.Opening(io.BytesIO(sealed), words)).read()

    @pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
    def test_what_goes_in_comes_out_whatever_its_size(self, size: int) -> None:
        content = os.urandom(size)
        assert self.opened(self.sealed(content)) == content

    def test_other_words_open_nothing_and_equal_content_never_looks_equal(self) -> None:
        assert self.sealed(b"x" * 99) != self.sealed(b"x" * 99)
        with pytest.raises(strongbox.CannotOpen):
            self.opened(self.sealed(b"x"), "other words altogether")

    def test_what_was_cut_off_changed_or_moved_is_noticed(self) -> None:
        piece, head = (1 << 20) + 16, len(strongbox.MAGIC) + 16
        whole = self.sealed(os.urandom(3 << 20))
        changed = bytearray(whole)
        changed[-1] ^= 1
        moved = (
            whole[:head]
            + whole[head + piece : head + 2 * piece]
            + whole[head : head + piece]
            + whole[head + 2 * piece :]
        )
        for bad in (whole[: head + piece], whole[:-5], bytes(changed), moved, whole + b"more", whole[:head], b""):
            with pytest.raises(strongbox.CannotOpen):
                self.opened(bad)


def test_a_sealed_backup_brings_everything_back_and_sends_nothing_until_released(
    homes: Path, lay_home: Callable[[Path], Path]
) -> None:
    old, new = homes / "old", homes / "new"
    words = homes / "words.txt"
    words.write_text(WORDS + "\n")
    lay_home(old)
    shell(old, _PEOPLE)
    (old / "files" / "foto").mkdir(parents=True)
    (old / "files" / "foto" / "siti.jpg").write_bytes(os.urandom(3_000_000))
    file = Path(setia(old, "backup", "--passphrase-file", str(words)).splitlines()[0])
    assert file.stat().st_mode & 0o077 == 0
    assert not list(file.parent.glob("*.unfinished"))
    assert b"manifest" not in file.read_bytes()[:200_000]

    wrong = homes / "wrong.txt"
    wrong.write_text("not the words at all")
    assert "cannot be read" in setia(new, "restore", str(file), "--passphrase-file", str(wrong), fails=True)
    assert "sends no e-mail" in setia(new, "restore", str(file), "--passphrase-file", str(words))
    assert "not empty" in setia(new, "restore", str(file), "--passphrase-file", str(words), fails=True)

    with PrivateServer(old) as before, PrivateServer(new) as after:
        columns = columns_of(before.url)
        columns["core_firm"].remove("outgoing_paused_at")
        del columns["procrastinate_workers"]
        assert digest(after.url, columns) == digest(before.url, columns)
    assert (new / "files" / "foto" / "siti.jpg").read_bytes() == (old / "files" / "foto" / "siti.jpg").read_bytes()
    assert [shell(new, _SEND)[place] for place in (0, -1)] == ["rahasia", "PAUSED"], (
        "the key of the secrets came along, and nothing leaves"
    )
    assert "sends again" in setia(new, "release")
    assert shell(new, _SEND)[-1] != "PAUSED"
    assert "Nothing was held back" in setia(new, "release")


def test_without_a_passphrase_the_keys_stay_out_and_a_newer_or_spoilt_backup_is_refused(
    homes: Path, lay_home: Callable[[Path], Path]
) -> None:
    old, new = homes / "old", homes / "new"
    lay_home(old)
    said = setia(old, "backup")
    file = Path(said.splitlines()[0])
    assert "seal.key" in said
    manifest = archive.unpack(file, homes / "out")
    assert not (homes / "out" / "keys").exists()
    assert "core.0001_first" in manifest["migrations"]

    spoilt = homes / "spoilt.setia"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt.write_bytes(content)
    assert "not" in setia(new, "restore", str(spoilt), fails=True)
    cut = homes / "cut.setia"
    cut.write_bytes(file.read_bytes()[: len(content) // 2])
    assert "cannot be read" in setia(new, "restore", str(cut), fails=True)

    with PrivateServer(old) as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_later', now())")
        newer = archive.make(old, server.url, at=datetime.now(UTC), keep=5)
    assert "newer Setia" in setia(new, "restore", str(newer), fails=True)
    assert "is in" in setia(new, "restore", str(file))


def test_the_dump_of_the_first_release_comes_back_and_grows_up(homes: Path) -> None:
    """Made by the first release's own `setia backup` from its demo shop of 25 customers."""
    home, beside = homes / "home", PrivateServer(homes / "beside", throwaway=True)
    with beside:
        dump.load(beside.url, FIRST_RELEASE)
        columns = {
            table: names
            for room in ("customers_", "catalogue_", "orders_")
            for table, names in columns_of(beside.url, of=room).items()
        }
        for names in columns.values():  # worked out by the database from the others, or the stamp of who changed a row
            names[:] = [name for name in names if name not in ("sort_name", "search", "latest_run")]
        wanted = digest(beside.url, columns)
    assert wanted["customers_customer"][0] == 25
    assert wanted["orders_orderline"][0] == 386
    setia(home, "restore", str(FIRST_RELEASE))
    assert "owner@example.com" in setia(home, "user", "list")
    with PrivateServer(home) as server:
        assert digest(server.url, columns) == wanted
        with psycopg.connect(server.url) as connection:
            row = connection.execute("SELECT count(*) FROM django_migrations WHERE app = 'api'").fetchone()
    assert row is not None
    assert row[0] > 0


def test_a_bare_dump_goes_into_an_empty_home_and_into_no_other(
    homes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = PrivateServer(homes / "old", throwaway=True), PrivateServer(homes / "new", throwaway=True)
    with old, psycopg.connect(old.url) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TABLE django_migrations (app text)")
        connection.execute("INSERT INTO django_migrations VALUES ('kept')")
        connection.commit()
        dumped = dump.make(old.home, old.url, reason="backup", at=datetime.now(UTC))
    assert dumped.parent.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("SETIA_HOME", str(old.home))
    assert main(["restore", str(dumped)]) == 1
    assert "not empty" in capsys.readouterr().err

    new.make_folders()
    monkeypatch.setenv("SETIA_HOME", str(new.home))
    spoilt = homes / "spoilt.dump"
    spoilt.write_bytes(dumped.read_bytes()[:-200])
    assert main(["restore", str(spoilt)]) == 1
    assert "could not be loaded" in capsys.readouterr().err
    assert main(["restore", str(dumped)]) == 0
    assert not new.is_running
    with new, psycopg.connect(new.url) as connection:
        assert connection.execute("SELECT app FROM django_migrations").fetchall() == [("kept",)]


def test_only_the_wanted_number_of_backups_is_kept(
    homes: Path, monkeypatch: pytest.MonkeyPatch, lay_home: Callable[[Path], Path]
) -> None:
    home = homes / "home"
    monkeypatch.setenv("SETIA_HOME", str(home))
    lay_home(home)
    older = home / "backups" / "setia-20250101T000000Z.setia"
    older.parent.mkdir(mode=0o700, exist_ok=True)
    older.touch()
    other = older.with_name("setia-20250101T000000Z-before-migration.dump")
    other.touch()
    setia(home, "backup", "--keep", "1")
    kept = {path.name for path in older.parent.iterdir()}
    assert older.name not in kept
    assert other.name in kept
    assert len([name for name in kept if name.endswith(".setia")]) == 1


_KILLED = """
import os, signal, sys
from setia.command import main, restore
setattr(restore, sys.argv[1], lambda *_given: os.kill(os.getpid(), signal.SIGKILL))
main(["restore", sys.argv[2]])
"""


def test_a_restore_that_is_killed_lets_nothing_start_until_it_is_done_again(
    homes: Path, lay_home: Callable[[Path], Path]
) -> None:
    """Killed with the data in, but not yet the files, the pause of what leaves the house and the erasures."""
    old, new = homes / "old", homes / "new"
    lay_home(old)
    (old / "files").mkdir(exist_ok=True)
    (old / "files" / "siti.jpg").write_bytes(b"siti")
    file = Path(setia(old, "backup").splitlines()[0])
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"SETIA_HOME": str(new), "LANG": "C"}
    for step in ("_files", "_pause"):
        command = [sys.executable, "-c", _KILLED, step, str(file)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == -9, done.stdout + done.stderr
        assert "broken off half way" in setia(new, "user", "list", fails=True)
    assert "broken off half way" in setia(new, "up", "--port", "18790", fails=True)
    assert "is in" in setia(new, "restore", str(file))
    assert (new / "files" / "siti.jpg").read_bytes() == b"siti"
    assert "sends again" in setia(new, "release")
    assert "not empty" in setia(new, "restore", str(file), fails=True)
