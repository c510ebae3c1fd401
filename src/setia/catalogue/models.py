"""Products and categories. A product's code is trimmed and case-folded: `85123a` and `85123A ` are one product."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, GeneratedField, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _

from setia.core.models import Stamped


class Category(models.Model):
    """A group of products; one level, the firm's own words."""

    name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="catalogue_category_name_folded")]

    def __str__(self) -> str:
        return self.name


class Product(Stamped):
    """Something a customer can order."""

    class Kind(models.TextChoices):
        GOODS = "GOODS", _("Goods")
        SERVICE = "SERVICE", _("Service")

    code = models.CharField(max_length=100, unique=True, help_text="Trimmed and case-folded.")
    name = models.CharField(max_length=300, blank=True, default="")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GOODS)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="products")
    price = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    warranty_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="From the day it is bought; null: none."
    )
    notes = models.TextField(blank=True, default="")
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    search = GeneratedField(
        expression=Lower(Concat(F("code"), Value(" "), F("name"))),
        output_field=models.CharField(max_length=401),
        db_persist=True,
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="catalogue_product_code_not_empty")]
        indexes = [
            models.Index(F("name"), F("id"), name="catalogue_by_name"),
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="catalogue_search"),
        ]

    def __str__(self) -> str:
        return self.name or self.code
