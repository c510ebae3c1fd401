"""Commission as rows that payroll reads: for each order, who earned how much by which rule, and what took it back.

A month stays open until somebody closes it: until then its rows follow the orders. What changes about a closed month
becomes a correction in the first open one, so that what was paid once is never rewritten.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CommissionRule(models.Model):
    """How commission is worked out from a day on: by tiers of what a person brought in a month, and how it is shared.

    `tiers` are [from amount, percent] as texts, the first from 0: each part of a month's base earns the percent of the
    tier it falls into. `closer_percent` goes to whoever won the opportunity, the rest to who looks after the customer.
    """

    name = models.CharField(max_length=200)
    tiers = models.JSONField()
    closer_percent = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    from_date = models.DateField(help_text="The first day of a month.")
    until_date = models.DateField(null=True, help_text="The last day it counts for; null: no end.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="sales_commission_rule_has_a_name"),
            models.CheckConstraint(
                condition=Q(closer_percent__gte=0, closer_percent__lte=100), name="sales_commission_share"
            ),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gte=F("from_date")), name="sales_commission_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommissionMonth(models.Model):
    """A month of a rule: when it was worked out, and whether payroll has taken it (`closed_at`)."""

    rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="months", db_index=False)
    month = models.DateField(help_text="Its first day.")
    computed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "month"], name="sales_commission_month_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.month:%Y-%m}"


class CommissionRow(models.Model):
    """What one person earned, or gave back, by one order.

    The order is held by its key and number and no foreign key: what was paid stays told when an order is taken out of
    the books again, and the next working out takes the money back by a correction.
    """

    class Kind(models.TextChoices):
        SALE = "SALE", _("Sale")
        RETURN = "RETURN", _("Return")
        CORRECTION = "CORRECTION", _("Correction")

    rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(help_text="The first day of the month it is paid with.")
    of_month = models.DateField(help_text="The first day of the month it is about; another one for a correction.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind)
    order_key = models.BigIntegerField()
    number = models.CharField(max_length=200, help_text="The order's number.")
    day = models.DateField(help_text="The order's day.")
    share = models.DecimalField(max_digits=7, decimal_places=4, help_text="The part of the order, of 1.")
    base = models.DecimalField(max_digits=22, decimal_places=4)
    rate = models.DecimalField(
        max_digits=9, decimal_places=6, help_text="Percent of the base, over all tiers it meets."
    )
    amount = models.DecimalField(max_digits=22, decimal_places=4)
    reason = models.CharField(max_length=12, help_text="A code of `commission.REASONS`.")
    reverses = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "month", "of_month", "person", "order_key", "kind"],
                nulls_distinct=False,
                name="sales_commission_row_once",
            )
        ]
        indexes = [
            models.Index(F("rule"), F("month"), F("person"), include=["base", "amount"], name="sales_commission_sums"),
            models.Index(F("rule"), F("order_key"), name="sales_commission_of_order"),
            models.Index(F("month").desc(), F("id").desc(), name="sales_commission_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount}"
