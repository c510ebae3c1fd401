"""Prospects: customers before their first purchase, and each step of their qualification.

A prospect is a state of a customer, never a second record of the same person: one row per customer. Who looks after
them is `Customer.owner`. The first order makes a prospect WON; whoever buys already is none.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.models import Stamped


class Prospect(Stamped):
    """Where somebody stands who has not bought yet, how they came, and since when they wait."""

    class Status(models.TextChoices):
        NEW = "NEW", pgettext_lazy("prospect", "New")
        WORKING = "WORKING", pgettext_lazy("prospect", "In talks")
        QUALIFIED = "QUALIFIED", pgettext_lazy("prospect", "Qualified")
        UNQUALIFIED = "UNQUALIFIED", pgettext_lazy("prospect", "Not suitable")
        WON = "WON", pgettext_lazy("prospect", "Won")

    class Reason(models.TextChoices):
        """Why somebody qualifies, or does not."""

        NEEDS_IT = "NEEDS_IT", _("Needs what we sell")
        HAS_BUDGET = "HAS_BUDGET", _("Has the budget")
        DECIDES = "DECIDES", _("Decides about it")
        SOON = "SOON", _("Wants to buy soon")
        NO_NEED = "NO_NEED", _("Does not need it")
        NO_BUDGET = "NO_BUDGET", _("Has no budget")
        LATER = "LATER", _("Not now, perhaps later")
        NO_ANSWER = "NO_ANSWER", _("Does not answer")
        UNREACHABLE = "UNREACHABLE", _("The contact is wrong")
        COMPETITOR = "COMPETITOR", _("Buys from somebody else")
        NO_FIT = "NO_FIT", _("We have nothing for them")
        SPAM = "SPAM", _("No real enquiry")
        OTHER = "OTHER", _("Something else")

    class How(models.TextChoices):
        """By which door they came."""

        HAND = "HAND", _("Typed in")
        FORM = "FORM", _("Web form")
        FILE = "FILE", pgettext_lazy("door", "File")
        API = "API", _("Another program")

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, related_name="+")
    customer_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Who looks after the customer, as `follow_owners` keeps it: who may see it is asked of this row.",
    )
    status = models.CharField(max_length=11, choices=Status, default=Status.NEW)
    reason = models.CharField(max_length=11, choices=Reason, blank=True, default="")
    note = models.TextField(blank=True, default="", help_text="What they want, in a few words.")
    how = models.CharField(max_length=4, choices=How, default=How.HAND)
    source = models.CharField(max_length=60, blank=True, default="", help_text="Where they heard of the firm.")
    campaign = models.CharField(max_length=100, blank=True, default="")
    captured_at = models.DateTimeField()
    captured_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_at = models.DateTimeField(null=True, help_text="By when somebody should have been in touch.")
    first_touch_at = models.DateTimeField(null=True, help_text="When somebody first was.")
    moved_at = models.DateTimeField(help_text="The latest touch, step or change of who looks after them.")
    warned_at = models.DateTimeField(null=True, help_text="When their owner was told that they will be given away.")
    closed_at = models.DateTimeField(null=True, help_text="Since when they are won or not suitable.")
    fit = models.SmallIntegerField(null=True, help_text="How well they fit the ideal customer, 0 to 100.")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, status__in=["NEW", "WORKING", "QUALIFIED"])
                | Q(closed_at__isnull=False, status__in=["UNQUALIFIED", "WON"]),
                name="sales_prospect_closed_or_open",
            ),
            models.CheckConstraint(condition=Q(fit=None) | Q(fit__gte=0, fit__lte=100), name="sales_prospect_fit"),
        ]
        indexes = [
            models.Index(
                F("captured_at").desc(), F("id").desc(), condition=Q(closed_at=None), name="sales_prospects_open"
            ),
            models.Index(F("status"), F("captured_at").desc(), F("id").desc(), name="sales_prospects_status"),
            models.Index(
                F("customer_owner"), F("status"), F("captured_at").desc(), F("id").desc(), name="sales_prospects_of"
            ),
            models.Index(
                F("captured_at"), F("id"), condition=Q(closed_at=None, first_touch_at=None), name="sales_prospects_wait"
            ),
            models.Index(
                F("fit").desc(),
                F("id").desc(),
                condition=Q(closed_at=None, fit__isnull=False),
                name="sales_prospects_fit",
            ),
            models.Index(
                F("source"),
                F("captured_at").desc(),
                F("id").desc(),
                condition=Q(source__gt=""),
                name="sales_prospects_source",
            ),
            # Somebody's open ones, the newest first; by door; who waits for a first word, by how they stand.
            models.Index(
                F("customer_owner"),
                F("captured_at").desc(),
                F("id").desc(),
                condition=Q(closed_at=None),
                name="sales_prospects_open_of",
            ),
            models.Index(F("how"), F("captured_at").desc(), F("id").desc(), name="sales_prospects_how"),
            models.Index(
                F("status"),
                F("captured_at").desc(),
                F("id").desc(),
                condition=Q(closed_at=None, first_touch_at=None),
                name="sales_prospects_unanswered",
            ),
            models.Index(F("moved_at"), F("id"), condition=Q(closed_at=None), name="sales_prospects_idle"),
            # The day's answers, and those who wait for one that was promised: few beside those who came by a file.
            models.Index(
                F("first_touch_at").desc(), condition=Q(first_touch_at__isnull=False), name="sales_prospects_touched"
            ),
            models.Index(
                F("due_at"),
                condition=Q(closed_at=None, first_touch_at=None, due_at__isnull=False),
                name="sales_prospects_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.captured_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether they may still become a customer."""
        return self.closed_at is None


class ProspectStep(models.Model):
    """A change of a prospect's status: from what to what, and why. `before` is '' for the capture itself."""

    prospect = models.ForeignKey(Prospect, on_delete=models.CASCADE, related_name="steps", db_index=False)
    before = models.CharField(max_length=11, choices=Prospect.Status, blank=True, default="")
    after = models.CharField(max_length=11, choices=Prospect.Status)
    reason = models.CharField(max_length=11, choices=Prospect.Reason, blank=True, default="")
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(F("prospect"), F("at").desc(), F("id").desc(), name="sales_prospect_steps"),
            models.Index(F("at").desc(), condition=Q(after="QUALIFIED"), name="sales_prospect_qualified"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
