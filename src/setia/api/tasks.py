"""What the worker does for this room."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from setia.api import actions


@app.periodic(cron="37 19 * * *")
@app.task(name="api.forget", queue="house", queueing_lock="api.forget")
def forget(timestamp: int) -> None:
    """Delete what nobody asks for any more. Nightly."""
    actions.forget_answers(at=datetime.now(UTC))
    actions.forget_deliveries(at=datetime.now(UTC))


@app.task(name="api.deliver", queue="webhooks")
def deliver() -> None:
    """Send what is due, at once after something happened."""
    actions.deliver_due()


@app.periodic(cron="* * * * * */20")  # the sixth field is seconds
@app.task(name="api.deliver_due", queue="webhooks", queueing_lock="api.deliver_due")
def deliver_due(timestamp: int) -> None:
    """Send what is due again after a failure, or was left by a worker that died. Every 20 seconds."""
    actions.deliver_due()
