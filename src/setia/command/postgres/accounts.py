"""Which system user runs PostgreSQL, where that user may go, and programs run in that user's name."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from setia.command.trouble import Trouble
from setia.command.words import _

_SYSTEM_USER = "setia"


@dataclass(frozen=True)
class Account:
    """The system user that runs the server: ourselves, or, as root, somebody with no rights elsewhere."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """True when the server must run as somebody else than this process."""
        return self.uid != os.geteuid()

    def owns_alone(self, folder: Path) -> bool:
        """True when `folder` is a real folder of this user's, closed to everybody else."""
        try:
            status = folder.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) and status.st_uid == self.uid and not status.st_mode & 0o077

    def give(self, folder: Path) -> None:
        """Hands a folder this process has just made to the account."""
        if self.is_other:
            os.chown(folder, self.uid, self.gid)

    def spawn(self, command: list[str], output: IO[bytes] | int, folder: Path) -> subprocess.Popen[bytes]:
        """Starts a program as this user, in a session of its own: Ctrl-C in the terminal is not for it."""
        identity: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=_clean_environment(),
            start_new_session=True,
            umask=0o077,
            **identity,
        )

    def run(self, command: list[str], folder: Path) -> tuple[int, str]:
        """Runs a program as this user to its end; returns its exit code and everything it said."""
        with tempfile.TemporaryFile() as output:
            code = self.spawn(command, output.fileno(), folder).wait()
            output.seek(0)
            return code, output.read().decode(errors="replace")


def account_for(folder: Path, *, throwaway: bool) -> Account:
    """Who runs the server that owns `folder`.

    PostgreSQL refuses to run as root, so root hands it to the folder's owner, else to the system user `setia`, which
    is made when missing. A throwaway server (tests) makes do with `nobody` and leaves the machine's users alone.
    """
    if os.geteuid() != 0:
        return Account(name_of(os.geteuid()), os.geteuid(), os.getegid())
    if folder.exists() and (owner := folder.stat().st_uid) != 0:
        return Account(name_of(owner), owner, pwd.getpwuid(owner).pw_gid)
    if not throwaway:
        _make_system_user()
    for name in ("nobody",) if throwaway else (_SYSTEM_USER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        _("PostgreSQL does not run as root, and this machine has no unprivileged user to run it."),
        _("Make one (useradd --system setia) or run Setia as an ordinary user."),
    )


def name_of(uid: int) -> str:
    """The login name of the system user `uid`. Raises Trouble where the machine knows no such user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise Trouble(
            _("This machine knows no user with the number {uid}; PostgreSQL does not run without a name.").format(
                uid=uid
            ),
            _("Run Setia as a user named in /etc/passwd."),
        ) from error


def first_closed_folder(path: Path, account: Account) -> Path | None:
    """The topmost folder on the way to `path` that `account` may not pass, None when it can get there."""
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            return None
        status = folder.stat()
        if status.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return folder
    return None


def _make_system_user() -> None:
    """Makes the system user `setia`, as a package would, when it is missing and the machine has `useradd`."""
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        if useradd := shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            subprocess.run(
                [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
                check=False,
                capture_output=True,
            )


def _clean_environment() -> dict[str, str]:
    """The environment without what would steer PostgreSQL (PGDATA, PGPORT …) or its language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
