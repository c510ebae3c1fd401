"""What a person was reminded of, and how they want to be."""

from typing import NamedTuple

from setia.accounts.models import User
from setia.core.permissions import may
from setia.sales.models import Reminder, Reminding
from setia.sales.queries.activities import Shown, shown

MOST = 20


class Reminded(NamedTuple):
    """An activity still open that the reader was reminded of."""

    reminder: Reminder
    shown: Shown


def reminders_of(user: User) -> list[Reminded]:
    """What this person was reminded of and has not done yet, the latest first."""
    if not may(user, "sales.view"):
        return []
    still = Reminder.objects.filter(user=user, activity__done_at=None, activity__cancelled_at=None)
    rows = still.select_related("activity__customer", "activity__opportunity").order_by("-at", "-id")
    found = [row for row in rows[:MOST] if row.activity.owner_id == user.pk]
    return [Reminded(row, one) for row, one in zip(found, shown(user, [row.activity for row in found]), strict=True)]


def reminding_of(user: User) -> Reminding:
    """How this person wants to be reminded; the usual where they have not said."""
    return Reminding.objects.filter(user=user).first() or Reminding(user=user)
