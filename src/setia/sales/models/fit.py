"""The ideal customer as the firm sees it: traits, each with a weight. How well a prospect fits is counted from them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FitTrait(models.Model):
    """One trait of the ideal customer: what is looked at, the value wanted, and how much it weighs."""

    class What(models.TextChoices):
        REGION = "REGION", _("Region")
        INDUSTRY = "INDUSTRY", _("Industry")
        KIND = "KIND", _("Kind")
        SOURCE = "SOURCE", pgettext_lazy("prospect", "Source")
        INTEREST = "INTEREST", _("What they want")

    what = models.CharField(max_length=8, choices=What)
    value = models.CharField(max_length=100, help_text="A word within the region or wish, else the whole value.")
    weight = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-weight", "what", "value", "id"]
        constraints = [
            models.UniqueConstraint(fields=["what", "value"], name="sales_fittrait_once"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=10), name="sales_fittrait_weight"),
            models.CheckConstraint(condition=~Q(value=""), name="sales_fittrait_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.value}"
