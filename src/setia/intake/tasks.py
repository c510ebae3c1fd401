"""What the worker does for intake: execute a queued run, and sweep runs whose worker died."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app


@app.task(name="intake.run_import", queue="intake", pass_context=False)
def run_import(run_id: int) -> None:
    """Execute one run. Claimed conditionally, so a job delivered twice does nothing the second time."""
    from setia.intake.actions import execute

    execute(run_id)


@app.periodic(cron="* * * * * */15")  # the sixth field is seconds
@app.task(name="intake.resume_stalled", queue="intake", queueing_lock="intake.resume_stalled")
def resume_stalled(timestamp: int) -> None:
    """Put runs back whose worker was killed. Every 15 seconds."""
    from setia.intake.actions import resume_stalled as resume

    resume(at=datetime.now(UTC))
