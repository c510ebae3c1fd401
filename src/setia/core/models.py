"""The firm, the outbox, and `Stamped`, the base of every row an import may write.

A stamped row remembers the import run that made it and the run whose value it still holds. A trigger keeps the second
one (`core/migrations/0002_stamp.py`), so that no hand-made change, whichever code makes it, can pass for the run's.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Firm(models.Model):
    """The one firm this database belongs to (exactly one row, id 1)."""

    class Zone(models.TextChoices):
        WIB = "Asia/Jakarta", _("WIB (Jakarta, Medan, Bandung)")
        WITA = "Asia/Makassar", _("WITA (Makassar, Denpasar)")
        WIT = "Asia/Jayapura", _("WIT (Jayapura, Ambon)")

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200, default="", blank=True)
    zone = models.CharField(max_length=64, choices=Zone, default=Zone.WIB)
    currency = models.CharField(max_length=3, default="IDR")
    language = models.CharField(max_length=2, default="id")
    feed_live = models.BooleanField(
        default=False, help_text="Orders arrive day by day: the as-of day is today, not the day of the latest order."
    )
    demo = models.BooleanField(default=False)
    rules = models.JSONField(default=dict, blank=True, help_text="Thresholds the firm changed, by name.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="core_firm_is_one")]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The firm's calendar day a moment falls on."""
        return moment.astimezone(self.tz).date()


class Event(models.Model):
    """An outbox row: something happened, written in the transaction that made it happen."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="core_event_name")]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Stamped(models.Model):
    """A row that an import run may have made or changed."""

    made_by_run = models.BigIntegerField(null=True, editable=False)
    latest_run = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True
