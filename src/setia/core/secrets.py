"""Secrets the firm must be able to read back (a mail server's password), sealed before they reach the database.

The keys lie in `SETIA_HOME/seal.key`, one a line, readable by their owner alone: a copy of the database without that
file opens nothing. The first key seals; every key opens. To change keys, put a new one on top (`python -c "from
cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`) and leave the old ones below it.
`SETIA_SEAL_KEYS` (keys with commas between them) replaces the file where several machines serve one firm.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class CannotOpen(Exception):
    """The secret was sealed with a key that is no longer here; it has to be typed in again."""


def seal(text: str) -> str:
    """The text, encrypted and authenticated (Fernet: AES-128-CBC with HMAC-SHA256), as ASCII."""
    return _keys().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The text behind a seal. Raises `CannotOpen` when no key at hand fits, or the seal was tampered with."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise CannotOpen from error


def _keys() -> MultiFernet:
    given = os.environ.get("SETIA_SEAL_KEYS", "")
    lines = given.split(",") if given else _key_file(Path(settings.HOME) / "seal.key").read_text().split()
    try:
        return MultiFernet([Fernet(line.strip()) for line in lines])
    except ValueError as error:
        raise ImproperlyConfigured(
            "seal.key (or SETIA_SEAL_KEYS) must hold Fernet keys: 32 random bytes in URL-safe base64, one a line."
        ) from error


def _key_file(path: Path) -> Path:
    """The key file; a first key is made when there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(Fernet.generate_key())
        try:
            os.link(fresh, path)  # two processes at once: the first one's key stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path
