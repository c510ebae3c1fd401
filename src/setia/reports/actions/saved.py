"""Save a report under a name, share it, delete it and bring it back; have it sent by e-mail, and send it.

A letter is claimed before it leaves: `next_at` is set a step on by a conditional update of its own transaction, so two
workers, or one killed in between, never send the same twice. Where no server was reached at all, it is tried again.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from setia.accounts.actions import audit
from setia.accounts.models import Team, User
from setia.core import mail
from setia.core.permissions import require
from setia.core.queries import firm, outgoing_paused
from setia.core.text import line
from setia.reports.letters import write_report
from setia.reports.models import Mailing, SavedReport
from setia.reports.periods import shifted
from setia.reports.queries import get_live_report_for, may_change_saved, sees_saved

HOUR = 6
"""When letters leave, by the firm's clock."""
MOST = 50
TRIES = 5
_AGAIN = timedelta(minutes=15)
_NEVER_REACHED = {"NOT_SET_UP", "PAUSED", "NAME_UNKNOWN", "REFUSED", "UNREACHABLE"}
_KEPT = ("period", "from", "to", "per", "product")


class NoName(Exception):
    """A saved report needs a name."""


class TooManySaved(Exception):
    """Somebody has saved as many reports as anybody may."""


def save_report(
    *,
    by: User,
    at: datetime,
    name: str,
    report: str,
    params: Mapping[str, str],
    for_all: bool = False,
    team: Team | None = None,
) -> SavedReport:
    """Keep a report with its period. Raises `NoName`, `TooManySaved`, `Http404` for a report there is none of, and
    `PermissionDenied` for one, or a sharing, this person may not choose.
    """
    get_live_report_for(by, report)
    if for_all or team is not None:
        require(by, "reports.share")
    if team is not None and not team.members.filter(pk=by.pk).exists():
        raise PermissionDenied("reports.share")
    written = line(name)[:60]
    if not written:
        raise NoName
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two at once count one another
        if SavedReport.objects.filter(maker=by, deleted_at=None).count() >= MOST:
            raise TooManySaved
        saved = SavedReport.objects.create(
            maker=by,
            name=written,
            report=report,
            params={key: line(params[key])[:40] for key in _KEPT if params.get(key)},
            for_all=for_all,
            team=team,
            made_at=at,
        )
        _told("saved", saved, by=by, at=at)
    return saved


def delete_saved_report(*, by: User, at: datetime, saved: SavedReport) -> None:
    """Delete a saved report; nobody gets it by e-mail any more. It can be brought back."""
    _set(saved, by=by, at=at, deleted=True)


def restore_saved_report(*, by: User, at: datetime, saved: SavedReport) -> None:
    """Bring a deleted one back, for all who saw it and got it."""
    _set(saved, by=by, at=at, deleted=False)


def mail_report(*, by: User, at: datetime, saved: SavedReport, every: str) -> None:
    """Have a saved report sent to oneself from now on; '' sends it no more."""
    require(by, "reports.view")
    if not sees_saved(by, saved):
        raise PermissionDenied("reports.view")
    with transaction.atomic():
        if every:
            values = {"every": Mailing.Every(every), "next_at": next_letter(every, at=at), "tries": 0, "problem": ""}
            Mailing.objects.update_or_create(saved=saved, user=by, defaults=values)
        else:
            Mailing.objects.filter(saved=saved, user=by).delete()
        _told("mailed", saved, by=by, at=at, every=every)


def next_letter(every: str, *, at: datetime) -> datetime:
    """When the next letter is due after a moment: at six, by the firm's clock, of the next day that is one for it."""
    zone = firm().tz
    day = at.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, time(HOUR), zone).astimezone(UTC)
        if moment > at and _is_day(every, day):
            return moment
        day = shifted(day.replace(day=1), 1) if every == "MONTH" else day + timedelta(days=1)


def _is_day(every: str, day: date) -> bool:
    return every == "DAY" or (day.isoweekday() == 1 if every == "WEEK" else day.day == 1)


def send_reports(*, at: datetime, base: str = "") -> int:
    """Send the letters that are due. Answers how many left. `base` is the address of this Setia."""
    if outgoing_paused() or not mail.can_send():
        return 0
    due = Mailing.objects.filter(next_at__lte=at, saved__deleted_at=None, user__is_active=True).order_by(
        "next_at", "id"
    )
    return sum(_send(one, at=at, base=base) for one in due.select_related("saved", "user")[:500])


def _send(one: Mailing, *, at: datetime, base: str) -> int:
    claimed = Mailing.objects.filter(pk=one.pk, next_at=one.next_at)
    if not claimed.update(next_at=next_letter(one.every, at=at), problem="OTHER"):
        return 0  # another worker has it
    ours = Mailing.objects.filter(pk=one.pk)
    user = User.objects.get(pk=one.user_id)  # as they are allowed now, not when they asked
    if not sees_saved(user, one.saved):
        ours.delete()
        return 0
    try:
        write_report(user, one.saved, at=at, base=base)
    except PermissionDenied:
        ours.delete()
        return 0
    except mail.MailTrouble as trouble:
        again = trouble.reason in _NEVER_REACHED and one.tries + 1 < TRIES
        more = {"next_at": at + _AGAIN, "tries": one.tries + 1} if again else {"tries": 0}
        ours.update(problem=trouble.reason, **more)
        return 0
    ours.update(sent_at=at, problem="", tries=0)
    return 1


def _set(saved: SavedReport, *, by: User, at: datetime, deleted: bool) -> None:
    if not may_change_saved(by, saved):
        raise PermissionDenied("reports.share")
    with transaction.atomic():
        rows = SavedReport.objects.filter(pk=saved.pk, deleted_at__isnull=deleted)  # not deleted yet, or deleted
        if rows.update(deleted_at=at if deleted else None):
            _told("deleted" if deleted else "restored", saved, by=by, at=at)


def _told(verb: str, saved: SavedReport, *, by: User, at: datetime, **more: str) -> None:
    data = {"name": saved.name, "report": saved.report, **more}
    audit(by=by, at=at, verb=f"saved_report.{verb}", about="saved_report", about_id=saved.pk, data=data)
