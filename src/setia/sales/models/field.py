"""What people send from the way: each thing they did there, once, and what a visit was.

A device keeps what was done until the network is back and sends it under a key of its own. `FieldAction` is the receipt
of it, written in the transaction in which the thing itself is done, and kept for good: a device may come back after
months, and a key it has used must never do the thing again. What a device says of time and place is written down as
said; what speaks against it stands in `flags`.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.sales.models.activities import Activity


class Flag(models.TextChoices):
    """What speaks against what a device said; for people to look at, nothing follows from it by itself."""

    CLOCK = "CLOCK", _("The phone's clock was wrong")
    MOVED_CLOCK = "MOVED_CLOCK", _("The phone's clock was changed on the way")
    NO_PLACE = "NO_PLACE", _("Without a place")
    ROUGH_PLACE = "ROUGH_PLACE", _("The place is only roughly known")
    FAR_APART = "FAR_APART", _("It ended far from where it began")
    COPIED_PHOTO = "COPIED_PHOTO", _("The photo was sent before")
    OLD_PHOTO = "OLD_PHOTO", _("The photo was taken at another time")


def _flags() -> "ArrayField[Any, Any]":
    return ArrayField(models.CharField(max_length=12, choices=Flag), default=list, blank=True)


class FieldAction(models.Model):
    """The receipt of one thing a person did on the way, under the key their device gave it."""

    class Kind(models.TextChoices):
        CHECK_IN = "CHECK_IN", _("Arrived")
        CHECK_OUT = "CHECK_OUT", pgettext_lazy("visit", "Left")
        FINISH = "FINISH", pgettext_lazy("activities", "Done")
        NOTE = "NOTE", _("Note")
        PHOTO = "PHOTO", _("Photo")
        ORDER = "ORDER", _("Order")
        PROSPECT = "PROSPECT", pgettext_lazy("prospect", "Prospect")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, help_text="Who did it."
    )
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=9, choices=Kind)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was sent, without the moment of sending.")
    happened_at = models.DateTimeField(help_text="When it was done, as far as that can be told.")
    received_at = models.DateTimeField()
    skew_seconds = models.IntegerField(default=0, help_text="How far the device's clock was ahead of the server's.")
    flags = _flags()
    answer = models.JSONField(default=dict, help_text="The keys of what it made, for a repeated sending.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="sales_fieldaction_once")]
        indexes = [models.Index(F("person"), F("received_at"), name="sales_fieldaction_received")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Visit(models.Model):
    """Somebody was there: when they came and left, and where the device said that was. Degrees are WGS 84."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="visit")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="The firm's day of arriving.")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.PositiveIntegerField(null=True, help_text="Radius in metres within which the place lies.")
    left_latitude = models.FloatField(null=True)
    left_longitude = models.FloatField(null=True)
    left_accuracy_m = models.PositiveIntegerField(null=True)
    flags = _flags()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")), name="sales_visit_left_after_arriving"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="sales_visit_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(left_latitude=None, left_longitude=None)
                | Q(left_latitude__isnull=False, left_longitude__isnull=False)
                & Q(left_latitude__gte=-90, left_latitude__lte=90, left_longitude__gte=-180, left_longitude__lte=180),
                name="sales_visit_left_on_earth",
            ),
        ]
        indexes = [
            models.Index(F("day"), F("arrived_at").desc(), F("id").desc(), name="sales_visits_of_day"),
            models.Index(F("person"), F("day"), name="sales_visits_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.activity_id}"

    @property
    def minutes(self) -> int | None:
        """How long it took, in whole minutes; None while it goes on."""
        return None if self.left_at is None else round((self.left_at - self.arrived_at).total_seconds() / 60)

    @property
    def has_place(self) -> bool:
        """Whether the device said where it was on arriving."""
        return self.latitude is not None


class VisitPhoto(models.Model):
    """A photo of a visit; the picture itself is a file of the customer, found by `sha256`."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="photos")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="As the picture itself says; null: it does not.")
    sha256 = models.CharField(max_length=64, help_text="Of the content as kept.")
    original = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 before it was made smaller.")
    look = models.BigIntegerField(null=True, help_text="64 bits of how it looks; alike pictures differ in few of them.")
    flags = _flags()

    class Meta:
        indexes = [
            models.Index(fields=["original"], condition=~Q(original=""), name="sales_visitphoto_original"),
            models.Index(fields=["sha256"], name="sales_visitphoto_content"),
            models.Index(F("person"), F("id").desc(), name="sales_visitphoto_latest"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
