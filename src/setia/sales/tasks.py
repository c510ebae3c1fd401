"""What the worker does for selling."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs

name_jobs({"sales.work_out_forecast": _("Work out what open opportunities will bring")})


@app.periodic(cron="23 19 * * *")  # two or three in the night in Indonesia: the months are told anew each morning
@app.task(name="sales.work_out_forecast", queue="house", queueing_lock="sales.work_out_forecast")
def work_out_forecast(timestamp: int = 0) -> None:
    """Once a day, and whenever somebody asks for it."""
    from setia.sales import actions

    actions.work_out_forecast(at=datetime.now(UTC))
