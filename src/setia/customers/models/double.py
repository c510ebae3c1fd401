"""Doubles: the key by which a name is found, searches for doubles, the groups they find, and what people said of them.

Groups and words hold keys of customers without a constraint of the database: a group is what a search saw at its time,
and a customer merged away, deleted or erased since simply is not there any more when the group is shown.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.customers.models.merge import Merge
from setia.customers.models.party import Customer


class NameKey(models.Model):
    """A customer's name, folded so that its writings are one (`matching.folds.name_key`).

    `name` is what was folded and `version` by which folds: a row that does not fit its customer any more is found by
    comparing, so nothing that changes a name need know of this table.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300)
    version = models.SmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key"], condition=~Q(key=""), name="customers_name_key")]

    def __str__(self) -> str:
        return self.key


class DoubleSearch(models.Model):
    """A job over all customers: a search for doubles, or the merging of all groups above a certainty.

    QUEUED → RUNNING → DONE, or FAILED with `problem`. `share` is how far it is, 0 to 1.
    """

    class Kind(models.TextChoices):
        SEARCH = "SEARCH", _("Search")
        MERGE = "MERGE", _("Merge")

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Stopped with a problem")

    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SEARCH)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    share = models.FloatField(default=0)
    threshold = models.FloatField(null=True, help_text="Of a merge: the least certainty of a group.")
    records = models.BigIntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    groups = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("id").desc(), name="customers_search_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state__in=["QUEUED", "RUNNING"]), name="customers_one_search_at_a_time"
            ),
            models.CheckConstraint(condition=Q(share__gte=0) & Q(share__lte=1), name="customers_search_share"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class DoubleGroup(models.Model):
    """Customers that a search took for one. `pairs` holds [key, key, certainty, code of the levels, guard].

    `merge` is what an accepted group became; undone, the group waits again.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        ACCEPTED = "ACCEPTED", _("Merged")
        REJECTED = "REJECTED", _("Not doubles")

    search = models.ForeignKey(DoubleSearch, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    certainty = models.FloatField()
    members = ArrayField(models.BigIntegerField())
    pairs = models.JSONField(default=list)
    decided_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    merge = models.ForeignKey(Merge, null=True, on_delete=models.SET_NULL, related_name="+")
    in_bulk = models.BooleanField(default=False, help_text="Merged with all above a certainty: nobody looked at it.")

    class Meta:
        indexes = [
            models.Index(
                F("certainty").desc(), F("id").desc(), condition=Q(state="OPEN"), name="customers_doubles_open"
            ),
            models.Index(
                F("decided_at").desc(), F("id").desc(), condition=~Q(state="OPEN"), name="customers_doubles_decided"
            ),
            GinIndex(fields=["members"], name="customers_doubles_of"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(members__len__gte=2), name="customers_double_of_two"),
            models.CheckConstraint(condition=Q(certainty__gte=0) & Q(certainty__lte=1), name="customers_double_sure"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.certainty:.3f}"


class DoubleTraining(models.Model):
    """Weights a search has learnt from the firm's own records, and how they fared on what people had decided.

    `wrong` and `missed` count decided pairs misjudged by the weights in use then (`…_before`) and by these (`…_after`).
    One is in use at most; with none in use, the built-in weights are.
    """

    class State(models.TextChoices):
        USED = "USED", _("In use")
        HELD = "HELD", _("Not in use")
        REPLACED = "REPLACED", _("Followed by newer ones")
        ASIDE = "ASIDE", _("Put aside")

    search = models.ForeignKey(DoubleSearch, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.HELD)
    at = models.DateTimeField()
    records = models.BigIntegerField()
    pairs = models.BigIntegerField()
    doubles = models.FloatField(help_text="Pairs of doubles expected among them.")
    weights = models.JSONField()
    decided = models.IntegerField(default=0)
    wrong_before = models.IntegerField(default=0)
    wrong_after = models.IntegerField(default=0)
    missed_before = models.IntegerField(default=0)
    missed_after = models.IntegerField(default=0)
    is_no_worse = models.BooleanField(default=False)
    changed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="USED"), name="customers_one_training_in_use")
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class NotDouble(models.Model):
    """Somebody said that these two are not one customer; no later search offers them again. `low` < `high`."""

    low = models.BigIntegerField()
    high = models.BigIntegerField()
    group = models.ForeignKey(DoubleGroup, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="customers_not_double_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="customers_not_double_order"),
        ]
        indexes = [models.Index(fields=["high"], name="customers_not_double_high")]

    def __str__(self) -> str:
        return f"{self.low} ≠ {self.high}"
