"""Runs (one file, taken in once), remembered mappings, and the before-images that undo needs."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Shape(models.Model):
    """How a file of this shape (its header, folded) was mapped the last time somebody said so."""

    what = models.CharField(max_length=15)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "fingerprint"], name="intake_shape_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.fingerprint[:8]}"


class Run(models.Model):
    """One file on its way in.

    States: DRAFT (uploaded, mapping open) → QUEUED → READING (parsed into staging) → WRITING (one transaction)
    → DONE, or FAILED / CANCELLED with nothing written; DONE → UNDONE.
    """

    class What(models.TextChoices):
        CUSTOMERS = "CUSTOMERS", _("Customers")
        PRODUCTS = "PRODUCTS", _("Products")
        ORDERS = "ORDERS", _("Orders")
        SUBSCRIPTIONS = "SUBSCRIPTIONS", _("Subscriptions")
        UNITS = "UNITS", _("Installed units")
        CONTRACTS = "CONTRACTS", _("Contracts")
        CONCERNS = "CONCERNS", _("Revisions and complaints")
        PROSPECTS = "PROSPECTS", _("Prospects")

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Waiting for you")
        QUEUED = "QUEUED", _("In the queue")
        READING = "READING", _("Reading")
        WRITING = "WRITING", _("Writing")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Stopped with a problem")
        CANCELLED = "CANCELLED", _("Cancelled")
        UNDONE = "UNDONE", _("Undone")

    what = models.CharField(max_length=15, choices=What)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    file_name = models.CharField(max_length=300)
    path = models.CharField(
        max_length=1000, help_text="Where the file lies, below SETIA_HOME, or as given to the command."
    )
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    source = models.CharField(max_length=64, default="main")
    zone = models.CharField(max_length=64)
    append = models.BooleanField(default=False)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    cancel_asked = models.BooleanField(default=False)
    bytes_read = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="created, updated, unchanged by kind")
    warnings = models.JSONField(default=list)
    problem = models.JSONField(null=True)
    rejects_path = models.CharField(max_length=1000, blank=True, default="")
    undo_report = models.JSONField(null=True)
    seconds = models.FloatField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(
        null=True, help_text="The worker's latest sign of life; the sweep frees a run without one."
    )
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(F("created_at").desc(), name="intake_run_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rejected__gte=0) & Q(accepted__gte=0) & Q(rows__gte=0), name="intake_run_counts"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class Change(models.Model):
    """The value a row had before a run changed it: what undo puts back."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "table", "row_id"], name="intake_change_once")]
        indexes = [models.Index(fields=["table", "row_id"], name="intake_change_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
