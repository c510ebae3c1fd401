"""The private server's life: made, started, found again, stopped.

    home/postgres/          belongs to the system user that runs the server, closed to everybody else
        data/               PostgreSQL's own
        run/                the socket, where its path is short enough for the system's limit of about 100 bytes
    home/run/               who holds what: locks that the kernel frees when their holder dies
    home/logs/postgres.log

Steps of a start, each safe to repeat after a crash in the one before:
1. make the folders, 2. `initdb` into a folder beside, then rename, 3. write the settings, 4. remove a `postmaster.pid`
whose server is dead, 5. start, again for ten seconds while the dead server's last processes leave, 6. check that
who answers on the socket is the server of this folder, 7. make role and database.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import psycopg

from setia.command.postgres import binaries, configuration, record
from setia.command.postgres.accounts import Account, account_for, first_closed_folder, name_of
from setia.command.trouble import Trouble
from setia.command.words import _

_LONGEST_SOCKET_PATH = 100  # sockaddr_un holds 108 bytes on Linux, 104 on macOS
_RETRY_SECONDS = 10.0
_RECOVERY_SECONDS = 900.0
_STOP_SECONDS = 120.0
_LOG_BYTES = 2_000_000
_NEEDED_BYTES = 200_000_000


class PrivateServer:
    """The PostgreSQL server of one Setia home (see the package's docstring).

    `start` and `stop` count holders across processes; as a context manager the object does both. `throwaway` is for
    tests: nothing is flushed to disk, and as root the server runs as `nobody`.
    """

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        self.home = Path(os.path.abspath(home))  # noqa: PTH100 - resolve() would follow links, absolute() keeps ".."
        self.root = self.home / "postgres"
        self.data = self.root / "data"
        self.log = self.home / "logs" / "postgres.log"
        self.throwaway = throwaway
        self._process: subprocess.Popen[bytes] | None = None
        self._held: IO[str] | None = None

    @property
    def url(self) -> str:
        """Address of the database `setia` for psycopg, Django and every other libpq program.

        Known before the first start where the home's path is short, after it everywhere.
        """
        return self._url("setia", "setia")

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None when it does not run."""
        found = record.read(self.data)
        return found.pid if found and record.lives(found, self.data) else None

    @property
    def is_running(self) -> bool:
        """True when the server of this folder lives."""
        return self.pid is not None

    @property
    def is_held(self) -> bool:
        """True when some process, this one included, holds the server."""
        path = self.home / "run" / "database.held"
        if not path.exists():
            return False
        with path.open("a") as probe:
            return not _try_lock(probe)

    @property
    def programs(self) -> binaries.Binaries:
        """PostgreSQL's programs of the version this data folder needs, at a place the server's user may enter."""
        version = self.data / "PG_VERSION"
        found = binaries.find(int(version.read_text()) if version.exists() else None)
        return binaries.reachable(found, self.account, self.home)

    @property
    def account(self) -> Account:
        """The system user that runs the server."""
        return account_for(self.root, throwaway=self.throwaway)

    def start(self) -> str:
        """Makes sure the server runs, holds it, and returns its `url`. Raises Trouble, in plain words."""
        self.make_folders()
        with self._exclusively():
            if self._held is None:
                self._held = (self.home / "run" / "database.held").open("a")
                fcntl.flock(self._held, fcntl.LOCK_SH)
            try:
                self._ensure_running()
            except BaseException:
                self._let_go()
                raise
        return self.url

    def stop(self) -> bool:
        """Lets go of the server and stops it when nobody else holds it; True when it was stopped."""
        if self._held is None:
            return False
        with self._exclusively():
            alone = self._let_go()
            if alone:
                self._shut_down()
            return alone

    def ensure(self) -> bool:
        """Starts the server again if it died while held; True when that was needed."""
        if self.is_running:
            return False
        self.start()
        return True

    def __enter__(self) -> "PrivateServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    # Holding: every user of the server has a shared lock on one file; the kernel frees it when they die.

    @contextlib.contextmanager
    def _exclusively(self) -> Iterator[None]:
        """One process at a time starts or stops the server of this home."""
        with (self.home / "run" / "database.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _let_go(self) -> bool:
        """Gives up this process's hold; True when it was the last one."""
        if self._held is None:
            return False
        # The same open file turns its shared lock into an exclusive one only when it is the last.
        alone = _try_lock(self._held)
        self._held.close()
        self._held = None
        return alone

    # Starting

    def make_folders(self) -> None:
        """Makes the home and its folders; as root, the server's own folder belongs to its user and to nobody else.

        Raises Trouble where that user cannot get there.
        """
        account = self.account
        self._check_way(self.home.parent, account)
        missing = [folder for folder in (self.home, *self.home.parents) if not folder.exists()]
        self.home.mkdir(parents=True, exist_ok=True)
        if account.is_other:
            # Enough to pass through, not to look inside; what stands in the home is closed for itself.
            for folder in missing:
                folder.chmod(0o711)
            if not any(self.home.iterdir()) or (self.home / "run").exists():
                self.home.chmod(self.home.stat().st_mode | 0o011)
        elif missing:
            self.home.chmod(0o700)
        self._check_way(self.home, account)
        for name in ("run", "logs"):
            (self.home / name).mkdir(mode=0o700, exist_ok=True)
        if not self.root.exists():
            self.root.mkdir(mode=0o700)
            account.give(self.root)
        if self.root.stat().st_uid != account.uid:
            raise Trouble(
                _("{folder} belongs to another user.").format(folder=self.root),
                _("Run Setia as the user who made it, or choose another SETIA_HOME."),
            )

    def _check_way(self, folder: Path, account: Account) -> None:
        """Raises Trouble where the server's user cannot get to `folder`."""
        if account.is_other and (closed := first_closed_folder(folder, account)):
            raise Trouble(
                _("Running as root, PostgreSQL is run by the system user '{user}', who may not enter {folder}.").format(
                    user=account.name, folder=closed
                ),
                _(
                    "Setia does not open closed folders. Choose a home outside it: SETIA_HOME=/var/lib/setia, "
                    "or run Setia as an ordinary user."
                ),
            )

    def _ensure_running(self) -> None:
        if not self.is_running:
            if self._process is not None:
                self._process.poll()  # one that died is not left as a zombie
            _check_room(self.home)
            programs = self.programs
            if not self.data.exists():
                self._make_data(programs)
            people = sorted({self.account.name, name_of(os.geteuid())})
            configuration.write(self.data, throwaway=self.throwaway, people=people)
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # its server is dead: PostgreSQL only sees a pid
            self._launch(programs)
        self._check_identity()
        self._make_database()

    def _make_data(self, programs: binaries.Binaries) -> None:
        """`initdb`, into a folder beside the data so that an interrupted one never looks finished."""
        new = self.root / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = [
            str(programs / "initdb"),
            f"--pgdata={new}",
            "--username=postgres",
            "--encoding=UTF8",
            *(builtin if programs.major >= 17 else ["--locale=C.UTF-8"]),
            "--auth-local=peer",
            "--auth-host=reject",
            "--data-checksums",
            "--no-instructions",
            *(["--no-sync"] if self.throwaway else []),
        ]
        code, said = self.account.run(command, self.root)
        if code != 0:
            raise _failure(_("The database folder could not be made in {folder}.").format(folder=self.root), said)
        new.rename(self.data)

    def _launch(self, programs: binaries.Binaries) -> None:
        """Starts the server and waits until it accepts connections, however long crash recovery takes."""
        sockets = self._choose_socket_folder()
        # As with postmaster.pid: PostgreSQL would believe any living process that now has the dead server's number.
        (sockets / f"{record.SOCKET_NAME}.lock").unlink(missing_ok=True)
        where = ["-D", str(self.data), "-p", "5432", "-c", f"unix_socket_directories={sockets}"]
        give_up_at = time.monotonic() + _RETRY_SECONDS
        while True:
            offset = self._rotate_log()
            with self.log.open("ab") as log:
                self._process = self.account.spawn([str(programs / "postgres"), *where], log, self.root)
            if self._wait_ready(self._process, sockets):
                return
            with self.log.open("rb") as log:
                log.seek(offset)
                said = log.read().decode(errors="replace")
            if "shared memory block" not in said or time.monotonic() > give_up_at:
                raise _failure(_("PostgreSQL did not start (log: {log}).").format(log=self.log), said)
            # The server was killed and its last processes have not noticed yet.
            record.quit_leftovers(self.data)
            time.sleep(0.2)

    def _wait_ready(self, process: subprocess.Popen[bytes], sockets: Path) -> bool:
        """True once the server says it is ready, False when it ended instead."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            found = record.read(self.data)
            if found and found.pid == process.pid and found.ready and record.answers(sockets, self.account.uid):
                return True
            time.sleep(0.02)
        raise Trouble(
            _("PostgreSQL is still recovering after {minutes} minutes (log: {log}).").format(
                minutes=int(_RECOVERY_SECONDS // 60), log=self.log
            ),
            _("Leave it running and start Setia again later; nothing is lost."),
        )

    def _check_identity(self) -> None:
        """Asks who answers for its data folder: a socket can be somebody else's, an address can be stale."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while True:
            try:
                with psycopg.connect(self._url("postgres", "postgres"), connect_timeout=10) as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
                break
            except psycopg.OperationalError as error:
                # A start whose command was killed goes on by itself, and after a crash it recovers first.
                found = record.read(self.data)
                is_starting = "starting up" in str(error) or (self.is_running and not (found and found.ready))
                if not is_starting or time.monotonic() > deadline:
                    raise Trouble(
                        _("PostgreSQL runs in {folder} but cannot be used: {error}").format(
                            folder=self.data, error=error
                        ),
                        _("The log {log} may say why.").format(log=self.log),
                    ) from error
                time.sleep(0.1)
        if row is None or not Path(row[0]).exists() or not Path(row[0]).samefile(self.data):
            raise Trouble(
                _("The server that answers on {socket} is not the one of {folder}.").format(
                    socket=self._socket_folder() / record.SOCKET_NAME, folder=self.data
                ),
                _("Stop that server, or choose another SETIA_HOME."),
            )

    def _make_database(self) -> None:
        """Role and database `setia`: the application owns its database and has no rights over the server."""
        with psycopg.connect(self._url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'setia'").fetchone():
                connection.execute("CREATE ROLE setia LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'setia'").fetchone():
                connection.execute("CREATE DATABASE setia OWNER setia")

    # Stopping

    def _shut_down(self) -> None:
        """Asks for a fast shutdown (open transactions roll back), and insists when it takes too long."""
        found = record.read(self.data)
        sockets = self._socket_folder()
        for order in (signal.SIGINT, signal.SIGQUIT):
            if found is None or self._has_ended(found, within_seconds=0):
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(found.pid, order)
            if self._has_ended(found, within_seconds=_STOP_SECONDS):
                break
        if sockets.parent != self.root:
            shutil.rmtree(sockets, ignore_errors=True)

    def _has_ended(self, found: record.Record, *, within_seconds: float) -> bool:
        deadline = time.monotonic() + within_seconds
        while record.lives(found, self.data):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
            if self._process is not None:
                self._process.poll()
        return True

    # The socket

    def _choose_socket_folder(self) -> Path:
        """A folder for the socket: beside the data, or, when that path is too long, a private one in a short place.

        The choice is kept in `home/run/socket`, so that a restarted server answers where its clients look.
        """
        account, sockets = self.account, self._socket_folder()
        if sockets.parent == self.root:
            if not sockets.exists():
                sockets.mkdir(mode=0o700)
                account.give(sockets)
        elif not account.owns_alone(sockets):
            places = [place for place in (tempfile.gettempdir(), "/tmp") if len(os.fsencode(place)) < 60]  # noqa: S108
            sockets = Path(tempfile.mkdtemp(prefix="setia-", dir=places[0]))
            account.give(sockets)
            (self.home / "run" / "socket").write_text(str(sockets))
        return sockets

    def _socket_folder(self) -> Path:
        near = self.root / "run"
        if len(os.fsencode(near / record.SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
            return near
        chosen = self.home / "run" / "socket"
        return Path(chosen.read_text()) if chosen.exists() else self.home / "run" / "nowhere"

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket_folder()), safe='')}&port=5432"

    def _rotate_log(self) -> int:
        """Starts a new log past two megabytes, keeping one old one; returns where the next words will be written."""
        size = self.log.stat().st_size if self.log.exists() else 0
        if size < _LOG_BYTES:
            return size
        self.log.replace(self.log.with_suffix(".log.1"))
        return 0


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _check_room(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < _NEEDED_BYTES:
        raise Trouble(
            _("The disk of {folder} is full: {free} MB are free, {needed} MB are needed to start.").format(
                folder=home, free=free // 10**6, needed=_NEEDED_BYTES // 10**6
            ),
            _("Free some space there (old files in 'backups' and 'logs' first), then start again. Nothing is lost."),
        )


def _failure(what: str, said: str) -> Trouble:
    """A failed start in plain words, with PostgreSQL's own last words below."""
    tail = "\n".join(said.strip().splitlines()[-5:])
    if "No space left on device" in said:
        what = _("The disk is full, so PostgreSQL did not start.")
        tail = _("Free some space, then start again. Nothing is lost.") + f"\n{tail}"
    return Trouble(what, tail)
