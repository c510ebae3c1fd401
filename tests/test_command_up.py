"""`setia up` as a real process: what it starts, what it survives, how it ends."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from setia.command import up
from setia.command.postgres import PrivateServer

pytestmark = pytest.mark.slow


def _until(condition: Callable[[], object], *, tries: int = 1200) -> None:
    for _attempt in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SETIA_URL")}
    return kept | {"SETIA_HOME": str(home), "LC_ALL": "C"}


def _setia(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "setia", *words]
    return subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)


class Running:
    """A `setia up` of this test's, its output in a file."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self._output = home.with_name(f"{home.name}-{port}-{time.monotonic_ns()}.out")
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "setia", "up", "--port", str(port)],
                env=_environment(home),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        _until(lambda: "Setia is at" in self.said or self.process.poll() is not None)
        assert "Setia is at" in self.said, self.said

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def server(self) -> PrivateServer:
        return PrivateServer(self.home)

    def answer(self, path: str = "/") -> int | None:
        """The status of a page, None while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Process ids of web and worker, as the process table has them."""
        said = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in said.splitlines()]
        mine = [(int(pid), arguments) for pid, parent, arguments in rows if int(parent) == self.process.pid]
        names = {"granian": "web", "setia.command.worker": "worker"}
        return {name: pid for pid, arguments in mine for word, name in names.items() if word in arguments}

    def end(self, order: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(order)
        return self.process.wait(60)


@contextmanager
def _running(home: Path) -> Iterator[Running]:
    running = Running(home, _free_port())
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


@pytest.fixture(scope="module")
def home(place: Path) -> Path:
    """A home whose server is a throwaway one where that needs no system user: the tests own it."""
    home = place / "home"
    with PrivateServer(home, throwaway=True):
        pass
    return home


@pytest.fixture(scope="module")
def setia(home: Path) -> Iterator[Running]:
    """One Setia for the tests that leave it running."""
    with _running(home) as running:
        yield running


def test_it_answers_and_prints_the_owners_link_which_no_log_keeps(setia: Running) -> None:
    found = re.search(rf"http://127\.0\.0\.1:{setia.port}(/\S+)", setia.said.partition("Become its owner")[2])
    assert found is not None
    path = found[1]
    assert setia.answer(path) == 200
    assert setia.answer("/") == 302
    secret = path.strip("/").rpartition("/")[2]
    assert len(secret) > 20
    logs = list((setia.home / "logs").glob("*.log*"))
    assert {log.name for log in logs} >= {"setia.log", "web.log", "worker.log", "postgres.log"}
    assert not [log for log in logs if secret in log.read_text()]


_SIGN_IN = """
from django.conf import settings
from django.test import Client
from setia.accounts.models import User
client = Client()
client.force_login(User.objects.create_user("watcher@kopi.id", None, role="MANAGER"))
print("cookie", settings.SESSION_COOKIE_NAME + "=" + client.cookies[settings.SESSION_COOKIE_NAME].value)
"""


def test_people_who_watch_keep_no_page_waiting(setia: Running) -> None:
    """As many as there are pages made at once, and nobody's page waits for them to go."""
    said = _setia(setia.home, "manage", "shell", "-c", _SIGN_IN)
    cookie = re.search(r"cookie (\S+)", said.stdout)
    assert cookie, said.stderr
    lines = []
    for _one in range(8):
        line = http.client.HTTPConnection("127.0.0.1", setia.port, timeout=30)
        line.request("GET", "/sales/live/stream/", headers={"Host": "localhost", "Cookie": cookie[1]})
        answer = line.getresponse()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.fp.readline()
        lines.append(line)
    assert setia.answer("/sign-in/") == 200
    for line in lines:
        line.close()


def test_a_second_up_on_the_same_home_says_who_holds_it(setia: Running) -> None:
    second = _setia(setia.home, "up", "--port", str(_free_port()))
    assert second.returncode == 1
    assert f"process {setia.process.pid}, since 20" in second.stderr
    assert f"http://127.0.0.1:{setia.port}" in second.stderr
    assert up.running(setia.home) is not None
    assert setia.process.poll() is None


def test_a_busy_port_is_told_with_its_holder_and_a_free_one(setia: Running, place: Path) -> None:
    PrivateServer(place / "other", throwaway=True).make_folders()
    other = _setia(place / "other", "up", "--port", str(setia.port))
    assert other.returncode == 1
    assert f"Port {setia.port} is taken by python" in other.stderr
    found = re.search(r"setia up --port (\d+)", other.stderr)
    assert found is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", int(found[1])))
    assert not PrivateServer(place / "other").is_running


def test_another_command_shares_the_database_and_leaves_it_running(setia: Running) -> None:
    pid = setia.server.pid
    listed = _setia(setia.home, "user", "list")
    assert listed.returncode == 0, listed.stderr
    assert setia.server.pid == pid


def test_the_doctor_finds_the_running_setia_and_its_worker(setia: Running) -> None:
    def worker() -> list[str]:
        findings = json.loads(_setia(setia.home, "doctor", "--json").stdout)
        return [finding["state"] for finding in findings if finding["check"] == "worker"]

    _until(lambda: worker() == ["OK"], tries=20)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_child_is_started_again(setia: Running, name: str) -> None:
    before = setia.children()[name]
    os.kill(before, signal.SIGKILL)
    _until(lambda: setia.children().get(name, before) != before)
    _until(lambda: setia.answer() is not None)
    assert f"{name} ended (killed by signal 9)" in setia.said


def test_a_killed_postgresql_is_started_again_and_pages_answer(setia: Running) -> None:
    before = setia.server.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    _until(lambda: setia.server.pid not in (None, before))
    _until(lambda: setia.answer("/sign-in/") == 200)
    _until(lambda: "PostgreSQL had died; it runs again" in setia.said)


def test_ctrl_c_stops_everything_and_frees_home_and_port(home: Path, setia: Running) -> None:
    children = setia.children()
    assert set(children) == {"web", "worker"}
    assert setia.end(signal.SIGINT) == 0
    assert setia.said.rstrip().endswith("Setia has stopped.")
    assert not setia.server.is_running
    assert setia.answer() is None
    assert up.running(home) is None
    for pid in children.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the children of a killed supervisor live on")
def test_a_killed_supervisor_takes_its_children_along_and_the_next_one_starts(home: Path) -> None:
    first = Running(home, _free_port())
    children = first.children()
    first.process.kill()
    first.process.wait()
    _until(lambda: not any(Path(f"/proc/{pid}/cwd").exists() for pid in children.values()))
    assert first.server.is_running  # nobody is there to stop it; the next command takes it over
    with _running(home) as second:
        assert second.answer("/sign-in/") == 200
        assert second.end(signal.SIGTERM) == 0
    assert not second.server.is_running


def test_tables_of_a_newer_setia_are_refused_and_older_ones_are_dumped_first(home: Path) -> None:
    before = set((home / "backups").glob("*"))
    with PrivateServer(home) as server, psycopg.connect(server.url) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '9999_later', now())")
    refused = _setia(home, "up", "--port", str(_free_port()))
    assert refused.returncode == 1
    assert "core.9999_later" in refused.stderr
    assert "newer Setia" in refused.stderr
    assert set((home / "backups").glob("*")) == before
    with PrivateServer(home) as server, psycopg.connect(server.url) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
        # The last migration of django.contrib.sessions made one table: without both, it is pending again.
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        connection.execute("DROP TABLE django_session")
    with _running(home) as setia:
        assert "Dumped the database" in setia.said
    # The nightly backup lies there, too, should this run in that hour.
    dumps = sorted(set((home / "backups").glob("*.dump")) - before)
    assert len(dumps) == 1
    assert dumps[0].stat().st_mode & 0o077 == 0
    pg_restore = str(PrivateServer(home).programs / "pg_restore")
    listed = subprocess.run([pg_restore, "--list", str(dumps[0])], capture_output=True, text=True, check=True).stdout
    assert "TABLE DATA public customers_customer" in listed
