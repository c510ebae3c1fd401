"""What people do to bring customers in: tasks, calls, meetings, visits and notes; planned, done, or called off.

An activity is open until it is done or cancelled. It is planned for a moment (a meeting at ten), for a day (a call on
Thursday), or for no day at all. `due_date` is the firm's day of it, also where a moment is set and once it is done, so
that one index answers what is late and what stands in a calendar.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OPEN = Q(done_at=None, cancelled_at=None)
"""Neither done nor called off."""


class Activity(models.Model):
    """One thing one person does, mostly for a customer; without one it is the firm's own."""

    class Kind(models.TextChoices):
        TASK = "TASK", pgettext_lazy("activity", "Task")
        CALL = "CALL", pgettext_lazy("activity", "Call")
        EMAIL = "EMAIL", pgettext_lazy("activity", "E-mail")
        MEETING = "MEETING", pgettext_lazy("activity", "Meeting")
        VISIT = "VISIT", pgettext_lazy("activity", "Visit")
        NOTE = "NOTE", pgettext_lazy("activity", "Note")

    class Outcome(models.TextChoices):
        REACHED = "REACHED", _("Talked with them")
        UNREACHED = "UNREACHED", pgettext_lazy("activity", "Not reached")
        WANTS = "WANTS", _("They want it")
        LATER = "LATER", _("Later, ask again")
        REFUSED = "REFUSED", _("They do not want it")

    kind = models.CharField(max_length=7, choices=Kind)
    title = models.CharField(max_length=200, help_text="What is to be done, in one line.")
    note = models.TextField(blank=True, default="", help_text="What to prepare or to keep in mind.")
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opportunity = models.ForeignKey(
        "sales.Opportunity",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="What of the customer's it is to win.",
    )
    # Nobody who works here is ever deleted but the demo's owner, with all that was theirs to do.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, help_text="Who does it."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Who planned it; null: Setia, following what people set up.",
    )
    planned_at = models.DateTimeField(null=True, help_text="When it begins; null: at any time of its day.")
    duration_minutes = models.PositiveSmallIntegerField(null=True)
    due_date = models.DateField(null=True, help_text="The firm's day it is for, or was done on; null: some day.")
    place = models.CharField(max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default="")
    result = models.TextField(blank=True, default="", help_text="What came out of it, in words.")
    cancelled_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(
        default=0, help_text="How often it was moved or called off: calendars tell by it which copy is newer."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="sales_activity_says_what"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(cancelled_at=None), name="sales_activity_done_or_called_off"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(outcome="", result="", done_by=None),
                name="sales_activity_open_has_no_outcome",
            ),
            models.CheckConstraint(
                condition=Q(due_date__isnull=False) | Q(planned_at=None, done_at=None),
                name="sales_activity_planned_has_a_day",
            ),
        ]
        indexes = [
            # What is late and what comes, of one person and of everybody: open ones alone, few beside those done.
            models.Index(F("owner"), F("due_date"), F("id"), condition=OPEN, name="sales_activities_mine"),
            models.Index(F("due_date"), F("id"), condition=OPEN, name="sales_activities_open"),
            # A person's calendar, with what is done.
            models.Index(F("owner"), F("due_date"), F("id"), name="sales_activities_days"),
            # Done ones, the newest first: of one person, of everybody, of one customer (whose open ones stand first).
            models.Index(
                F("owner"),
                F("done_at").desc(),
                F("id").desc(),
                condition=Q(done_at__isnull=False),
                name="sales_activities_did",
            ),
            models.Index(
                F("done_at").desc(), F("id").desc(), condition=Q(done_at__isnull=False), name="sales_activities_done"
            ),
            models.Index(F("customer"), F("done_at").desc(), F("id").desc(), name="sales_activities_of"),
            # Those of one opportunity: few beside all the others.
            models.Index(
                F("opportunity"),
                F("done_at").desc(),
                F("id").desc(),
                condition=Q(opportunity__isnull=False),
                name="sales_activities_to_win",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.done_at is None and self.cancelled_at is None

    @property
    def state(self) -> str:
        """OPEN, DONE or CANCELLED."""
        return "DONE" if self.done_at else "CANCELLED" if self.cancelled_at else "OPEN"

    @property
    def ends_at(self) -> datetime | None:
        """When it ends; None where no moment is set."""
        return self.planned_at and self.planned_at + timedelta(minutes=self.duration_minutes or 0)

    def is_late(self, day: date) -> bool:
        """Whether its day has passed and it is still open."""
        return self.is_open and self.due_date is not None and self.due_date < day
