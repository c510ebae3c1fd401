"""When backups are made by themselves, and what became of each."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class BackupPlan(models.Model):
    """The one plan (exactly one row, id 1): every night at `hour` of the firm's day, unless it is off."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    on = models.BooleanField(default=True)
    hour = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(23)])
    keep_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="The latest three stay always.",
    )
    folder = models.CharField(
        max_length=500, blank=True, default="", help_text="Where they lie; '' is `backups` in the home."
    )
    passphrase_sealed = models.TextField(blank=True, default="", help_text="Sealed by `core.secrets`; '' is none.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="accounts_backupplan_is_one"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="accounts_backupplan_hour"),
            models.CheckConstraint(condition=Q(keep_days__gte=1), name="accounts_backupplan_keep"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:02}:00" if self.on else "off"


class Backup(models.Model):
    """One backup: QUEUED → RUNNING → DONE, FAILED with `problem`, or CANCELLED.

    `made_at` says that the file is whole; `checked_at` that it was loaded into a scratch database and found equal to
    what it was made from, table by table. Where that could not be done, `unchecked` says why.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Stopped with a problem")
        CANCELLED = "CANCELLED", _("Cancelled")

    class Step(models.TextChoices):
        DUMP = "DUMP", _("Writing down the database")
        PACK = "PACK", _("Packing database and files")
        LOAD = "LOAD", _("Loading the file into a scratch database")
        COMPARE = "COMPARE", _("Comparing every table")

    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    step = models.CharField(max_length=8, choices=Step, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Null: the night's."
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=700, blank=True, default="")
    size = models.BigIntegerField(default=0, help_text="Bytes of the file.")
    tables = models.IntegerField(default=0, help_text="Tables found equal.")
    rows = models.BigIntegerField(default=0, help_text="Rows in them.")
    sealed = models.BooleanField(default=False, help_text="Under a passphrase.")
    cancel_asked = models.BooleanField(default=False)
    problem = models.TextField(blank=True, default="")
    unchecked = models.TextField(blank=True, default="", help_text="Why it was not checked.")

    class Meta:
        indexes = [models.Index(F("id").desc(), name="accounts_backup_newest")]
        constraints = [
            models.UniqueConstraint(
                F("id") * 0, condition=Q(state__in=["QUEUED", "RUNNING"]), name="accounts_one_backup_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
