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
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

import psycopg

from setia.command.postgres import binaries, configuration
from setia.command.trouble import Trouble
from setia.command.words import _

_SOCKET = ".s.PGSQL.5432"
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

    # ------------------------------------------------------------------ the public face

    @property
    def url(self) -> str:
        """Address of the database `setia` for psycopg, Django and every other libpq; the server must be running."""
        return self._url("setia", "setia")

    @property
    def pid(self) -> int | None:
        """Process id of the running server, None when it does not run."""
        record = self._record()
        return record.pid if record and self._answers(record.socket_folder) else None

    @property
    def is_running(self) -> bool:
        """True when the server of this folder accepts connections on its socket."""
        return self.pid is not None

    def start(self) -> str:
        """Makes sure the server runs, holds it, and returns its `url`. Raises Trouble, in plain words."""
        self._make_folders()
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
            self._reap()
            return False
        self._reap()
        self.start()
        return True

    @property
    def is_held(self) -> bool:
        """True when some process, this one included, holds the server."""
        path = self.home / "run" / "database.held"
        if not path.exists():
            return False
        with path.open("a") as probe:
            return not _try_lock(probe)

    def __enter__(self) -> "PrivateServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def programs(self) -> binaries.Binaries:
        """PostgreSQL's programs of the version this data folder needs, at a place the server's user may enter."""
        version = self.data / "PG_VERSION"
        found = binaries.find(int(version.read_text()) if version.exists() else None)
        return binaries.reachable(found, self._account, self.home)

    # ------------------------------------------------------------------ holding

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

    # ------------------------------------------------------------------ starting

    @property
    def _account(self) -> binaries.Account:
        return binaries.account_for(self.root, throwaway=self.throwaway)

    def _make_folders(self) -> None:
        """Makes the home and its folders; as root, the server's own folder belongs to its user and to nobody else."""
        account = self._account
        self.home.mkdir(mode=0o711 if account.is_other else 0o700, parents=True, exist_ok=True)
        for name in ("run", "logs"):
            (self.home / name).mkdir(mode=0o700, exist_ok=True)
        if account.is_other and (closed := binaries.first_closed_folder(self.home, account)):
            raise Trouble(
                _("Running as root, PostgreSQL is run by the system user '{user}', who may not enter {folder}.").format(
                    user=account.name, folder=closed
                ),
                _(
                    "Setia does not open other people's folders. Choose a home outside it: SETIA_HOME=/var/lib/setia, "
                    "or run Setia as an ordinary user."
                ),
            )
        if not self.root.exists():
            self.root.mkdir(mode=0o700)
            if account.is_other:
                os.chown(self.root, account.uid, account.gid)
        if self.root.stat().st_uid != account.uid:
            raise Trouble(
                _("{folder} belongs to another user.").format(folder=self.root),
                _("Run Setia as the user who made it, or choose another SETIA_HOME."),
            )

    def _ensure_running(self) -> None:
        record = self._record()
        if record and self._answers(record.socket_folder):
            self._check_identity()
            return
        self._reap()
        _check_room(self.home)
        programs = self.programs
        if not self.data.exists():
            self._make_data(programs)
        people = {self._account.name, binaries.account_name(os.geteuid())}
        configuration.write(self.data, throwaway=self.throwaway, people=sorted(people))
        self._clear_stale_record()
        self._launch(programs)
        self._check_identity()
        self._make_database()

    def _make_data(self, programs: binaries.Binaries) -> None:
        """`initdb`, into a folder beside the data so that an interrupted one never looks finished."""
        new = self.root / "data.new"
        self._run(["rm", "-rf", str(new)])
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
        done = self._run(command)
        if done.returncode != 0:
            raise _failure(
                _("The database folder could not be made in {folder}.").format(folder=self.root), done.stderr
            )
        new.rename(self.data)

    def _launch(self, programs: binaries.Binaries) -> None:
        """Starts the server and waits until it accepts connections, however long crash recovery takes."""
        give_up_retrying = time.monotonic() + _RETRY_SECONDS
        while True:
            offset = self._rotate_log()
            folder = self._socket_folder()
            command = [
                str(programs / "postgres"),
                "-D",
                str(self.data),
                "-p",
                "5432",
                "-c",
                f"unix_socket_directories={folder}",
            ]
            with self.log.open("ab") as log:
                self._process = self._spawn(command, log)
            if self._wait_ready(self._process, folder):
                return
            said = self._said_since(offset)
            if "shared memory block" not in said or time.monotonic() > give_up_retrying:
                raise _failure(_("PostgreSQL did not start (log: {log}).").format(log=self.log), said)
            # The server was killed and its last processes have not noticed yet.
            self._quit_leftovers()
            time.sleep(0.2)

    def _wait_ready(self, process: subprocess.Popen[bytes], folder: Path) -> bool:
        """True once the server says it is ready, False when it ended instead."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            record = self._record()
            if record and record.pid == process.pid and record.ready and self._answers(folder):
                return True
            time.sleep(0.02)
        raise Trouble(
            _("PostgreSQL is still recovering after {minutes} minutes (log: {log}).").format(
                minutes=int(_RECOVERY_SECONDS // 60), log=self.log
            ),
            _("Leave it running and start Setia again later; nothing is lost."),
        )

    def _spawn(self, command: list[str], log: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Starts a program as the server's user, in a session of its own: Ctrl-C in the terminal is not for it."""
        account = self._account
        options: dict[str, object] = {}
        if account.is_other:
            options = {"user": account.uid, "group": account.gid, "extra_groups": []}
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.root,
            env=_clean_environment(),
            start_new_session=True,
            umask=0o077,
            **options,
        )

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs a program as the server's user to its end."""
        with tempfile.TemporaryFile() as output:
            code = self._spawn(command, output.fileno()).wait()
            output.seek(0)
            return subprocess.CompletedProcess(command, code, "", output.read().decode(errors="replace"))

    def _make_database(self) -> None:
        """Role and database `setia`: the application owns its database and has no rights over the server."""
        with psycopg.connect(self._url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'setia'").fetchone():
                connection.execute("CREATE ROLE setia LOGIN CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'setia'").fetchone():
                connection.execute("CREATE DATABASE setia OWNER setia")

    # ------------------------------------------------------------------ stopping

    def _shut_down(self) -> None:
        """Asks for a fast shutdown (open transactions roll back), and insists when it takes too long."""
        record = self._record()
        if record is None or not self._is_ours(record):
            self._reap()
            return
        for order in (signal.SIGINT, signal.SIGQUIT):
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, order)
            deadline = time.monotonic() + _STOP_SECONDS
            while time.monotonic() < deadline:
                self._reap()
                if not self._is_ours(record):
                    break
                time.sleep(0.02)
            else:
                continue
            break
        if record.socket_folder.parent != self.root:
            with contextlib.suppress(OSError):
                record.socket_folder.rmdir()

    def _reap(self) -> None:
        """Takes note of the end of a server this process started, so that it does not stay as a zombie."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    # ------------------------------------------------------------------ finding and checking

    def _record(self) -> "_Record | None":
        """What the running server, or the latest one that was killed, wrote into `postmaster.pid`."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return _Record(
                int(lines[0]), Path(lines[1]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready"
            )
        except (OSError, ValueError, IndexError):
            return None

    def _is_ours(self, record: "_Record") -> bool:
        """True when the process of `record` lives and works in this data folder (a pid may have a new owner by now)."""
        try:
            os.kill(record.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        if Path("/proc/self/cwd").exists():
            try:
                return Path(f"/proc/{record.pid}/cwd").samefile(self.data)
            except OSError:
                return False
        done = subprocess.run(
            ["ps", "-o", "command=", "-p", str(record.pid)], capture_output=True, text=True, check=False
        )
        return str(self.data) in done.stdout

    def _clear_stale_record(self) -> None:
        """Removes `postmaster.pid` when its server is dead: PostgreSQL itself only sees that the pid is in use."""
        record = self._record()
        path = self.data / "postmaster.pid"
        if record is None:
            if path.exists() and path.stat().st_size == 0:
                path.unlink()  # the disk was full when it was written
            return
        deadline = time.monotonic() + _RETRY_SECONDS
        while self._is_ours(record):
            if time.monotonic() > deadline:
                raise Trouble(
                    _("PostgreSQL (process {pid}) runs on {folder} but does not answer.").format(
                        pid=record.pid, folder=self.data
                    ),
                    _("Wait a minute and try again; if it stays so, end that process and start Setia again."),
                )
            if self._answers(record.socket_folder):
                return
            time.sleep(0.1)
        path.unlink(missing_ok=True)

    def _quit_leftovers(self) -> None:
        """Tells the killed server's last processes to leave now (Linux; elsewhere they leave by themselves)."""
        for entry in Path("/proc").glob("[0-9]*") if Path("/proc/self/cwd").exists() else ():
            try:
                if int(entry.name) != os.getpid() and (entry / "cwd").samefile(self.data):
                    os.kill(int(entry.name), signal.SIGQUIT)
            except OSError:
                continue

    def _answers(self, folder: Path) -> bool:
        """True when something of the server's user accepts connections on the socket in `folder`."""
        path = folder / _SOCKET
        try:
            if path.lstat().st_uid != self._account.uid:
                return False
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(5)
                probe.connect(str(path))
            return True
        except OSError:
            return False

    def _check_identity(self) -> None:
        """Asks who answers for its data folder: a socket can be somebody else's, an address can be stale."""
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while True:
            try:
                with psycopg.connect(self._url("postgres", "postgres"), connect_timeout=10) as connection:
                    row = connection.execute("SHOW data_directory").fetchone()
                break
            except psycopg.OperationalError as error:
                # "the database system is starting up": somebody else's start, after a crash, is still recovering.
                if "starting up" not in str(error) or time.monotonic() > deadline:
                    raise Trouble(
                        _("PostgreSQL runs in {folder} but cannot be used: {error}").format(
                            folder=self.data, error=error
                        ),
                        _("'setia doctor' checks what may be wrong; the log is {log}.").format(log=self.log),
                    ) from error
                time.sleep(0.1)
        if row is None or not Path(row[0]).exists() or not Path(row[0]).samefile(self.data):
            raise Trouble(
                _("The server that answers on {socket} is not the one of {folder}.").format(
                    socket=self._current_folder() / _SOCKET, folder=self.data
                ),
                _("Stop that server, or choose another SETIA_HOME."),
            )

    def _socket_folder(self) -> Path:
        """A folder for the socket: beside the data, or, when that path is too long, a private one in a short place."""
        near = self.root / "run"
        account = self._account
        if len(os.fsencode(near / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            near.mkdir(mode=0o700, exist_ok=True)
            folder = near
        else:
            record = self._record()
            if record and record.socket_folder.is_dir() and _is_private(record.socket_folder, account):
                return record.socket_folder
            places = [place for place in (tempfile.gettempdir(), "/tmp") if len(place) < 60]  # noqa: S108 - mkdtemp
            folder = Path(tempfile.mkdtemp(prefix="setia-", dir=places[0]))
        if account.is_other:
            os.chown(folder, account.uid, account.gid)
        return folder

    def _current_folder(self) -> Path:
        record = self._record()
        return record.socket_folder if record else self.root / "run"

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self._current_folder()), safe='')}&port=5432"

    # ------------------------------------------------------------------ the log

    def _rotate_log(self) -> int:
        """Starts a new log past two megabytes, keeping one old one; returns where the next words will be written."""
        if not self.log.exists():
            return 0
        size = self.log.stat().st_size
        if size < _LOG_BYTES:
            return size
        self.log.replace(self.log.with_suffix(".log.1"))
        return 0

    def _said_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")


