"""The bench's own Setia: a home under `var/bench` whose private PostgreSQL serves every measurement.

Each measurement gets a database of its own, cloned from a migrated template, and the command is told by `DATABASE_URL`.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.processes import Peak
from setia.command.postgres import PrivateServer

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "bench_template"


class Unavailable(Exception):
    """Something cannot be measured here; the text says why."""


@dataclass(frozen=True)
class Ran:
    """How a command went: wall seconds, peak memory of its processes and the server's in MiB, and what it printed."""

    seconds: float
    peak_mib: float
    output: str

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object the command printed last."""
        return dict(json.loads(self.output.strip().splitlines()[-1]))


class Workshop:
    """The folder, the server, and how to run things there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.server = PrivateServer(self.home)

    def url(self, database: str) -> str:
        """The address of one of the bench's databases."""
        parts = urlsplit(self.server.url)
        return parts._replace(path=f"/{database}").geturl()

    def environment(self, database: str) -> dict[str, str]:
        """What a command needs to work on this database."""
        return dict(os.environ) | {"SETIA_HOME": str(self.home), "DATABASE_URL": self.url(database), "LANG": "C.UTF-8"}

    def run(self, command: list[str], database: str) -> Ran:
        """Run a command to its end. Raises `Unavailable` with its last words when it fails."""
        begun = time.perf_counter()
        with (
            subprocess.Popen(
                command,
                env=self.environment(database),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            ) as process,
            Peak(lambda: [process.pid, *([self.server.pid] if self.server.pid else [])]) as peak,
        ):
            output, problems = process.communicate()
        seconds = time.perf_counter() - begun
        if process.returncode != 0:
            words = (problems or output).strip().splitlines()[-3:]
            raise Unavailable(f"{Path(command[0]).name} {' '.join(command[1:3])}: {' / '.join(words)}")
        return Ran(seconds, peak.mib, output)

    def setia(self, *arguments: str, database: str) -> Ran:
        """Run `setia …` as a firm does."""
        return self.run([str(Path(sys.executable).parent / "setia"), *arguments], database)

    def prepare(self) -> None:
        """Make the template anew, so that it has the tables of this code."""
        self.drop(TEMPLATE)
        self.create(TEMPLATE)
        self.setia("manage", "migrate", "-v0", database=TEMPLATE)

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A fresh database with all tables, for as long as the block runs."""
        self.drop(name)
        self.clone(name)
        try:
            yield name
        finally:
            self.drop(name)

    def create(self, name: str) -> None:
        """An empty database."""
        self._ask(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def clone(self, name: str, *, of: str = TEMPLATE) -> None:
        """A database with all of Setia's tables, empty unless it is of another one."""
        self._ask(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(of)))

    def drop(self, name: str) -> None:
        """No such database any more, whoever is in it."""
        self._ask(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def exists(self, name: str) -> bool:
        """Whether there is such a database."""
        with psycopg.connect(self.url("setia"), autocommit=True) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def ask(self, database: str, question: str) -> tuple[Any, ...]:
        """One row of an SQL answer."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            answer = connection.execute(question.encode()).fetchone()
        return answer or ()

    def settle(self) -> None:
        """Write out what the server still holds, so that one measurement does not pay for the one before."""
        superuser = self.url("postgres").replace("//setia@", "//postgres@")
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def _ask(self, statement: sql.Composed | sql.SQL) -> None:
        with psycopg.connect(self.url("setia"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def opened(folder: Path) -> Iterator[Workshop]:
    """The bench's Setia with its server running and its template made."""
    folder.mkdir(parents=True, exist_ok=True)
    shop = Workshop(folder)
    with shop.server:
        shop.prepare()
        yield shop


def peer(folder: Path, name: str, *packages: str, wants: tuple[int, int] | None = None) -> Path:
    """A virtual environment of a peer's own under `folder`; answers its Python. Raises `Unavailable`.

    `wants` is the oldest Python that will do, (3, 12), where ours will not; one must be on the machine.
    """
    home = folder / name
    python = home / "bin" / "python"
    done = home / "packages"
    wanted = "\n".join(packages)
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([_interpreter(wants) if wants else sys.executable, "-m", "venv", "--clear", home], check=True)
        installed = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
            capture_output=True,
            text=True,
        )
        if installed.returncode != 0:
            raise Unavailable(f"{packages[0]} did not install here: {installed.stderr.strip().splitlines()[-1]}")
        done.write_text(wanted)
    return python


def _interpreter(oldest: tuple[int, int]) -> str:
    """A Python of this machine, of 3.13 or older down to `oldest`. Raises `Unavailable` where there is none."""
    names = [f"python3.{minor}" for minor in range(13, oldest[1] - 1, -1)]
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*filter(None, map(shutil.which, names)), *(one for name in names for one in kept.glob(f"*/bin/{name}"))]
    for python in map(str, found):
        if subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
            return python
    raise Unavailable(f"there is no Python {oldest[0]}.{oldest[1]} or newer on this machine")
