"""A file in, as a test tells it: lines of text become a file, the file becomes a run, the run is executed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from setia.intake.actions import execute, start_draft
from setia.intake.models import Run

ORDERS = "order no,date,customer no,customer name,product,qty,price\n"


def draft(
    folder: Path, text: str, *, what: str = "ORDERS", name: str = "orders.csv", by: Any = None, **more: Any
) -> Run:
    """A queued run over a file with this text."""
    path = folder / name
    path.write_text(text)
    at = datetime.now(UTC)
    run = start_draft(by=by, at=at, what=what, file_name=name, upload=path, **more)
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, beat_at=at)
    run.refresh_from_db()
    return run


def take_in(folder: Path, text: str, **more: Any) -> Run:
    """The run over a file with this text, executed."""
    return execute(draft(folder, text, **more).pk)
