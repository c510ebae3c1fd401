"""The bytes of a file, plain or gzip, in blocks, with the place reached and a guard against bombs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from setia.intake.reading.problems import Unreadable

BLOCK_BYTES = 2 << 20
FREE_BYTES = 64 << 20
"""So much may come out of a compressed file before its ratio is looked at: small files of blanks are no attack."""
RATIO = 200
"""Order files shrink 5- to 50-fold. Beyond this no table of real orders is known, and deflate's own limit is 1032."""
GZIP_MAGIC = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Whether the file is gzip by its first bytes, whatever its name says."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


class Source:
    """A file's content in blocks of about two megabytes. `position` is how many bytes on the disk have been read."""

    def __init__(self, path: Path, *, compressed: bool) -> None:
        self.path = path
        self.compressed = compressed
        self.position = 0

    def __iter__(self) -> Iterator[bytes]:
        return self._gunzip() if self.compressed else self._plain()

    def _plain(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    self.position += len(block)
                    yield block
        except OSError as error:
            raise Unreadable("cannot_open", reason=error.strerror or str(error)) from error

    def _gunzip(self) -> Iterator[bytes]:
        """Blocks of a gzip file of one or more members. Raises Unreadable for a bomb or a damaged file."""
        try:
            with self.path.open("rb") as file:
                yield from self._members(file.read)
        except OSError as error:
            raise Unreadable("cannot_open", reason=error.strerror or str(error)) from error
        except zlib.error as error:
            raise Unreadable("gzip_damaged", at=self.position) from error

    def _members(self, read: Callable[[int], bytes]) -> Iterator[bytes]:
        out = 0
        fed = b""
        member = zlib.decompressobj(wbits=31)
        while True:
            ended = False
            if not fed:
                fed = read(1 << 18)
                self.position += len(fed)
                ended = not fed
            if member.eof:
                fed = fed.lstrip(b"\0")  # padding between members or after the last
                if ended:
                    return
                if not fed:
                    continue
                member = zlib.decompressobj(wbits=31)
            block = member.decompress(fed, BLOCK_BYTES)
            fed = member.unused_data if member.eof else member.unconsumed_tail
            if ended and not block and not member.eof:
                raise Unreadable("gzip_cut_short", at=self.position)
            out += len(block)
            if out > FREE_BYTES and out > RATIO * self.position:
                raise Unreadable("bomb", ratio=out // max(self.position, 1))
            if block:
                yield block


def head(path: Path, size: int, *, compressed: bool) -> tuple[bytes, bool]:
    """The first `size` bytes of the content, and whether that is all of it."""
    blocks: list[bytes] = []
    total = 0
    for block in Source(path, compressed=compressed):
        blocks.append(block)
        total += len(block)
        if total > size:
            return b"".join(blocks)[:size], False
    return b"".join(blocks), True
