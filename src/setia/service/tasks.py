"""What the worker does for serving customers: the scores of reach, every night and after a refresh of the portraits."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs

name_jobs({"service.work_out_reach": _("Work out how far customers' words reach")})


@app.periodic(cron="10 19 * * *")  # 02.10 WIB
@app.task(name="service.work_out_reach", queue="house", queueing_lock="service.work_out_reach")
def work_out_reach(timestamp: int = 0) -> None:
    """What changed during the day: who was brought, and what those bought."""
    from setia.service import actions

    actions.work_out_reach(at=datetime.now(UTC))
