"""What the worker does for selling: every minute, who is to be reminded of what; by night, the forecast from the firm's
own history.
"""

from datetime import UTC, date, datetime

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


@app.task(name="sales.follow_owners", queue="house", queueing_lock="sales.follow_owners")
def follow_owners() -> None:
    """After an import: opportunities entered while it ran, which its transaction could not see."""
    from setia.sales import actions

    actions.follow_owners()


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
        "sales.follow_owners": _("Let opportunities follow who looks after their customers"),
        "sales.remind": _("Remind people of what they planned"),
        "sales.count_stale": _("Count changed days for targets"),
        "sales.put_together": _("Tidy the counts of prospects and activities"),
        "sales.count_standing": _("Count prospects and activities anew"),
        "sales.count_running": _("Count all days of running targets"),
        "sales.count_commission": _("Work out commission"),
        "sales.weigh_experiments": _("Count what became of experiments"),
        "sales.compute_commission": _("Work out a month of commission"),
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


@app.periodic(cron="*/10 * * * *")
@app.task(name="sales.count_stale", queue="house", queueing_lock="sales.count_stale")
def count_stale(timestamp: int = 0) -> None:
    """Days whose orders changed since they were counted."""
    from setia.sales import actions

    actions.count_stale()


@app.periodic(cron="25 18 * * *")  # 01.25 WIB
@app.task(name="sales.count_running", queue="house", queueing_lock="sales.count_running")
def count_running(timestamp: int = 0) -> None:
    """All days of running targets: what came late, and customers who got somebody else."""
    from setia.sales import actions

    actions.count_running(at=datetime.now(UTC))


@app.periodic(cron="45 18 * * *")  # 01.45 WIB
@app.task(name="sales.count_commission", queue="house", queueing_lock="sales.count_commission")
def count_commission(timestamp: int = 0) -> None:
    """Every rule's latest months."""
    from setia.core.queries import today
    from setia.sales import actions

    at = datetime.now(UTC)
    actions.compute_all(at=at, today=today(at=at))


@app.periodic(cron="55 18 * * *")  # 01.55 WIB
@app.task(name="sales.weigh_experiments", queue="house", queueing_lock="sales.weigh_experiments")
def weigh_experiments(timestamp: int = 0) -> None:
    """Every experiment that runs, or ended lately."""
    from setia.sales import actions

    actions.weigh_all(at=datetime.now(UTC))


@app.task(name="sales.compute_commission", queue="house")
def compute_commission(rule_id: int, month: str) -> None:
    """One month of one rule, as somebody asked."""
    from setia.sales import actions

    actions.compute_asked(rule_id=rule_id, month=date.fromisoformat(month), at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="sales.put_together", queue="house", queueing_lock="sales.put_together")
def put_together(timestamp: int = 0) -> None:
    """What triggers wrote about prospects and activities since the last time."""
    from setia.sales import actions

    actions.put_together()


@app.periodic(cron="5 19 * * *")  # 02.05 WIB
@app.task(name="sales.count_standing", queue="house", queueing_lock="sales.count_standing")
def count_standing(timestamp: int = 0) -> None:
    """All prospects and activities, should anything ever have slipped by."""
    from setia.sales import actions

    actions.count_standing()
