"""Tags: short words of the firm's own, made on the fly and stuck on customers.

A tag is never really deleted: taken away or merged it keeps its rows, so that either is undone by one update. What a
merge adds to the other tag says where it came from (`from_tag`), and only that goes again.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from setia.customers.models.party import Customer


class TagQuerySet(models.QuerySet["Tag"]):
    def live(self) -> "TagQuerySet":
        """Those neither taken away nor merged into another."""
        return self.filter(removed_at=None, merged_into=None)


class Tag(models.Model):
    """A word to group customers by, with a colour to find it by."""

    class Colour(models.TextChoices):
        TEAL = "TEAL", _("Teal")
        BLUE = "BLUE", _("Blue")
        VIOLET = "VIOLET", _("Violet")
        PINK = "PINK", _("Pink")
        RED = "RED", _("Red")
        ORANGE = "ORANGE", _("Orange")
        YELLOW = "YELLOW", _("Yellow")
        GREEN = "GREEN", _("Green")
        GREY = "GREY", _("Grey")

    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=8, choices=Colour, default=Colour.TEAL)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(removed_at=None, merged_into=None), name="customers_tag_name_folded"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customers_tag_not_empty"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="customers_tag_not_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A tag on a customer. `from_tag` is the tag whose merge put it there, null where a person did."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    from_tag = models.ForeignKey(Tag, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="customers_tag_once")]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_tagged")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.customer_id}"