class _Record:
    """The lines of `postmaster.pid` that matter here."""

    def __init__(self, pid: int, data: Path, socket_folder: Path, ready: bool) -> None:
        self.pid = pid
        self.data = data
        self.socket_folder = socket_folder
        self.ready = ready


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_private(folder: Path, account: binaries.Account) -> bool:
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == account.uid and not status.st_mode & 0o077


def _clean_environment() -> dict[str, str]:
    """The environment without what would steer PostgreSQL (PGDATA, PGPORT …) or its language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _check_room(home: Path) -> None:
    status = os.statvfs(home)
    if (free := status.f_bavail * status.f_frsize) < _NEEDED_BYTES:
        raise Trouble(
            _("The disk of {folder} is full: {free} MB are free, {needed} MB are needed to start.").format(
                folder=home, free=free // 10**6, needed=_NEEDED_BYTES // 10**6
            ),
            _("Free some space there (old files in 'backups' and 'logs' first), then start again. Nothing is lost."),
        )


def _failure(what: str, said: str) -> Trouble:
    """A failed start in plain words, with PostgreSQL's own last words below."""
    tail = "\n".join(line for line in said.strip().splitlines()[-5:])
    if "No space left on device" in said:
        return Trouble(_("The disk is full."), _("Free some space, then start again. Nothing is lost.") + f"\n{tail}")
    if sys.platform == "linux" and "Permission denied" in said:
        return Trouble(what, _("A folder is closed to the server's user; 'setia doctor' names it.") + f"\n{tail}")
    return Trouble(what, tail)
