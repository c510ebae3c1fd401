"""Contracts with a client, and what the client wants changed or complains of in the work: a list, open or done."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.core.models import Stamped


class Contract(Stamped):
    """What was agreed with a client: from when until when (both days included), worth how much, and who sees to it.

    `source` is the system that `number` comes from, where a file brought it; '' for one entered by a person.
    """

    class Complexity(models.TextChoices):
        SIMPLE = "SIMPLE", _("Simple")
        MODERATE = "MODERATE", _("Moderate")
        COMPLEX = "COMPLEX", _("Complex")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=200, help_text="What the work is, in the firm's words.")
    source = models.CharField(max_length=64, blank=True, default="", db_default="")
    number = models.CharField(max_length=100, blank=True, default="")
    from_date = models.DateField()
    until_date = models.DateField(null=True, help_text="The last day of it; null: until somebody ends it.")
    value = models.DecimalField(
        max_digits=22, decimal_places=4, null=True, help_text="Of the whole, in the firm's currency."
    )
    complexity = models.CharField(max_length=8, choices=Complexity, blank=True, default="")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Account manager.",
    )
    note = models.TextField(blank=True, default="")
    follows = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="followed_by", help_text="The one it renews."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="service_contract_has_a_title"),
            models.CheckConstraint(condition=~Q(follows=F("id")), name="service_contract_follows_another"),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(from_date__lte=F("until_date")),
                name="service_contract_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="service_contract_value"),
            models.UniqueConstraint(
                fields=["source", "number"], condition=Q(source__gt=""), name="service_contract_once_a_source"
            ),
        ]
        indexes = [
            models.Index(F("customer"), F("from_date").desc(), F("id").desc(), name="service_contracts_of"),
            models.Index(
                F("until_date"), F("id"), condition=Q(until_date__isnull=False), name="service_contracts_until"
            ),
            models.Index(
                F("from_date").desc(), F("id").desc(), condition=Q(until_date=None), name="service_contracts_endless"
            ),
            models.Index(F("responsible"), F("until_date"), F("id"), name="service_contracts_whose"),
        ]

    def __str__(self) -> str:
        return self.title

    def runs_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.from_date <= day and (self.until_date is None or day <= self.until_date)

    def is_over(self, day: date) -> bool:
        """Whether its last day has passed."""
        return self.until_date is not None and self.until_date < day

    @property
    def successor(self) -> "Contract | None":
        """The one that renews it. Costs a query unless `followed_by` was fetched with it."""
        return getattr(self, "followed_by", None)

    @property
    def can_renew(self) -> bool:
        """Whether it has an end and nothing follows it yet. Costs what `successor` costs."""
        return self.until_date is not None and self.successor is None

    @property
    def months(self) -> int | None:
        """Its length in months, begun ones counted whole; None for one without an end."""
        if self.until_date is None:
            return None
        whole = (self.until_date.year - self.from_date.year) * 12 + self.until_date.month - self.from_date.month
        return max(whole + (self.until_date.day >= self.from_date.day), 1)


class Concern(Stamped):
    """A revision or a complaint: what the client said, who resolves it, and whether it is done.

    `number` is what another system calls it, `source` that system; both are '' for one written down by a person.
    """

    class Kind(models.TextChoices):
        REVISION = "REVISION", _("Revision")
        COMPLAINT = "COMPLAINT", _("Complaint")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    contract = models.ForeignKey(Contract, null=True, on_delete=models.SET_NULL, related_name="concerns")
    source = models.CharField(max_length=64, blank=True, default="", db_default="")
    number = models.CharField(max_length=100, blank=True, default="", db_default="")
    kind = models.CharField(max_length=9, choices=Kind)
    words = models.TextField(help_text="What is to be changed, or what was wrong.")
    raised_date = models.DateField()
    due_date = models.DateField(null=True, help_text="The day it was promised for; null: none was promised.")
    resolver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answer = models.TextField(blank=True, default="", help_text="What was done about it.")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="service_concern_says_what"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(closed_by=None, answer=""),
                name="service_concern_open_has_no_answer",
            ),
            models.UniqueConstraint(
                fields=["source", "number"],
                condition=Q(source__gt="", number__gt=""),
                name="service_concern_once_a_source",
            ),
        ]
        indexes = [
            models.Index(F("customer"), F("raised_date").desc(), F("id").desc(), name="service_concerns_of"),
            models.Index(F("raised_date"), F("id"), condition=Q(closed_at=None), name="service_concerns_open"),
            models.Index(
                F("due_date"),
                F("id"),
                condition=Q(closed_at=None, due_date__isnull=False),
                name="service_concerns_due",
            ),
            models.Index(
                F("closed_at").desc(),
                F("id").desc(),
                condition=Q(closed_at__isnull=False),
                name="service_concerns_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.raised_date}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.closed_at is None

    def is_late(self, day: date) -> bool:
        """Whether the day it was promised for has passed and it is not done."""
        return self.is_open and self.due_date is not None and self.due_date < day
