"""A backup: one file with the database, the files, what they were made by, and a checksum of each.

It is a tar: `manifest.json` first (versions, migrations), then `database.dump` (PostgreSQL's own format), `files/…`,
`erased.jsonl` (the ledger of erased people) and `checksums.json` (SHA-256 by name) last. Under a passphrase the whole
of it is sealed (`strongbox`) and the home's keys go along; without one they stay out, for whoever finds the file could
open every secret in it.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import psycopg

import setia
from setia.command import dump, strongbox
from setia.command import home as homes
from setia.command.trouble import Trouble
from setia.command.words import _

KEYS = ("secret.key", "seal.key")
LEDGER = "erased.jsonl"
_DUMP, _MANIFEST, _CHECKSUMS = "database.dump", "manifest.json", "checksums.json"
_BLOCK = 1 << 20


def make(
    home: Path,
    url: str,
    *,
    at: datetime,
    passphrase: str = "",
    keep: int = 0,
    folder: Path | None = None,
    snapshot: str = "",
    packing: Callable[[], object] = lambda: None,
) -> Path:
    """Writes a backup of the home into `folder` (`backups/`) and returns it; keeps the `keep` latest, 0 keeps all.

    `snapshot` is of the database (`dump.write`); `packing` is called once the database is dumped. Raises Trouble.
    """
    folder = folder or homes.folder(home, "backups")
    target = folder / f"setia-{at:%Y%m%dT%H%M%SZ}.setia"
    unfinished = target.with_suffix(".unfinished")
    try:
        with tempfile.TemporaryDirectory(dir=folder) as work, unfinished.open("wb") as raw:
            dumped = Path(work) / _DUMP
            dump.write(url, dumped, snapshot=snapshot)
            packing()
            with _sealed(raw, passphrase) as out, tarfile.open(fileobj=out, mode="w|") as tar:
                _write(tar, home, dumped, _manifest(url, at=at), keys=bool(passphrase))
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException as error:  # also Ctrl-C: half a backup is none
        unfinished.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise Trouble(
            _("The backup could not be written to {folder}: {error}").format(folder=folder, error=error),
            _("Nothing was changed. Make room there and try again."),
        ) from error
    unfinished.rename(target)
    for old in sorted(folder.glob("setia-*Z.setia"))[:-keep] if keep else ():
        old.unlink()
    return target


def unpack(file: Path, into: Path, *, passphrase: str = "") -> dict[str, Any]:
    """Unpacks a backup into an empty folder and returns its manifest, with every checksum compared. Raises Trouble."""
    try:
        with file.open("rb") as raw, _opened(raw, passphrase) as source, tarfile.open(fileobj=source, mode="r|") as tar:
            found = _read(tar, into)
    except (strongbox.CannotOpen, tarfile.TarError, EOFError, KeyError, ValueError) as error:
        todo = _("Was the passphrase typed right? Else take another backup.") if passphrase else _("Take another one.")
        raise Trouble(_("The backup {file} cannot be read, or is not whole.").format(file=file), todo) from error
    manifest: dict[str, Any] = json.loads((into / _MANIFEST).read_text())
    wanted = json.loads((into / _CHECKSUMS).read_text())
    if {name: value for name, value in found.items() if name != _CHECKSUMS} != wanted:
        raise Trouble(
            _("The backup {file} is not what was written: its checksums differ.").format(file=file),
            _("Take another one."),
        )
    return manifest


def needs_passphrase(file: Path) -> bool:
    """Whether a backup lies under a passphrase."""
    with file.open("rb") as raw:
        return strongbox.is_sealed(raw.read(len(strongbox.MAGIC)))


def is_dump(file: Path) -> bool:
    """Whether a file is a bare dump, as `setia backup` wrote before backups were one file."""
    with file.open("rb") as raw:
        return raw.read(5) == b"PGDMP"


def latest(home: Path) -> Path | None:
    """The newest backup, None when there is none."""
    return max((home / "backups").glob("setia-*Z.setia"), key=lambda path: path.stat().st_mtime, default=None)


def _manifest(url: str, *, at: datetime) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
        server = connection.info.server_version // 10000
    return {
        "format": 1,
        "made_at": at.isoformat(),
        "setia": setia.__version__,
        "postgresql": server,
        "migrations": [name for (name,) in rows],
    }


def _write(tar: tarfile.TarFile, home: Path, dumped: Path, manifest: dict[str, Any], *, keys: bool) -> None:
    sums: dict[str, str] = {}
    _add_text(tar, _MANIFEST, manifest, sums)
    _add_file(tar, _DUMP, dumped, sums)
    for path in sorted((home / "files").rglob("*")):
        if path.is_file() and not path.is_symlink():
            _add_file(tar, f"files/{path.relative_to(home / 'files').as_posix()}", path, sums)
    if (home / "backups" / LEDGER).is_file():
        _add_file(tar, LEDGER, home / "backups" / LEDGER, sums)
    for name in KEYS if keys else ():
        if (home / name).is_file():
            _add_file(tar, f"keys/{name}", home / name, sums)
    _add_text(tar, _CHECKSUMS, sums, {})


def _add_text(tar: tarfile.TarFile, name: str, content: Any, sums: dict[str, str]) -> None:
    data = json.dumps(content, indent=1).encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))
    sums[name] = hashlib.sha256(data).hexdigest()


def _add_file(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, str]) -> None:
    info = tarfile.TarInfo(name)
    with path.open("rb") as source:
        info.size, info.mode = os.fstat(source.fileno()).st_size, 0o600
        digest = hashlib.sha256()
        tar.addfile(info, _Summed(source, digest))
    sums[name] = digest.hexdigest()


class _Summed(io.RawIOBase):
    """Reads on while adding what passes to a checksum: a file is read once."""

    def __init__(self, source: IO[bytes], digest: Any) -> None:
        self._source, self._digest = source, digest

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._digest.update(data)
        return data


def _read(tar: tarfile.TarFile, into: Path) -> dict[str, str]:
    """Unpacks plain files under plain names only: what a backup says may not lead out of the folder."""
    sums: dict[str, str] = {}
    for info in tar:
        parts = PurePosixPath(info.name).parts
        if not info.isreg() or not parts or parts[0] == "/" or ".." in parts or info.name in sums:
            raise ValueError(info.name)
        path = into.joinpath(*parts)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source, digest = tar.extractfile(info), hashlib.sha256()
        assert source is not None
        with path.open("xb") as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                target.write(block)
        sums[info.name] = digest.hexdigest()
    return sums


@contextmanager
def _sealed(raw: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    if not passphrase:
        yield raw
        return
    with strongbox.Sealing(raw, passphrase) as sealing:
        yield cast("IO[bytes]", sealing)


@contextmanager
def _opened(raw: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    if not passphrase:
        yield raw
        return
    yield cast("IO[bytes]", io.BufferedReader(strongbox.Opening(raw, passphrase), _BLOCK))
