import contextlib
from pathlib import Path

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "setia.web"
    label = "web"

    def ready(self) -> None:
        """In a checkout, compile catalogues that changed since; a wheel brings them compiled and may be read-only."""
        rooms = Path(__file__).parent.parent
        sources = rooms.glob("*/locale/id/LC_MESSAGES/django.po")
        if all(_fresh(source) for source in sources):
            return
        from setia.web.i18n import compile_all  # Babel's reader is wanted only now

        with contextlib.suppress(OSError):
            compile_all(only_stale=True)


def _fresh(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns
