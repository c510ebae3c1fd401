"""Orders and lines. What each kind counts is decided in one place, `orders.kinds`, and kept by a constraint here."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.core.models import Stamped


class Order(Stamped):
    """All rows that share (source, order number). Its time is the earliest row's; its day is the firm's day."""

    class Kind(models.TextChoices):
        PURCHASE = "PURCHASE", _("Purchase")
        RETURN = "RETURN", _("Return")
        FREE = "FREE", _("Free")
        ADJUSTMENT = "ADJUSTMENT", _("Adjustment")

    source = models.CharField(max_length=64, default="main")
    number = models.CharField(max_length=200)
    numbered = models.BooleanField(default=True, help_text="False: the feed has no order numbers, this one is derived.")
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agent = models.ForeignKey(
        "customers.Customer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Who sold it for the firm: the sale is credited to them too.",
    )
    ordered_at = models.DateTimeField()
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    cancelled = models.BooleanField(default=False)
    total = models.DecimalField(max_digits=22, decimal_places=4)
    discount = models.DecimalField(max_digits=22, decimal_places=4, default=0)
    promotion_code = models.CharField(max_length=100, blank=True, default="")
    channel = models.CharField(max_length=100, blank=True, default="")
    reverses = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    reversed = models.BooleanField(default=False, help_text="A return named this purchase and took it back whole.")
    note = models.TextField(blank=True, default="")
    content_hash = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="orders_order_number"),
            models.CheckConstraint(
                condition=(
                    Q(kind="PURCHASE", cancelled=False, total__gt=0)
                    | Q(kind="RETURN", cancelled=True)
                    | Q(kind="RETURN", total__lt=0, customer__isnull=False)
                    | Q(kind="FREE", cancelled=False, total=0, customer__isnull=False)
                    | Q(kind="ADJUSTMENT", cancelled=False, total__lte=0, customer__isnull=True)
                ),
                name="orders_order_kind_is_its_meaning",
            ),
            models.CheckConstraint(
                condition=Q(reversed=False) | Q(kind="PURCHASE"), name="orders_only_purchases_reversed"
            ),
        ]
        indexes = [
            # It holds what reports add up by customer, so that they read it alone.
            models.Index(
                F("customer"),
                F("ordered_at").desc(),
                F("id").desc(),
                include=["day", "kind", "reversed", "total"],
                name="orders_of_customer",
            ),
            # Few orders are sold through somebody, and an import adds nothing to it.
            models.Index(
                F("agent"),
                F("ordered_at").desc(),
                F("id").desc(),
                condition=Q(agent__isnull=False),
                name="orders_of_agent",
            ),
            models.Index(F("ordered_at").desc(), F("id").desc(), name="orders_newest"),
            models.Index(F("total").desc(), F("id").desc(), name="orders_highest"),
            models.Index(
                F("channel"), F("ordered_at").desc(), F("id").desc(), condition=Q(channel__gt=""), name="orders_channel"
            ),
            models.Index(
                F("kind"), F("ordered_at").desc(), F("id").desc(), condition=~Q(kind="PURCHASE"), name="orders_kind"
            ),
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="orders_reverses"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_walk_in(self) -> bool:
        return self.kind == self.Kind.PURCHASE and self.customer_id is None


class OrderLine(models.Model):
    """One line of an order. Identical lines are kept: two of the same are two lines."""

    pk = models.CompositePrimaryKey("order_id", "position")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.IntegerField()
    product = models.ForeignKey("catalogue.Product", null=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=300, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    discount = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    amount = models.DecimalField(max_digits=22, decimal_places=4)

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description or self.product_id}"
