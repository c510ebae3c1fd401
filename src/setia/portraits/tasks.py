"""What the worker does for portraits: refresh them every night and after every import.

`actions` is imported by the job that needs it: it brings the analytics along, which a web process can do without.
"""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from setia.core.words import name_jobs

name_jobs(
    {
        "portraits.nightly": _("Compute all portraits every night"),
        "portraits.refresh_all": _("Compute all portraits after a change"),
        "portraits.look_back": _("Compare what was foretold with what happened"),
        "portraits.refresh_one": _("Compute one customer's portrait"),
        "portraits.end_expired": _("Let computed classes count again whose overruling has ended"),
    }
)


@app.periodic(cron="10 19 * * *")  # 02.10 WIB
@app.task(name="portraits.nightly", queue="portraits", queueing_lock="portraits.nightly")
def nightly(timestamp: int) -> None:
    """A day has passed: silence grows, windows move. Nothing is computed twice from the same orders and day."""
    from setia.portraits import actions, queries

    at = datetime.now(UTC)
    if queries.is_stale(at=at):
        actions.refresh(by=None, at=at)
    actions.look_back_later()


@app.task(name="portraits.refresh_all", queue="portraits")
def refresh_all() -> None:
    """Orders came in by the file, or left again, or the firm changed what counts."""
    from setia.portraits import actions

    actions.refresh(by=None, at=datetime.now(UTC))
    actions.look_back_later()


@app.task(name="portraits.look_back", queue="portraits", queueing_lock="portraits.look_back")
def look_back() -> None:
    """A month has begun, or the days of a forecast are over."""
    from setia.portraits import actions

    actions.look_back(by=None, at=datetime.now(UTC))


@app.task(name="portraits.refresh_one", queue="portraits")
def refresh_one(customer_id: int) -> None:
    """An order came in at the moment when all portraits were being exchanged."""
    from setia.portraits import actions

    actions.refresh_one(customer_id, at=datetime.now(UTC))


@app.task(name="portraits.end_expired", queue="portraits")
def end_expired() -> None:
    """The last day of somebody's word has passed. Asked for when the word is said, for the midnight after that day."""
    from setia.portraits import actions

    actions.end_expired(at=datetime.now(UTC))
