"""A customer's subscription, the periods it ran, and every dated step that changed its terms or its state.

What the row says is the state after the latest step. `due_date` is the next day on which something happens by itself
(a renewal, the end of a trial or pause, a planned change, the end); the roll-over looks for nothing else.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.models import Stamped
from setia.subscriptions.models.plans import Period, Plan


class Reason(models.TextChoices):
    """Why a subscription was cancelled."""

    PRICE = "PRICE", _("Too expensive")
    UNUSED = "UNUSED", _("Not used enough")
    COMPETITOR = "COMPETITOR", _("Went to a competitor")
    QUALITY = "QUALITY", _("Not content with product or service")
    UNPAID = "UNPAID", _("Did not pay")
    MOVED = "MOVED", _("Moved or closed down")
    OTHER = "OTHER", _("Another reason")


class Subscription(Stamped):
    """One customer's agreement to a plan. Days are the firm's; an `until` is the first day that is no longer in it."""

    class Status(models.TextChoices):
        TRIAL = "TRIAL", pgettext_lazy("subscription", "On trial")
        ACTIVE = "ACTIVE", pgettext_lazy("subscription", "Active")
        PAUSED = "PAUSED", pgettext_lazy("subscription", "Paused")
        CANCELLED = "CANCELLED", pgettext_lazy("subscription", "Cancelled")
        EXPIRED = "EXPIRED", pgettext_lazy("subscription", "Expired")

    source = models.CharField(max_length=64, default="main")
    number = models.CharField(max_length=200)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    price = models.DecimalField(max_digits=18, decimal_places=4, help_text="For one, each period, before discount.")
    discount = models.DecimalField(max_digits=7, decimal_places=4, default=0, help_text="Percent.")
    period = models.CharField(max_length=10, choices=Period)
    days = models.PositiveIntegerField(null=True, blank=True)
    monthly = models.DecimalField(
        max_digits=22,
        decimal_places=4,
        default=0,
        help_text="What it brings in a month now: 0 on trial, paused, ended.",
    )
    started_date = models.DateField()
    trial_until_date = models.DateField(null=True, blank=True)
    anchor_date = models.DateField(help_text="The first day of the period from which the others are counted.")
    anchor_count = models.IntegerField(
        default=0, help_text="Which period from the anchor runs now; -1 is the one that ends on it."
    )
    from_date = models.DateField(null=True, help_text="The period that runs now.")
    until_date = models.DateField(null=True)
    paused_date = models.DateField(null=True, blank=True)
    resumes_date = models.DateField(null=True, blank=True)
    planned_date = models.DateField(null=True, blank=True)
    planned = models.JSONField(
        default=dict, blank=True, help_text="What changes on that day: texts of numbers, by field; the key of a plan."
    )
    ends_date = models.DateField(null=True, blank=True, help_text="The first day without it, whoever decided so.")
    renewed_from_date = models.DateField(
        null=True, blank=True, help_text="The agreed end there was before the latest renewal took its place."
    )
    ended_date = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default="", help_text="Cancelled, or to be.")
    reason_text = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    due_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="subscriptions_subscription_number"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="subscriptions_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0), name="subscriptions_price"),
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=100), name="subscriptions_discount"),
            models.CheckConstraint(
                condition=Q(period="DAYS", days__gte=1) | (~Q(period="DAYS") & Q(days=None)), name="subscriptions_days"
            ),
            models.CheckConstraint(
                condition=Q(status="ACTIVE") | Q(monthly=0), name="subscriptions_only_active_ones_pay"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["CANCELLED", "EXPIRED"], ended_date__isnull=False, due_date=None)
                | (~Q(status__in=["CANCELLED", "EXPIRED"]) & Q(ended_date=None)),
                name="subscriptions_ended_is_over",
            ),
        ]
        indexes = [
            models.Index(F("customer"), F("started_date").desc(), F("id").desc(), name="subscriptions_of_customer"),
            models.Index(F("started_date").desc(), F("id").desc(), name="subscriptions_newest"),
            models.Index(F("status"), F("started_date").desc(), F("id").desc(), name="subscriptions_by_status"),
            models.Index(F("plan"), F("started_date").desc(), F("id").desc(), name="subscriptions_by_plan"),
            models.Index(F("monthly").desc(), F("id").desc(), name="subscriptions_by_monthly"),
            models.Index(F("plan"), F("monthly").desc(), F("id").desc(), name="subscriptions_plan_monthly"),
            models.Index(
                F("reason"),
                F("started_date").desc(),
                F("id").desc(),
                condition=~Q(reason=""),
                name="subscriptions_by_reason",
            ),
            models.Index(
                F("started_date").desc(),
                F("id").desc(),
                condition=Q(ended_date=None) & ~Q(reason=""),
                name="subscriptions_leaving",
            ),
            models.Index(
                F("until_date"), F("id"), condition=Q(status="ACTIVE", reason=""), name="subscriptions_renewals"
            ),
            models.Index(
                F("plan"),
                F("until_date"),
                F("id"),
                condition=Q(status="ACTIVE", reason=""),
                name="subscriptions_plan_renewals",
            ),
            models.Index(F("due_date"), F("id"), condition=Q(due_date__isnull=False), name="subscriptions_due"),
            models.Index(
                F("ends_date"),
                F("id"),
                condition=Q(ended_date=None, reason="", ends_date__isnull=False),
                name="subscriptions_endings",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.CANCELLED, self.Status.EXPIRED)

    @property
    def can_renew(self) -> bool:
        """Whether it runs for an agreed time, whose end somebody may move."""
        return not self.is_over and not self.reason and self.ends_date is not None

    def can_take_renewal_back(self, day: date) -> bool:
        """Whether the end there was before the latest renewal may count again: it has not come yet by a day."""
        before = self.renewed_from_date
        if before is None or before <= day or self.is_over or self.reason:
            return False
        return self.ends_date is None or self.ends_date > before


class SubscriptionPeriod(models.Model):
    """One period that began, and what it costs. Periods before a subscription came in by a file are not known."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="periods", db_index=False)
    from_date = models.DateField()
    until_date = models.DateField()
    amount = models.DecimalField(max_digits=22, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "from_date"], name="subscriptions_period_once"),
            models.CheckConstraint(condition=Q(until_date__gt=F("from_date")), name="subscriptions_period_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.from_date} – {self.until_date}"


class SubscriptionStep(models.Model):
    """One dated step: what changed on a day, and what the subscription brings in a month since."""

    class Kind(models.TextChoices):
        STARTED = "STARTED", pgettext_lazy("subscription", "Began")
        TRIAL_ENDED = "TRIAL_ENDED", pgettext_lazy("subscription", "The trial ended")
        CHANGED = "CHANGED", pgettext_lazy("subscription", "Terms changed")
        SWITCHED = "SWITCHED", pgettext_lazy("subscription", "Went to another plan")
        PAUSED = "PAUSED", pgettext_lazy("subscription", "Paused")
        RESUMED = "RESUMED", pgettext_lazy("subscription", "Resumed")
        CANCELLED = "CANCELLED", pgettext_lazy("subscription", "Cancelled")
        EXPIRED = "EXPIRED", pgettext_lazy("subscription", "Expired")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="steps", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=10, choices=Subscription.Status)
    monthly = models.DecimalField(max_digits=22, decimal_places=4)
    changes = models.JSONField(default=dict, help_text="From what to what, by field.")
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default="")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subscription", "day", "id"], name="subscriptions_steps"),
            models.Index(
                fields=["subscription"], condition=Q(kind__in=["CHANGED", "SWITCHED"]), name="subscriptions_changes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
