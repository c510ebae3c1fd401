"""Static files are asked for by name and content: `/static/web/setia.css?v=3f9a…`, so a browser may keep them for good.

The mark is that of the file in the package, also where `setia up` has collected and compressed it: both are the same.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedStaticFilesStorage


class StaticStorage(CompressedStaticFilesStorage):  # type: ignore[misc]  # whitenoise is not typed
    def url(self, name: str | None) -> str:
        plain: str = super().url(name)
        mark = version(name) if name else ""
        return f"{plain}?v={mark}" if mark else plain


def version(name: str) -> str:
    """The first 12 hex digits of the file's SHA-256; empty when there is no such file."""
    # While developing, a changed file must be noticed; a running firm's files do not change.
    return _digest(name) if settings.DEBUG else _kept_digest(name)


def _digest(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    with Path(found).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


_kept_digest = lru_cache(maxsize=256)(_digest)
