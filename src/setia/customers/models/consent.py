"""Consent: what a customer agreed to, per purpose and channel, and the proof of it (Law 27/2022, articles 20–24).

`ConsentText` keeps every wording ever shown, by version. `ConsentEntry` is the history: each yes and no, with when,
how, which wording, and who wrote it down. `Consent` is what holds now, one row per customer, purpose and channel, so
that a send to a million people asks one index. Where there is no row, nobody has been asked.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.customers.models.party import ContactPoint, Customer


class Purpose(models.TextChoices):
    """What contact is for. Only `SERVICE` rests on the contract and needs no consent (article 20 (2) b)."""

    MARKETING = "MARKETING", _("Offers and news")
    SURVEY = "SURVEY", _("Questions and surveys")
    SHARING = "SHARING", _("Passing data on to partners")
    SERVICE = "SERVICE", _("Orders and service")


class How(models.TextChoices):
    """The way an answer reached the firm."""

    FORM = "FORM", _("Web form")
    PAPER = "PAPER", _("Signed paper")
    SPOKEN = "SPOKEN", _("Said in person or by telephone")
    MESSAGE = "MESSAGE", _("Written message")
    IMPORT = "IMPORT", _("From a file")
    API = "API", _("From another system")


class ConsentText(models.Model):
    """A wording as customers were shown it. A new wording is a new version; an old one is never changed."""

    purpose = models.CharField(max_length=10, choices=Purpose)
    language = models.CharField(max_length=2, default="id")
    version = models.PositiveIntegerField()
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="customers_consent_text_version"),
            models.CheckConstraint(condition=~Q(text=""), name="customers_consent_text_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.language} v{self.version}"


class Answer(models.Model):
    """A yes or a no, with its proof; the fields that the present state and the history share."""

    class State(models.TextChoices):
        GRANTED = "GRANTED", _("yes")
        WITHDRAWN = "WITHDRAWN", _("no")

    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.CharField(max_length=12, choices=ContactPoint.Kind)
    state = models.CharField(max_length=9, choices=State)
    at = models.DateTimeField()
    how = models.CharField(max_length=8, choices=How)
    text = models.ForeignKey(ConsentText, null=True, on_delete=models.PROTECT, related_name="+")
    guardian = models.CharField(max_length=200, blank=True, default="", help_text="Who agreed for a child.")

    class Meta:
        abstract = True


class Consent(Answer):
    """What holds now for one purpose and channel."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "purpose", "channel"], name="customers_consent_once")
        ]
        indexes = [models.Index(fields=["purpose", "channel", "state", "customer"], name="customers_consent_state")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.state}"


class ConsentEntry(Answer):
    """One answer in the history. Append-only like the timeline: the database refuses to change an entry."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    evidence = models.CharField(max_length=500, blank=True, default="", help_text="Where the proof lies.")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(help_text="When it was written down; `at` is when the customer said it.")

    class Meta:
        indexes = [models.Index(F("customer"), F("id").desc(), name="customers_consent_history")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.state}"
