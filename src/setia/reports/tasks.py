"""What the worker does for reports."""

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs

name_jobs(
    {
        "reports.count_sold": _("Count changed days for reports"),
        "reports.check_sold": _("Look for days that reports have to count anew"),
        "reports.keep_forecast": _("Keep the forecast of the month that begins"),
        "reports.send_reports": _("Send reports by e-mail"),
        "reports.count_all_sold": _("Count all days for reports"),
    }
)


@app.periodic(cron="*/5 * * * *")
@app.task(name="reports.count_sold", queue="house", queueing_lock="reports.count_sold")
def count_sold(timestamp: int = 0) -> None:
    """Days whose orders changed since they were counted."""
    from setia.reports import actions

    actions.count_sold()


@app.periodic(cron="35 18 * * *")  # 01.35 WIB
@app.task(name="reports.check_sold", queue="house", queueing_lock="reports.check_sold")
def check_sold(timestamp: int = 0) -> None:
    """Days whose orders come to something else than was counted."""
    from setia.reports import actions

    actions.mark_different()
    actions.count_sold()


@app.periodic(cron="50 19 * * *")  # 02.50 WIB, after the forecast was worked out
@app.task(name="reports.keep_forecast", queue="house", queueing_lock="reports.keep_forecast")
def keep_forecast(timestamp: int = 0) -> None:
    """What is foretold of a month, once, when it begins."""
    from datetime import UTC, datetime

    from setia.reports import actions

    actions.keep_forecast(at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="reports.send_reports", queue="house", queueing_lock="reports.send_reports")
def send_reports(timestamp: int = 0) -> None:
    """The letters that are due."""
    from datetime import UTC, datetime

    from django.conf import settings

    from setia.reports import actions

    actions.send_reports(at=datetime.now(UTC), base=settings.BASE_URL)


@app.task(name="reports.count_all_sold", queue="house", queueing_lock="reports.count_all_sold")
def count_all_sold() -> None:
    """Every day: a file may have changed customers, and where they live, in any number."""
    from setia.reports import actions

    actions.mark_all()
    actions.count_sold()
