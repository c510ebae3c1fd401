"""Backup, its restore check and restore on a PostgreSQL of the firm's own, in which Setia's role may do little."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from setia.command import doctor, dump, scratch
from tests.outside import Outside, outside_server

_TWO_NIGHTS = """
import json, psycopg
from django.utils import timezone
from setia.accounts.actions import back_up, start_backup
from setia.accounts.models import Backup, User
from setia.customers import actions
now = timezone.now()
rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
actions.add(by=rani, at=now, name="Siti Nurhaliza", contacts=[("EMAIL", "siti@contoh.id")])
for right in ("NOCREATEDB", "CREATEDB"):
    with psycopg.connect("DBA", autocommit=True) as connection:
        connection.execute(f"ALTER ROLE setia {right}")
    back_up(backup_id=start_backup(by=None, at=now).pk, at=now)
told = [[one.state, one.problem, one.unchecked, bool(one.checked_at), one.tables, one.file]
        for one in Backup.objects.order_by("pk")]
print(json.dumps(told))
"""
_CLUTTER = (
    "CREATE SCHEMA office",
    "CREATE TABLE office.wages (id int)",
    "CREATE EXTENSION pg_stat_statements",
    "CREATE PUBLICATION everything FOR ALL TABLES",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting",
)
"""What whoever runs the server may have put into the database: a superuser's, so that no other could make it again."""


@pytest.fixture(scope="module")
def outside(place: Path) -> Iterator[Outside]:
    with outside_server(place) as server:
        yield server


def setia(home: Path, url: str, *words: str) -> str:
    environment = os.environ | {"SETIA_HOME": str(home), "LANG": "C", "SETIA_LANGUAGE": "en", "DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-m", "setia", *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_a_backup_is_made_without_rights_and_checked_with_one_and_comes_back_on_another_server(
    place: Path, outside: Outside
) -> None:
    base = Path(tempfile.mkdtemp(dir=place))
    home, url = base / "home", outside.make_database("toko")
    setia(home, url, "user", "list")  # makes the tables
    outside.ask("CREATE ROLE reporting", *_CLUTTER, database="toko")
    two = setia(home, url, "manage", "shell", "-v", "0", "-c", _TWO_NIGHTS.replace("DBA", outside.url(user="postgres")))
    (state, problem, unchecked, checked, _none, _file), second = json.loads(two)
    assert (state, problem, checked) == ("DONE", "", False)
    assert "setia may not make a scratch database" in unchecked
    assert 'ALTER ROLE "setia" CREATEDB' in unchecked
    assert second[:4] == ["DONE", "", "", True]
    assert second[4] > 60
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT datname FROM pg_database WHERE datname LIKE '%check'").fetchall() == []
        before = scratch.sums(connection)
    assert "backup: can be made, and loaded into a scratch database" in setia(home, url, "doctor")

    # Elsewhere nobody is called "reporting", and the extension is there already, made by the server's people.
    outside.ask("DROP OWNED BY reporting", database="toko")
    outside.ask("DROP ROLE reporting")
    new = outside.make_database("baru")
    outside.ask("CREATE EXTENSION pg_trgm", database="baru")
    assert "sends no e-mail" in setia(base / "new", new, "restore", second[5])
    with psycopg.connect(new) as connection:
        after = scratch.sums(connection)
    grown = {"accounts_backup", "core_firm", "accounts_auditentry", "procrastinate_jobs", "procrastinate_events"}
    assert set(scratch.differences(before, after)) <= grown
    assert after["customers_customer"].rows == 1


def test_the_scratch_database_is_as_its_original_and_says_who_must_help_where_there_is_none(
    place: Path, outside: Outside
) -> None:
    url = outside.make_database("warung")
    outside.ask("ALTER ROLE setia NOCREATEDB")
    assert scratch.refused(url) == 'ALTER ROLE "setia" CREATEDB'
    found = doctor._backup_rights(url)
    assert (found.state, found.todo) == ("NOTE", 'ALTER ROLE "setia" CREATEDB')
    with pytest.raises(scratch.NoScratch, match="may not make"), scratch.database(url):
        pass

    outside.ask("ALTER ROLE setia CREATEDB")
    assert scratch.refused(url) == ""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE name (it text)")
        connection.execute("INSERT INTO name VALUES ('Nyoman Sukerti, Bandung – kopi ☕')")
    file = place / "warung.dump"
    with scratch.snapshot(url) as (seen, name), scratch.database(url) as beside:
        dump.write(url, file, snapshot=name)
        dump.load(beside, file)
        with psycopg.connect(beside) as loaded:
            assert loaded.execute("SHOW server_encoding").fetchone() == ("UTF8",)
            assert scratch.differences(scratch.sums(seen), scratch.sums(loaded)) == []

    outside.ask("ALTER ROLE setia CONNECTION LIMIT 1")
    with scratch.snapshot(url), pytest.raises(scratch.NoScratch, match="cannot be entered"), scratch.database(url):
        pass
    outside.ask("ALTER ROLE setia CONNECTION LIMIT -1", "CREATE DATABASE warung_check")
    with pytest.raises(scratch.NoScratch, match="belongs to somebody else"), scratch.database(url):
        pass
    outside.ask("DROP DATABASE warung_check")


def test_a_table_the_role_may_not_read_is_named_without_naming_all_the_others(place: Path, outside: Outside) -> None:
    from setia.command.trouble import Trouble

    url = outside.make_database("kios")
    outside.ask("CREATE TABLE secret (id int)", database="kios")
    with pytest.raises(Trouble, match="permission denied for table secret") as told:
        dump.write(url, place / "kios.dump")
    assert "Query was" not in str(told.value)
    assert not (place / "kios.dump").exists()
