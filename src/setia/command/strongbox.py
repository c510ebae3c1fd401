"""A file under a passphrase: written and read in pieces, so that a backup of any size needs little memory.

The key is made from the passphrase by scrypt (RFC 7914; n = 2^15, r = 8, p = 1, 32 MiB of memory). Each piece of 1 MiB
is sealed with AES-256-GCM; its nonce is its number, and the last piece says that it is the last. So a piece that was
changed, left out, moved or cut off is noticed before anything of it is used. The salt is new for every file, so no key
is ever used for two files.
"""

import io
import os
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"SETIA-SEALED-1\n"
_SALT = 16
_PIECE = 1 << 20
_TAG = 16


class CannotOpen(Exception):
    """The passphrase is another one, or the file was changed or cut off."""


class Sealing(io.RawIOBase):
    """A stream to write into; what arrives in `target` is sealed. Closing it writes the last piece."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        salt = os.urandom(_SALT)
        self._head = MAGIC + salt
        self._target, self._key, self._number = target, _key(passphrase, salt), 0
        self._waiting = bytearray()
        target.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]  # the buffers we get
        self._waiting += data
        while len(self._waiting) > _PIECE:  # one piece always waits: it may be the last
            self._write(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._write(bytes(self._waiting), last=True)
            self._waiting.clear()
        super().close()

    def _write(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._key.encrypt(_nonce(self._number, last), piece, self._head))
        self._number += 1


class Opening(io.RawIOBase):
    """A stream to read from, over a `source` that stands at its beginning. Raises `CannotOpen`."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        self._head = source.read(len(MAGIC) + _SALT)
        if not self._head.startswith(MAGIC) or len(self._head) < len(MAGIC) + _SALT:
            raise CannotOpen
        self._source, self._key, self._number = source, _key(passphrase, self._head[len(MAGIC) :]), 0
        self._ready = b""
        self._next = source.read(_PIECE + _TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        if not self._ready and not self._ended:
            self._open_one()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _open_one(self) -> None:
        sealed, self._next = self._next, self._source.read(_PIECE + _TAG)
        last = not self._next
        try:
            self._ready = self._key.decrypt(_nonce(self._number, last), sealed, self._head)
        except InvalidTag as error:
            raise CannotOpen from error
        self._number, self._ended = self._number + 1, last


def is_sealed(beginning: bytes) -> bool:
    """Whether a file that begins like this was written by `Sealing`."""
    return beginning.startswith(MAGIC)


def _key(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">QxxxB", number, last)
