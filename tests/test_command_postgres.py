"""The launcher of the private PostgreSQL, against real servers in short-lived homes."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from setia.command.postgres import PrivateServer, accounts, binaries, configuration, find, record
from setia.command.trouble import Trouble


@pytest.fixture(scope="module")
def home(place: Path) -> Path:
    """One home for the tests that leave it as they found it: a stopped server."""
    home = place / "home"
    with PrivateServer(home, throwaway=True) as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
    return home


def _notes(server: PrivateServer) -> list[str]:
    with psycopg.connect(server.url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note")]


def _until(condition: Callable[[], object]) -> None:
    """Waits for `condition`, and fails the test when it never comes true."""
    for _attempt in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


def test_the_database_is_utf8_with_the_builtin_locale_and_a_role_without_rights_over_the_server(home: Path) -> None:
    with PrivateServer(home, throwaway=True) as server, psycopg.connect(server.url) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), rolsuper, rolcreatedb FROM pg_database, pg_roles "
            "WHERE datname = current_database() AND rolname = current_user"
        ).fetchone()
        assert row == ("UTF8", False, True)
        assert connection.execute("SELECT upper('é'), 'Z' < 'a'").fetchone() == ("É", True)
        connection.execute("CREATE EXTENSION pg_trgm")


@pytest.mark.parametrize(("memory", "buffers"), [(1, "128MB"), (2, "256MB"), (4, "512MB"), (64, "512MB")])
def test_the_server_s_own_cache_is_an_eighth_of_the_memory_within_bounds(
    memory: int, buffers: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(configuration, "memory", lambda: memory * 2**30)
    data = tmp_path / "data"
    data.mkdir()
    (data / "postgresql.conf").write_text("")
    configuration.write(data, throwaway=False, people=["setia"])
    assert f"\nshared_buffers = {buffers}\n" in (data / "setia.conf").read_text()


def test_the_server_listens_on_no_network_address_and_its_folder_is_closed(home: Path) -> None:
    with PrivateServer(home, throwaway=True) as server:
        with psycopg.connect(server.url.replace("setia@", "postgres@")) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert server.root.stat().st_mode & 0o077 == 0
        assert server.root.stat().st_uid == server.account.uid


def test_data_outlives_a_stop_and_a_start(home: Path) -> None:
    with PrivateServer(home, throwaway=True) as server:
        assert _notes(server) == ["kept"]
    assert not server.is_running


def test_a_second_holder_keeps_the_server_up_until_it_leaves_too(home: Path) -> None:
    siti, budi = PrivateServer(home, throwaway=True), PrivateServer(home, throwaway=True)
    siti.start()
    budi.start()
    assert siti.pid == budi.pid
    assert siti.stop() is False
    assert _notes(budi) == ["kept"]
    assert budi.stop() is True
    assert not budi.is_running


def test_a_holder_killed_with_9_no_longer_counts(home: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from setia.command.postgres import PrivateServer\n"
        "PrivateServer(Path(sys.argv[1]), throwaway=True).start(); print('up', flush=True); time.sleep(600)"
    )
    siti = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE)
    assert siti.stdout is not None
    assert siti.stdout.readline() == b"up\n"
    siti.kill()
    siti.wait()
    siti.stdout.close()
    budi = PrivateServer(home, throwaway=True)
    assert budi.is_running
    assert not budi.is_held
    budi.start()
    assert budi.stop() is True
    assert not budi.is_running


def test_a_server_killed_with_9_starts_again_at_the_same_address_with_its_data(home: Path) -> None:
    server = PrivateServer(home, throwaway=True)
    url = server.start()
    with contextlib.closing(psycopg.connect(url, autocommit=True)) as busy:
        # A backend in the middle of a query outlives its server and would block the next one.
        busy.pgconn.send_query(b"SELECT sum(length(repeat('x', n % 100))) FROM generate_series(1, 2000000000) n")
        killed = server.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        _until(lambda: not server.is_running)
        assert server.ensure() is True
    assert server.url == url
    assert server.pid != killed
    assert _notes(server) == ["kept"]
    assert server.ensure() is False
    server.stop()


def test_a_stale_postmaster_file_with_somebody_elses_pid_does_not_stop_the_start(home: Path) -> None:
    server = PrivateServer(home, throwaway=True)
    stale = server.data / "postmaster.pid"
    lines = [str(os.getpid()), str(server.data), "1", "5432", str(server.root / "run"), "", "0 0", "ready"]
    stale.write_text("\n".join(lines))
    shutil.chown(stale, server.account.uid, server.account.gid)
    assert not server.is_running
    with server:
        assert _notes(server) == ["kept"]


def test_a_stale_socket_lock_with_somebody_elses_pid_does_not_stop_the_start(home: Path) -> None:
    server = PrivateServer(home, throwaway=True)
    stale = server.root / "run" / ".s.PGSQL.5432.lock"
    stale.write_text(f"{os.getpid()}\n{server.data}\n1\n5432\n{stale.parent}\n")
    shutil.chown(stale, server.account.uid, server.account.gid)
    with server:
        assert _notes(server) == ["kept"]


def test_a_socket_that_answers_for_another_folder_is_refused(place: Path, home: Path) -> None:
    other = PrivateServer(place / "other", throwaway=True)
    ours = PrivateServer(home, throwaway=True)
    with ours, other:
        sockets = home / "postgres" / "run"
        sockets.rename(sockets.with_name("aside"))
        sockets.symlink_to(other.root / "run")
        try:
            with pytest.raises(Trouble, match="is not the one of"):
                PrivateServer(home, throwaway=True).start()
        finally:
            sockets.unlink()
            sockets.with_name("aside").rename(sockets)


def test_a_socket_left_in_our_place_by_somebody_else_is_not_taken_for_a_server(home: Path) -> None:
    server = PrivateServer(home, throwaway=True)
    path = server.root / "run" / record.SOCKET_NAME
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        stranger.listen()
        assert not server.is_running
        with server:
            assert _notes(server) == ["kept"]


def test_a_deep_home_gets_a_short_private_socket_folder_that_goes_with_the_server(place: Path) -> None:
    server = PrivateServer(place / ("deep-" * 22) / "home", throwaway=True)
    url = server.start()
    sockets = Path((server.home / "run" / "socket").read_text())
    try:
        assert len(str(sockets)) < 60
        assert server.account.owns_alone(sockets)
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _until(lambda: not server.is_running)
        server.ensure()
        assert server.url == url
    finally:
        server.stop()
    assert not sockets.exists()


def test_a_folder_of_another_major_version_is_named_with_both_versions(home: Path) -> None:
    server = PrivateServer(home, throwaway=True)
    version = server.data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("12\n")
    try:
        with pytest.raises(Trouble, match=rf"written by PostgreSQL 12; this machine has only version .*{ours.strip()}"):
            server.start()
        assert not server.is_held
    finally:
        version.write_text(ours)


def test_a_full_disk_is_told_before_anything_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home)
    monkeypatch.setattr("setia.command.postgres.server._NEEDED_BYTES", usage.total)
    with pytest.raises(Trouble, match="is full"):
        PrivateServer(home, throwaway=True).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_root_is_told_that_its_closed_home_cannot_hold_the_data(place: Path) -> None:
    closed = place / "root"
    closed.mkdir(mode=0o700)
    with pytest.raises(Trouble) as told:
        PrivateServer(closed / "var", throwaway=True).start()
    assert str(closed) in told.value.what
    assert "/var/lib/setia" in told.value.todo
    assert list(closed.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_programs_in_a_folder_closed_to_the_servers_user_are_copied_once(place: Path) -> None:
    nobody = accounts.account_for(place / "none", throwaway=True)
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    source = find().folder.parent
    package = closed / source.parent.name
    shutil.copytree(source, package / source.name, ignore=shutil.ignore_patterns("include"))
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    inside = binaries.Binaries(package / source.name / "bin", find().major)
    copy = binaries.reachable(inside, nobody, place)
    assert copy.folder.is_relative_to(place)
    assert not copy.folder.is_relative_to(closed)
    code, said = nobody.run([str(copy / "postgres"), "--version"], place)
    assert (code, "PostgreSQL" in said) == (0, True)
    made = copy.folder.stat().st_mtime_ns
    assert binaries.reachable(inside, nobody, place) == copy
    assert copy.folder.stat().st_mtime_ns == made
