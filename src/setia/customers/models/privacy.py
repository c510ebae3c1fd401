"""What the law on personal data asks a firm to keep besides consent: requests, erasures, retention (Law 27/2022)."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.customers.models.party import Customer

DEADLINE = timedelta(hours=72)
"""3 × 24 hours: correction (article 30), access (32), withdrawal (40), restriction (41), notice of a breach (46)."""


class PrivacyRequest(models.Model):
    """What a person asked of the firm, or a breach the firm must tell about: a task with a deadline set by law."""

    class Kind(models.TextChoices):
        ACCESS = "ACCESS", _("Copy of their data")
        CORRECT = "CORRECT", _("Correction")
        WITHDRAW = "WITHDRAW", _("Stop contacting them")
        ERASE = "ERASE", _("Erasure")
        BREACH = "BREACH", _("Breach to be told")

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("request", "Open")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")

    kind = models.CharField(max_length=8, choices=Kind)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    note = models.TextField(blank=True, default="", help_text="What was asked, in the person's words.")
    data = models.JSONField(default=dict, help_text="What a breach notice says, by part.")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True, default="", help_text="What was answered; why it was refused.")
    reminded = models.CharField(
        max_length=4,
        blank=True,
        default="",
        choices=[("SOON", "SOON"), ("LATE", "LATE")],
        help_text="What those who may answer were last written about: a deadline that is near, or one that has passed.",
    )

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="OPEN"), name="customers_request_due"),
            models.Index(
                F("closed_at").desc(), F("id").desc(), condition=~Q(state="OPEN"), name="customers_request_closed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN", closed_at=None) | (~Q(state="OPEN") & Q(closed_at__isnull=False)),
                name="customers_request_closed_says_when",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Erasure(models.Model):
    """The ledger of erased people: keys and moments alone, nothing that tells who they were.

    `made_at` is the moment their record was made: with the key it makes sure that, after a backup of another database
    was restored, nobody else is erased by an equal number.
    """

    customer_key = models.BigIntegerField(unique=True)
    made_at = models.DateTimeField()
    pseudonym = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.pseudonym


class RetentionRule(models.Model):
    """How long the firm keeps a kind of data, where it differs from what the room proposes (`core.personal`)."""

    code = models.CharField(max_length=20, unique=True)
    days = models.PositiveIntegerField()
    on = models.BooleanField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="customers_retention_days")]

    def __str__(self) -> str:
        return f"{self.code}: {self.days}"
