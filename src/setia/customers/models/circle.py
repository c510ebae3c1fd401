"""Who stands how to whom, and the days in a customer's life.

Who recommended whom is no link here: it is a fact of the customer (`Customer.recommended_by`), shown beside these.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.core.yearly import month_day
from setia.customers.models.party import Customer


class CustomerLink(models.Model):
    """`customer` stands in a relation to `other`: works at it, sells for it, is family of it (either way round)."""

    class Kind(models.TextChoices):
        WORKS_AT = "WORKS_AT", _("Works at")
        SELLS_FOR = "SELLS_FOR", _("Sells for")
        FAMILY = "FAMILY", _("Family")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.CharField(
        max_length=100, blank=True, default="", help_text="As what: buyer, sister, agent for Bali."
    )
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "other", "kind"], name="customers_link_once"),
            models.CheckConstraint(condition=~Q(customer=F("other")), name="customers_link_not_to_oneself"),
            models.CheckConstraint(
                condition=Q(from_date=None) | Q(to_date=None) | Q(from_date__lte=F("to_date")),
                name="customers_link_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.other_id}"


class LifeEvent(models.Model):
    """A day in a customer's life, coming round every year or once. The birthday is a fact of the customer itself."""

    class Kind(models.TextChoices):
        WEDDING = "WEDDING", _("Wedding")
        CHILD = "CHILD", _("New child")
        FOUNDED = "FOUNDED", _("Founding day")
        OTHER = "OTHER", _("Other")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    day = models.DateField()
    words = models.CharField(max_length=100, blank=True, default="")
    yearly = models.BooleanField(default=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(month_day("day"), F("id"), name="customers_event_comes_round")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
