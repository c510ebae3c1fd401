"""A private PostgreSQL for each run of pytest, so that runs side by side never meet.

Loaded by name (`-p setia.command.testing`), because Django's settings are read before any conftest: this module only
says where the server will be. It is started when the first test asks for the database, and removed at the end.
With `DATABASE_URL` set, that server is used instead. `SETIA_HOME` is always a folder of the run's own.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from setia.command.postgres import PrivateServer

_PREFIX = "setia-test-"
_server: PrivateServer | None = None
_folder: Path | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Names the run's home and database before pytest-django reads the settings."""
    global _server, _folder
    _sweep()
    # Not pytest's own tmp_path: as root that one is closed to the user who runs the server.
    _folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
    _folder.chmod(0o711)
    os.environ["SETIA_HOME"] = str(_folder / "home")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser tests run inside Playwright's event loop
    if "DATABASE_URL" not in os.environ:
        _server = PrivateServer(_folder / "home", throwaway=True)
        os.environ["DATABASE_URL"] = _server.url
    yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Starts the server for the first test that wants the database (pytest-django asks for this fixture then)."""
    if _server is not None:
        _server.start()


def pytest_unconfigure() -> None:
    """Stops the server and removes its folder."""
    if _server is not None:
        _server.stop()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def _sweep() -> None:
    """Removes what an earlier run left behind when it was killed: its folder, and a server nobody holds any more."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):  # noqa: S108 - looks for its own kind only
        if folder.stat().st_uid != os.geteuid():
            continue
        server = PrivateServer(folder / "home", throwaway=True)
        if server.is_running and not server.is_held:
            server.start()
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)
