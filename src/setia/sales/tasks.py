"""What the worker does for selling: every minute, who is to be reminded of what; by night, the forecast from the firm's
own history.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from setia.core.mail import MailTrouble
from setia.core.words import name_jobs


class PassingTrouble(MailTrouble):
    """Trouble with the mail server that may be over in a minute."""


@app.task(name="sales.settle_prospects", queue="house", queueing_lock="sales.settle_prospects")
def settle_prospects() -> None:
    """After an import or its undo: who of the prospects has bought by now."""
    from setia.sales import actions

    actions.settle_all(at=datetime.now(UTC))


@app.task(name="sales.work_out_fits", queue="house", queueing_lock="sales.work_out_fits")
def work_out_fits() -> None:
    """The ideal customer was changed: count anew how well each prospect fits."""
    from setia.sales import actions

    actions.work_out_all_fits()


@app.task(
    name="sales.send_confirmation",
    retry=RetryStrategy(max_attempts=4, exponential_wait=4, retry_exceptions=[PassingTrouble]),
)
def send_confirmation(submission_id: int) -> None:
    """Mail the link that confirms what somebody sent. Only its key travels through the queue, no address."""
    from setia.sales import letters

    try:
        letters.send_confirmation(submission_id)
    except MailTrouble as trouble:
        if trouble.passing:
            raise PassingTrouble(trouble.reason, trouble.said) from trouble
        raise


@app.periodic(cron="7 * * * *")
@app.task(name="sales.follow_prospects", queue="house", queueing_lock="sales.follow_prospects")
def follow_prospects(timestamp: int = 0) -> None:
    """Give out who is nobody's, and follow idle ones; who is about to lose some is told by letter, too."""
    from setia.sales import actions, letters

    at = datetime.now(UTC)
    actions.share(at=at)
    for person, names in actions.follow_idle(at=at).items():
        letters.send_warning(person, names)


name_jobs(
    {
        "sales.remind": _("Remind people of what they planned"),
        "sales.work_out_forecast": _("Work out what open opportunities will bring"),
    }
)


@app.periodic(cron="* * * * *")
@app.task(name="sales.remind", queue="house", queueing_lock="sales.remind")
def remind(timestamp: int = 0) -> None:
    """Tell in the program what is due, then write the letters. A second worker, or one killed, tells nothing twice."""
    from setia.sales import actions

    now = datetime.now(UTC)
    actions.remind(at=now)
    actions.send_reminders(at=now, base=settings.BASE_URL)


@app.periodic(cron="23 19 * * *")  # two or three in the night in Indonesia: the months are told anew each morning
@app.task(name="sales.work_out_forecast", queue="house", queueing_lock="sales.work_out_forecast")
def work_out_forecast(timestamp: int = 0) -> None:
    """Once a day, and whenever somebody asks for it."""
    from setia.sales import actions

    actions.work_out_forecast(at=datetime.now(UTC))
