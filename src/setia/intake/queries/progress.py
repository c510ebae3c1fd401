"""How far a run is, how fast it goes, and how long it will take."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from setia.intake.models import Run

WAITS_LONG = timedelta(seconds=45)
SETTLES = 2.0
"""Seconds before a speed says anything."""


@dataclass(frozen=True)
class Progress:
    """`share` of the file read, None where nobody can say; `rows_per_second` and `seconds_left` likewise."""

    run: Run
    share: float | None
    rows_per_second: int | None
    seconds_left: int | None
    over: bool
    waits_long: bool


def progress(run: Run, *, at: datetime) -> Progress:
    """The state of a run at a moment. `seconds_left` is for the reading; writing takes about as long again."""
    over = run.state not in (Run.State.QUEUED, Run.State.READING, Run.State.WRITING)
    elapsed = (at - run.started_at).total_seconds() if run.started_at else 0.0
    share = speed = left = None
    if run.state == Run.State.READING and run.size:
        share = min(run.bytes_read / run.size, 1.0)
        if elapsed > SETTLES and run.rows:
            speed = round(run.rows / elapsed)
            if share > 0.02:
                left = round(elapsed / share * (1 - share))
    waits = run.state == Run.State.QUEUED and run.created_at < at - WAITS_LONG
    silent = not over and run.beat_at is not None and run.beat_at < at - WAITS_LONG
    return Progress(run, share, speed, left, over, waits and silent)
