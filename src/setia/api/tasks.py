"""What the worker does for this room."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from setia.api import actions


@app.periodic(cron="37 19 * * *")
@app.task(name="api.forget", queue="house", queueing_lock="api.forget")
def forget(timestamp: int) -> None:
    """Delete what nobody asks for any more. Nightly."""
    actions.forget_answers(at=datetime.now(UTC))
