"""Fields a firm defines for itself. Their values stand in `Customer.extra`, typed; see `customers.typed`.

A field is never renamed into another type. It is hidden before it is deleted, and can come back until then. A choice's
options are rows of their own that customers point at, so that a new name for one touches no customer.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomField(models.Model):
    """One field of one kind of record. `key` is its name in `extra`."""

    class About(models.TextChoices):
        CUSTOMER = "CUSTOMER", _("Customers")

    class Type(models.TextChoices):
        TEXT = "TEXT", _("Text")
        NUMBER = "NUMBER", pgettext_lazy("a kind of field", "Number")
        MONEY = "MONEY", _("Money")
        DATE = "DATE", _("Day")
        CHOICE = "CHOICE", _("Choice")
        REFERENCE = "REFERENCE", _("Another customer")

    class Index(models.TextChoices):
        NONE = "NONE", _("Not wanted")
        BUILDING = "BUILDING", _("Being made ready")
        READY = "READY", _("Ready")

    about = models.CharField(max_length=12, choices=About, default=About.CUSTOMER)
    type = models.CharField(max_length=10, choices=Type)
    label = models.CharField(max_length=60)
    code = models.SlugField(max_length=60, help_text="Its name in files and programs; stays when the label changes.")
    hint = models.CharField(max_length=200, blank=True, default="")
    position = models.IntegerField(default=0)
    index = models.CharField(max_length=10, choices=Index, default=Index.NONE)
    hidden_at = models.DateTimeField(null=True, blank=True)
    deleting_at = models.DateTimeField(null=True, blank=True, help_text="Its values are being removed; no way back.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["about", "code"], name="customers_field_code"),
            models.UniqueConstraint(
                "about", Lower("label"), condition=Q(hidden_at=None), name="customers_field_label_folded"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="customers_field_label_not_empty"),
            models.CheckConstraint(
                condition=Q(deleting_at=None) | Q(hidden_at__isnull=False), name="customers_field_hidden_first"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def letter(self) -> str:
        return self.type[0].lower()

    @property
    def key(self) -> str:
        return f"{self.letter}{self.pk}"


class FieldOption(models.Model):
    """One value a choice may have. Customers hold its key; a hidden one stays readable and is no longer offered."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options")
    label = models.CharField(max_length=60)
    position = models.IntegerField(default=0)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("field", Lower("label"), name="customers_option_label_folded"),
            models.CheckConstraint(condition=~Q(label=""), name="customers_option_label_not_empty"),
        ]

    def __str__(self) -> str:
        return self.label
