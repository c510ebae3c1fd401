"""The installed base: each unit that stands at a customer's, its warranty, and what was done to it when."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from setia.core.models import Stamped


class Unit(Stamped):
    """One piece of a product. Its serial number is trimmed and in capitals, and unique among that product's."""

    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    serial = models.CharField(max_length=100)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    installed_date = models.DateField()
    warranty_from_date = models.DateField(null=True, blank=True)
    warranty_until_date = models.DateField(null=True, blank=True, help_text="The last day of it.")
    service_every_months = models.PositiveSmallIntegerField(null=True, blank=True)
    next_service_date = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True, default="")
    note = models.TextField(blank=True, default="")
    retired_date = models.DateField(null=True, blank=True, help_text="The first day it no longer stands there.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "serial"], name="subscriptions_unit_serial"),
            models.CheckConstraint(condition=~Q(serial=""), name="subscriptions_unit_serial_not_empty"),
            models.CheckConstraint(
                condition=Q(warranty_until_date=None)
                | Q(warranty_from_date=None)
                | Q(warranty_until_date__gte=F("warranty_from_date")),
                name="subscriptions_unit_warranty",
            ),
        ]
        indexes = [
            models.Index(F("customer"), F("installed_date").desc(), F("id").desc(), name="subscriptions_units_of"),
            models.Index(F("installed_date").desc(), F("id").desc(), name="subscriptions_units_newest"),
            models.Index(
                F("next_service_date"),
                F("id"),
                condition=Q(next_service_date__isnull=False, retired_date=None),
                name="subscriptions_units_service",
            ),
            models.Index(
                F("warranty_until_date"),
                F("id"),
                condition=Q(warranty_until_date__isnull=False, retired_date=None),
                name="subscriptions_units_warranty",
            ),
            GinIndex(OpClass(F("serial"), name="gin_trgm_ops"), name="subscriptions_units_serial"),
        ]

    def __str__(self) -> str:
        return self.serial


class UnitService(models.Model):
    """One visit or repair: the day, and what was done."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="services", db_index=False)
    day = models.DateField()
    done = models.TextField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(F("unit"), F("day").desc(), F("id").desc(), name="subscriptions_services")]

    def __str__(self) -> str:
        return f"{self.day} {self.done[:60]}"
