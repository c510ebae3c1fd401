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

    class Elsewhere(models.TextChoices):
        """What is said to whoever types in a customer of a colleague's, one they may not see themselves."""

        WHO = "WHO", _("That this customer is known, and which colleague to ask")
        KNOWN = "KNOWN", _("That this customer is known, without a name")
        NOTHING = "NOTHING", _("Nothing")

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200, default="", blank=True)
    zone = models.CharField(max_length=64, choices=Zone, default=Zone.WIB)
    currency = models.CharField(max_length=3, default="IDR")
    language = models.CharField(max_length=2, default="id")
    feed_live = models.BooleanField(
        default=False, help_text="Orders arrive day by day: the as-of day is today, not the day of the latest order."
    )
    second_factor_from_date = models.DateField(
        null=True, help_text="From this day, nobody works here without a second factor. Empty: everybody as they like."
    )
    elsewhere = models.CharField(max_length=7, choices=Elsewhere, default=Elsewhere.WHO, db_default=Elsewhere.WHO)
    outgoing_paused_at = models.DateTimeField(
        null=True, help_text="Since when nothing leaves the house: a restored copy waits until somebody releases it."
    )
    demo = models.BooleanField(default=False)
    rules = models.JSONField(default=dict, blank=True, help_text="Thresholds the firm changed, by name.")
    lists_version = models.CharField(
        max_length=32,
        blank=True,
        default="",
        help_text="New whenever the firm's own fields or saved views change: what is known of them is kept by it.",
    )
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


class MailServer(models.Model):
    """The firm's own mail server for system mail (at most one row, id 1). Without a row no mail is sent."""

    class Security(models.TextChoices):
        STARTTLS = "STARTTLS", _("STARTTLS (usual on port 587)")
        TLS = "TLS", _("TLS from the start (usual on port 465)")
        NONE = "NONE", _("None: everything travels readable")

    id = models.SmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=10, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=254, blank=True, default="")
    password_sealed = models.TextField(blank=True, default="", help_text="Sealed by `core.secrets`; '' is none.")
    from_address = models.EmailField()
    from_name = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="core_mailserver_is_one"),
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65535), name="core_mailserver_port"),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class JobFailure(models.Model):
    """Why a job failed, in a form fit to be shown: the queue itself only remembers that it did.

    `reason` is a code of `core.jobs.REASONS`; `words` holds the room's own plain words instead, where the error brought
    some. `reference` stands in the log beside the whole error.
    """

    job_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=30)
    words = models.TextField(blank=True, default="")
    reference = models.CharField(max_length=12)

    def __str__(self) -> str:
        return f"job {self.job_id}: {self.reason}"
