"""`setia backup` and `setia restore`: what goes out comes back, and nothing is ever overwritten."""

from pathlib import Path

import psycopg
import pytest

from setia.command import main
from setia.command.postgres import PrivateServer


@pytest.fixture(autouse=True)
def _private_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_a_dump_goes_into_an_empty_home_and_into_no_other(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = PrivateServer(place / "old", throwaway=True), PrivateServer(place / "new", throwaway=True)
    with old, psycopg.connect(old.url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE django_migrations (app text)")
        connection.execute("INSERT INTO django_migrations VALUES ('kept')")

    monkeypatch.setenv("SETIA_HOME", str(old.home))
    assert main(["backup"]) == 0
    dump = Path(capsys.readouterr().out.splitlines()[0])
    assert dump.parent == old.home / "backups"
    assert dump.stat().st_mode & 0o077 == 0
    assert main(["restore", str(dump)]) == 1
    assert "not empty" in capsys.readouterr().err

    new.make_folders()
    monkeypatch.setenv("SETIA_HOME", str(new.home))
    spoilt = place / "spoilt.dump"
    spoilt.write_bytes(dump.read_bytes()[:-200])
    assert main(["restore", str(spoilt)]) == 1
    assert "could not be loaded" in capsys.readouterr().err
    assert main(["restore", str(dump)]) == 0
    assert not new.is_running
    with new, psycopg.connect(new.url) as connection:
        assert connection.execute("SELECT app FROM django_migrations").fetchall() == [("kept",)]


def test_only_the_wanted_number_of_backups_is_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = PrivateServer(place / "home", throwaway=True)
    with server:
        older = server.home / "backups" / "setia-20250101T000000Z-backup.dump"
        older.parent.mkdir(mode=0o700)
        older.touch()
        other = older.with_name("setia-20250101T000000Z-before-migration.dump")
        other.touch()
        monkeypatch.setenv("SETIA_HOME", str(server.home))
        assert main(["backup", "--keep", "1"]) == 0
    kept = {path.name for path in older.parent.iterdir()}
    assert older.name not in kept
    assert other.name in kept
    assert len(kept) == 2
