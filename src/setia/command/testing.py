"""A private PostgreSQL for each run of pytest, so that runs side by side never meet.

Loaded by name (`-p setia.command.testing`), because Django's settings are read before any conftest: this module only
says where the server will be. It is started when the first test asks for the database, and removed at the end.
With `DATABASE_URL` set, that server is used instead. `SETIA_HOME` is always a folder of the run's own.
"""

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from setia.command import testbed
from setia.command.postgres import PrivateServer, record

_PREFIX = "setia-test-"
_HELD = "held"
_server: PrivateServer | None = None
_folder: Path | None = None
_lock: IO[str] | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Names the run's home and database before pytest-django reads the settings."""
    global _server, _folder, _lock
    _sweep()
    # Not pytest's own tmp_path: as root that one is closed to the user who runs the server.
    _folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
    _folder.chmod(0o711)
    _lock = (_folder / _HELD).open("w")
    fcntl.flock(_lock, fcntl.LOCK_EX)
    os.environ["SETIA_HOME"] = str(_folder / "home")
    # What the analytics compiles serves every run and every command that a test starts.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(testbed.beside(_folder) / "numba"))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser tests run inside Playwright's event loop
    if "DATABASE_URL" not in os.environ:
        _server = PrivateServer(_folder / "home", throwaway=True)
        os.environ["DATABASE_URL"] = _server.url
    yield


def pytest_configure(config: pytest.Config) -> None:
    """Lets pytest-django use the database that stands there already, and keeps passwords and clients from costing time.

    Argon2 makes a password dear to guess: each one set or tried took a third of a second.
    """
    from django.contrib.auth.hashers import Argon2PasswordHasher

    _find_files_once()
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
    if _server is not None:
        config.option.reuse_db = True


def _find_files_once() -> None:
    """Keeps the list of static files that WhiteNoise makes when it starts: each client of a test starts it anew."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    find = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def add(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the browser's tests last: once its driver runs, no other test can start an event loop of its own."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Starts the server for the first test that wants the database (pytest-django asks for this fixture then)."""
    if _server is None or _folder is None or _server.is_running:  # both conftests' tests may be in one run
        return
    from django.conf import settings
    from django.test import TransactionTestCase

    _server.make_folders()
    testbed.lay(_server.home, _folder, part="postgres/data")
    _server.start()
    testbed.hand_over(_server, settings.DATABASES["default"]["TEST"]["NAME"])
    TransactionTestCase._fixture_teardown = testbed.empty  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def built_in_roles(request: pytest.FixtureRequest) -> None:
    """Puts the built-in roles back where a test empties the tables after itself, as those with real commits do."""
    marker = request.node.get_closest_marker("django_db")
    committed = {"transactional_db", "live_server"} & set(request.fixturenames)
    if committed or (marker and marker.kwargs.get("transaction")) or _empties(request.cls):
        request.getfixturevalue("transactional_db")
        from setia.accounts.actions import make_built_in_roles

        make_built_in_roles()


def _empties(case: type | None) -> bool:
    from django.test import TestCase, TransactionTestCase

    return case is not None and issubclass(case, TransactionTestCase) and not issubclass(case, TestCase)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder for homes of a test's own: its path is short, and the server's user may enter it."""
    folder = Path(tempfile.mkdtemp(prefix="place-", dir=_folder))
    folder.chmod(0o711)
    yield folder
    _remove(folder)


@pytest.fixture(scope="session")
def lay_home() -> Callable[[Path], Path]:
    """Lays a home that has all tables and nothing in them, stopped, into a folder that is not there yet."""

    def lay(home: Path) -> Path:
        testbed.lay(home, Path(str(_folder)))
        return home

    return lay


def pytest_unconfigure() -> None:
    """Stops the server and removes the run's folder."""
    if _server is not None:
        _server.stop()
    if _folder is not None:
        _remove(_folder)


def _remove(folder: Path) -> None:
    """Removes a folder with the homes in it; a server that a failed test left running goes first."""
    for pid_file in folder.rglob("postgres/data/postmaster.pid"):
        found = record.read(pid_file.parent)
        if found and record.lives(found, pid_file.parent):
            os.kill(found.pid, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Removes what earlier runs left behind when they were killed: a folder that nobody holds any more."""
    for lock in Path("/tmp").glob(f"{_PREFIX}*/{_HELD}"):  # noqa: S108 - looks for its own kind only
        if lock.stat().st_uid != os.geteuid():
            continue
        with lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            _remove(lock.parent)
