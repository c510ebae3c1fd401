"""Sequences of follow-ups: what is done, one step after the other, until a customer answers or decides.

A `Sequence` is the firm's template: steps with a kind, words and days. It is for the opportunities of a pipeline (of
one stage, where it says so) or for prospects (of one state). A `FollowUp` is one that runs for a customer. It has one
step at a time: an `Activity` of whoever is responsible, tied to it by a `FollowStep`. Done or left out, the next one is
planned.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy

from setia.sales.models.activities import Activity
from setia.sales.models.opportunities import Opportunity
from setia.sales.models.pipelines import Pipeline, Stage
from setia.sales.models.prospects import Prospect

ANSWERS = (
    Activity.Outcome.REACHED.value,
    Activity.Outcome.WANTS.value,
    Activity.Outcome.LATER.value,
    Activity.Outcome.REFUSED.value,
)
"""Outcomes that say that the customer answered."""


class Sequence(models.Model):
    """A template: for the opportunities of `pipeline`, or without one for prospects."""

    name = models.CharField(max_length=100)
    pipeline = models.ForeignKey(Pipeline, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey(
        Stage, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Null: of any stage."
    )
    status = models.CharField(
        max_length=11, choices=Prospect.Status, blank=True, default="", help_text="Of a prospect; '': of any open one."
    )
    starts_itself = models.BooleanField(
        default=False, help_text="When an opportunity enters the stage; else somebody starts it."
    )
    working_days = models.BooleanField(
        default=True, help_text="Days are counted, and fall, on working days of the firm only (`SalesDesk.days`)."
    )
    ends_on = ArrayField(
        models.CharField(max_length=9, choices=Activity.Outcome),
        default=list,
        blank=True,
        help_text="Outcomes of an activity with the customer that end it: codes of `Activity.Outcome`.",
    )
    archived_at = models.DateTimeField(null=True, help_text="Starts no more; what runs goes on.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="sales_sequence_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="sales_sequence_has_a_name"),
            models.CheckConstraint(
                condition=Q(pipeline__isnull=False, status="") | Q(pipeline=None, stage=None),
                name="sales_sequence_for_one_or_the_other",
            ),
            models.CheckConstraint(
                condition=Q(starts_itself=False) | Q(stage__isnull=False), name="sales_sequence_starts_in_a_stage"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SequenceStep(models.Model):
    """One step: what is to be done, and how long after the start or after the step before."""

    class Counted(models.TextChoices):
        START = "START", pgettext_lazy("days of a step", "after the start")
        BEFORE = "BEFORE", pgettext_lazy("days of a step", "after the step before")

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="steps", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    kind = models.CharField(max_length=7, choices=Activity.Kind)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True, default="")
    days = models.PositiveSmallIntegerField(default=0)
    counted = models.CharField(max_length=6, choices=Counted, default=Counted.BEFORE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sequence", "position"], name="sales_sequence_step_position"),
            models.CheckConstraint(condition=~Q(title=""), name="sales_sequence_step_says_what"),
        ]

    def __str__(self) -> str:
        return self.title


class FollowUp(models.Model):
    """A sequence that runs for a customer: for one opportunity, or, without one, for the prospect.

    RUNNING has an open activity, which is its step `position`; PAUSED has none, and goes on where it was. DONE has come
    to its end, ENDED was ended before: `why` says by what.
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING", pgettext_lazy("sequence", "Running")
        PAUSED = "PAUSED", pgettext_lazy("sequence", "Paused")
        DONE = "DONE", pgettext_lazy("sequence", "Done")
        ENDED = "ENDED", pgettext_lazy("sequence", "Ended")

    class Why(models.TextChoices):
        HAND = "HAND", pgettext_lazy("end of a sequence", "ended by hand")
        ANSWERED = "ANSWERED", pgettext_lazy("end of a sequence", "they answered")
        WON = "WON", pgettext_lazy("end of a sequence", "the opportunity was won")
        LOST = "LOST", pgettext_lazy("end of a sequence", "the opportunity was lost")
        MOVED = "MOVED", pgettext_lazy("end of a sequence", "it stands elsewhere now")
        REJECTED = "REJECTED", pgettext_lazy("end of a sequence", "they are not suitable")
        BOUGHT = "BOUGHT", pgettext_lazy("end of a sequence", "they have bought")
        UNDONE = "UNDONE", pgettext_lazy("end of a sequence", "what started it was taken back")
        NOBODY = "NOBODY", pgettext_lazy("end of a sequence", "nobody is responsible who sees the customer")
        ERASED = "ERASED", pgettext_lazy("end of a sequence", "the customer's data was erased")

    sequence = models.ForeignKey(Sequence, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    opportunity = models.ForeignKey(
        Opportunity,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="Null: a prospect.",
    )
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=8, choices=Why, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0, help_text="The step it stands in, from 1.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Null: it started by itself.",
    )
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "sequence"],
                condition=Q(closed_at=None, opportunity__isnull=False),
                name="sales_followup_once_an_opportunity",
            ),
            models.UniqueConstraint(
                fields=["customer", "sequence"],
                condition=Q(closed_at=None, opportunity=None),
                name="sales_followup_once_a_prospect",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, state__in=["RUNNING", "PAUSED"], why="")
                | Q(closed_at__isnull=False, state="DONE", why="")
                | (Q(closed_at__isnull=False, state="ENDED") & ~Q(why="")),
                name="sales_followup_open_or_closed",
            ),
        ]
        indexes = [
            # What runs for a customer is asked with every activity that is done; what ran, on their pages.
            models.Index(F("customer"), F("started_at").desc(), F("id").desc(), name="sales_followups_of"),
            models.Index(
                F("opportunity"),
                F("started_at").desc(),
                F("id").desc(),
                condition=Q(opportunity__isnull=False),
                name="sales_followups_to_win",
            ),
            models.Index(fields=["sequence"], condition=Q(closed_at=None), name="sales_followups_running"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it goes on, now or once it is taken up again."""
        return self.closed_at is None


class FollowStep(models.Model):
    """A step that was planned: the activity it became. `skipped_at` says that somebody left it out."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="taken", db_index=False)
    position = models.PositiveSmallIntegerField()
    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="+")
    skipped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["follow_up", "position"], name="sales_follow_step_position")]

    def __str__(self) -> str:
        return f"{self.follow_up_id}: {self.position}"
