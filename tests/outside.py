"""A PostgreSQL that Setia did not start and may do little in: what a firm names with `DATABASE_URL`.

It is a plain server of the wheel's programs on a port of its own, entered by password. The role `setia` owns its
database and is no superuser; everything else there belongs to the people who run the server.
"""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from setia.command.postgres import binaries
from setia.command.postgres.accounts import account_for

_PASSWORD = "beras kencur"
_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB")


class Outside:
    """The running server: `url` is for Setia, `ask` for whoever runs it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "toko", user: str = "setia") -> str:
        """The address of a database, as it stands in `DATABASE_URL`."""
        return f"postgresql://{user}:{_PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/{database}"

    def ask(self, *statements: str, database: str = "postgres") -> None:
        """Runs statements as the superuser."""
        with psycopg.connect(self.url(database, "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def make_database(self, name: str) -> str:
        """An empty database in UTF-8 that the role owns; returns its address."""
        self.ask(f"CREATE DATABASE {name} OWNER setia TEMPLATE template0 ENCODING 'UTF8'")
        return self.url(name)


@contextmanager
def outside_server(folder: Path) -> Iterator[Outside]:
    """Runs the server in `folder`, which its system user may enter, until the block ends.

    Its databases are in ASCII unless they say otherwise, as those of a server set up without a locale are.
    """
    root = Path(tempfile.mkdtemp(dir=folder))
    programs, account = binaries.find(), account_for(root, throwaway=True)
    programs = binaries.reachable(programs, account, root)
    root.chmod(0o711)
    base, words = root / "server", root / "words"
    base.mkdir(mode=0o700)
    account.give(base)
    words.write_text(_PASSWORD)
    account.give(words)
    initdb = [str(programs / "initdb"), f"--pgdata={base / 'data'}", "--username=postgres", f"--pwfile={words}"]
    code, said = account.run([*initdb, "--auth=scram-sha-256", "--encoding=SQL_ASCII", "--locale=C", "--no-sync"], base)
    assert code == 0, said
    port = _free_port()
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    where = ["-D", str(base / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    server = account.spawn(
        [str(programs / "postgres"), *where, "-c", "unix_socket_directories=", *settings], subprocess.DEVNULL, base
    )
    try:
        outside = Outside(port)
        _wait(outside)
        role = sql.SQL("CREATE ROLE setia LOGIN PASSWORD {}").format(sql.Literal(_PASSWORD)).as_string(None)
        outside.ask(role)
        yield outside
    finally:
        server.send_signal(signal.SIGINT)  # "fast": whoever is still connected is cut off
        server.wait(30)
        shutil.rmtree(root, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(outside: Outside) -> None:
    """Until the server takes connections; a machine under load may need a while."""
    give_up_at = time.monotonic() + 120
    while True:
        try:
            outside.ask()
        except psycopg.OperationalError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)
        else:
            return
