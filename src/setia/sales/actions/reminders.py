"""Reminders: told once in the program, and once by e-mail. A person says how long before, and whether by e-mail.

`remind` writes down who is to be reminded now; `send_reminders` writes the letters, one a person for all that waits:

1. A worker claims a person's waiting letters by a conditional UPDATE, committed before anything leaves.
2. It sends one letter. Then they are SENT.
3. Where the server was never reached they wait again, a few times. Where nobody can know, they are UNKNOWN.
4. A claim older than `LEASE` belonged to a worker that died: UNKNOWN, never sent again. The program still shows them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from setia.accounts.actions import audit, count_news
from setia.accounts.models import User
from setia.core import mail
from setia.core.permissions import require
from setia.core.queries import firm, outgoing_paused
from setia.customers.queries import may_see
from setia.sales.models import Activity, Reminder, Reminding
from setia.sales.models.reminders import USUAL_MINUTES

LEASE = timedelta(minutes=10)
TRIES = 5
MOST = 2000
MORNING = "08:00"
"""When a person is reminded of what has a day and no time, on the firm's clock."""
_NEVER_REACHED = {"NOT_SET_UP", "PAUSED", "NAME_UNKNOWN", "REFUSED", "UNREACHABLE"}

# What is due by now and was not told yet; what is older than a day is late, and stands as that on the person's day.
_DUE = """
INSERT INTO sales_reminder (activity_id, user_id, at, mail, tries)
SELECT a.id, a.owner_id, %(at)s,
  CASE WHEN %(mail)s AND COALESCE(s.by_mail, true) THEN 'WAITING' ELSE 'NONE' END, 0
FROM sales_activity a
JOIN accounts_user u ON u.id = a.owner_id AND u.is_active
LEFT JOIN sales_reminding s ON s.user_id = a.owner_id
CROSS JOIN LATERAL (SELECT COALESCE(
  a.planned_at - make_interval(mins => COALESCE(s.minutes, %(usual)s)),
  (a.due_date + %(morning)s::time) AT TIME ZONE %(zone)s) AS moment) m
WHERE a.done_at IS NULL AND a.cancelled_at IS NULL
  AND a.due_date BETWEEN %(first)s AND %(final)s
  AND (s.id IS NULL OR s.minutes IS NOT NULL)
  AND m.moment <= %(at)s AND m.moment > %(at)s - interval '1 day'
  AND NOT EXISTS (SELECT 1 FROM sales_reminder r WHERE r.activity_id = a.id)
ORDER BY a.due_date, a.id LIMIT %(most)s
ON CONFLICT (activity_id) DO NOTHING
RETURNING user_id
"""


def remind(*, at: datetime) -> int:
    """Tell everybody, in the program, what begins soon or is for today. Answers how many were told of something."""
    house = firm()
    today = house.day_of(at)
    given: dict[str, Any] = {
        "at": at,
        "mail": mail.can_send(),
        "usual": USUAL_MINUTES,
        "morning": MORNING,
        "zone": house.zone,
        "first": today - timedelta(days=1),
        "final": today + timedelta(days=2),
        "most": MOST,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DUE, given)
        told = {row[0] for row in cursor.fetchall()}
        count_news(people=told)
    return len(told)


def send_reminders(*, at: datetime, base: str = "") -> int:
    """Write to everybody whose letters wait. Answers how many letters left. `base` is the address of this Setia."""
    Reminder.objects.filter(mail=Reminder.Mail.SENDING, claimed_at__lt=at - LEASE).update(mail=Reminder.Mail.UNKNOWN)
    if outgoing_paused() or not mail.can_send():
        return 0
    waiting = Reminder.objects.filter(mail=Reminder.Mail.WAITING).order_by().values_list("user", flat=True).distinct()
    return sum(_write_to(user, at=at, base=base) for user in list(waiting))


def set_reminding(*, by: User, at: datetime, minutes: int | None, by_mail: bool) -> None:
    """Say how long before one wants to be reminded (None: never), and whether by e-mail as well."""
    require(by, "sales.view")
    with transaction.atomic():
        Reminding.objects.update_or_create(user=by, defaults={"minutes": minutes, "by_mail": by_mail})
        audit(by=by, at=at, verb="reminding.set", about="reminding", about_id=None, data={"minutes": minutes})


def _write_to(user_id: int, *, at: datetime, base: str) -> int:
    claimed = _claim(user_id, at=at)
    rows = Reminder.objects.filter(pk__in=claimed).select_related("activity__customer", "user").order_by("activity")
    # Done meanwhile, or given to somebody else: nothing to remind of any more.
    still = [row for row in rows if row.activity.is_open and row.activity.owner_id == user_id]
    ours = Reminder.objects.filter(pk__in=claimed, mail=Reminder.Mail.SENDING)
    if not still:
        ours.update(mail=Reminder.Mail.NONE)
        return 0
    try:
        _letter(still[0].user, [row.activity for row in still], base=base)
    except mail.MailTrouble as trouble:
        if trouble.reason in _NEVER_REACHED:
            ours.filter(tries__gte=TRIES).update(mail=Reminder.Mail.FAILED)
            ours.update(mail=Reminder.Mail.WAITING, claimed_at=None)
        else:
            ours.update(mail=Reminder.Mail.UNKNOWN if trouble.passing else Reminder.Mail.FAILED)
        return 0
    ours.update(mail=Reminder.Mail.SENT)
    return 1


def _claim(user_id: int, *, at: datetime) -> list[int]:
    """The letters of one person that are this worker's from now on. Committed before anything leaves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sales_reminder SET mail = 'SENDING', claimed_at = %s, tries = tries + 1"
            " WHERE user_id = %s AND mail = 'WAITING' RETURNING id",
            [at, user_id],
        )
        return [row[0] for row in cursor.fetchall()]


def _letter(user: User, activities: list[Activity], *, base: str) -> None:
    house = firm()
    with override(user.language or house.language):
        lines = []
        for one in sorted(activities, key=lambda each: (each.planned_at is None, each.planned_at, each.pk)):
            when = f"{one.planned_at.astimezone(house.tz):%H:%M}" if one.planned_at else _("today")
            whom = one.customer.display_name if one.customer is not None and may_see(user, one.customer) else ""
            lines.append("  ".join(filter(None, [when, one.get_kind_display(), one.title, whom, one.place])))
        many = ngettext("%(num)s activity", "%(num)s activities", len(lines)) % {"num": len(lines)}
        mail.send(
            to=user.email,
            subject=_("Reminder: %(what)s") % {"what": activities[0].title if len(lines) == 1 else many},
            body=_("Hello %(name)s,\n\n%(lines)s\n\nYour day: %(url)s\n")
            % {"name": str(user), "lines": "\n".join(lines), "url": base + reverse("my_day")},
        )
