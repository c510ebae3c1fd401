"""What core itself keeps only for a time: the logs of the server, without personal data as they are."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from setia.core.personal import Keeping, keep_for


def _old_logs(before: datetime) -> list[Path]:
    """Logs nothing is written to any more; the one in use is newer than any limit, and stays."""
    folder = Path(settings.HOME) / "logs"
    limit = before.timestamp()
    return sorted(path for path in folder.glob("*.log*") if path.is_file() and path.stat().st_mtime < limit)


def _forget_logs(before: datetime) -> int:
    old = _old_logs(before)
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


keep_for(
    Keeping(
        "LOGS",
        _("Logs of the server"),
        _("What the programs wrote down while they ran, for finding faults."),
        days=60,
        on=True,
        due=lambda before: len(_old_logs(before)),
        go=_forget_logs,
        sample=lambda before: [path.name for path in _old_logs(before)[:5]],
    )
)
