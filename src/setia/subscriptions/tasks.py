"""What the worker does for subscriptions: all that happens by itself on its day."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs

name_jobs(
    {
        "subscriptions.roll_over": _("Renew subscriptions, and end those whose day has come"),
        "subscriptions.study_leaving": _("Learn who leaves at a renewal"),
    }
)


@app.periodic(cron="7 * * * *")  # every hour: a day begins at another hour in each zone, and a standstill is caught up
@app.task(name="subscriptions.roll_over", queue="house", queueing_lock="subscriptions.roll_over")
def roll_over(timestamp: int) -> None:
    """Only what is due is looked at; mostly that is nothing."""
    from setia.subscriptions import actions

    actions.roll_over(at=datetime.now(UTC))


@app.periodic(cron="37 * * * *")  # the first hour of the firm's day does it; the others find it done
@app.task(name="subscriptions.study_leaving", queue="house", queueing_lock="subscriptions.study_leaving")
def study_leaving(timestamp: int) -> None:
    """Once a day."""
    from setia.subscriptions import actions

    actions.study_leaving(at=datetime.now(UTC))
