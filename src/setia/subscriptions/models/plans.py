"""What a firm offers by the period. A plan is a proposal: who subscribes gets its terms, and keeps them as agreed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    """How long one period lasts; `DAYS` says the number of days beside it."""

    MONTH = "MONTH", _("Month")
    QUARTER = "QUARTER", _("Quarter")
    YEAR = "YEAR", _("Year")
    DAYS = "DAYS", _("Days")


class Plan(models.Model):
    """Something to subscribe to: a price for one, each period. Its code is trimmed and in capitals."""

    code = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    product = models.ForeignKey(
        "catalogue.Product", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    price = models.DecimalField(max_digits=18, decimal_places=4, help_text="For one, each period.")
    period = models.CharField(max_length=10, choices=Period, default=Period.MONTH)
    days = models.PositiveIntegerField(null=True, blank=True, help_text="How long a period of DAYS lasts.")
    trial_days = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="subscriptions_plan_code_not_empty"),
            models.CheckConstraint(condition=Q(price__gte=0), name="subscriptions_plan_price"),
            models.CheckConstraint(
                condition=Q(period="DAYS", days__gte=1, days__lte=3660) | (~Q(period="DAYS") & Q(days=None)),
                name="subscriptions_plan_days",
            ),
        ]
        indexes = [
            models.Index(F("name"), F("id"), name="subscriptions_plan_name"),
            models.Index(fields=["product"], condition=Q(product__isnull=False), name="subscriptions_plan_product"),
        ]

    def __str__(self) -> str:
        return self.name
