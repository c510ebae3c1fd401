"""Files people hand in, kept under their content's hash in the home, outside of everything the web serves by itself.

Equal contents are one file. A file is written whole beside its place and moved there, so that a reader never meets half
of one.
"""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings


def keep(content: bytes) -> str:
    """Keep a content; answers its SHA-256 in hexadecimal, the name it is found by."""
    digest = sha256(content).hexdigest()
    place = path_of(digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = place.with_name(f"{digest}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    return digest


def path_of(digest: str) -> Path:
    """Where a content lies, or would. Raises ValueError for what is no SHA-256."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(digest)
    return Path(settings.HOME) / "files" / "kept" / digest[:2] / digest


def forget(digest: str) -> None:
    """Remove a content; one that is gone already changes nothing."""
    path_of(digest).unlink(missing_ok=True)
