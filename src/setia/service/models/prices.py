"""What who sells for the firm pays less than the list says: one seller, or all of a role."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SellerRole(models.TextChoices):
    """The roles of who sells."""

    INTERNAL = "INTERNAL", _("In-house seller")
    INTERMEDIARY = "INTERMEDIARY", _("Intermediary")


class Discount(models.Model):
    """Percent off the list's price, of one customer or of everybody of a role. The customer's own goes before."""

    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=SellerRole, blank=True, default="")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "role"], name="service_discount_once_a_customer"),
            models.UniqueConstraint(fields=["role"], condition=Q(customer=None), name="service_discount_once_a_role"),
            models.CheckConstraint(
                condition=Q(customer=None, role__gt="") | Q(customer__isnull=False, role=""),
                name="service_discount_of_one_or_a_role",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=Decimal(100)), name="service_discount_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.customer_id}: {self.percent} %"
