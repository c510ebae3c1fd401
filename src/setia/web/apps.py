import logging
from pathlib import Path

from django.apps import AppConfig

log = logging.getLogger(__name__)


class WebConfig(AppConfig):
    name = "setia.web"
    label = "web"

    def ready(self) -> None:
        """In a checkout, compile catalogues that changed since; a wheel brings them compiled and may be read-only."""
        rooms = Path(__file__).parent.parent
        sources = rooms.glob("*/locale/id/LC_MESSAGES/django.po")
        if all(_fresh(source) for source in sources):
            return
        from babel.messages.pofile import PoFileError

        from setia.web.i18n import compile_all  # Babel's reader is wanted only now

        try:
            compile_all(only_stale=True)
        except OSError:
            pass
        except PoFileError as problem:  # somebody is in the middle of a translation; the words of before still serve
            log.warning("A catalogue cannot be read; its new words wait: %s", problem)


def _fresh(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return made.exists() and made.stat().st_mtime_ns >= source.stat().st_mtime_ns
