"""Monthly recurring revenue, kept as it moves: what each customer's subscriptions bring in a month, month by month.

Both tables follow from the steps and from whose subscription it is, and are written in the transaction that changes
either (`actions.follow`). So a page reads a few rows per month, however many subscriptions there are.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class RevenueMove(models.Model):
    """A customer whose monthly revenue at the end of a month is not what it was at the end of the month before."""

    class Kind(models.TextChoices):
        NEW = "NEW", pgettext_lazy("revenue", "New")
        EXPANSION = "EXPANSION", pgettext_lazy("revenue", "Expansion")
        REACTIVATION = "REACTIVATION", pgettext_lazy("revenue", "Came back")
        CONTRACTION = "CONTRACTION", pgettext_lazy("revenue", "Contraction")
        CHURN = "CHURN", pgettext_lazy("revenue", "Left")

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=12, choices=Kind)
    amount = models.DecimalField(max_digits=22, decimal_places=4, help_text="After less before.")
    after = models.DecimalField(max_digits=22, decimal_places=4)
    next_month = models.DateField(null=True, help_text="Of the customer's next move; none: it stands still.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "month"], name="subscriptions_move_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="subscriptions_move_moves"),
        ]
        indexes = [
            models.Index(F("month"), F("kind"), F("amount").desc(), F("id"), name="subscriptions_moves"),
            models.Index(F("after").desc(), F("id").desc(), condition=Q(after__gt=0), name="subscriptions_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.kind} {self.amount}"


class RevenueTotal(models.Model):
    """The moves of one kind in one month, summed over all customers."""

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=RevenueMove.Kind)
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    people = models.BigIntegerField(help_text="How many customers.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "kind"], name="subscriptions_total_once")]

    def __str__(self) -> str:
        return f"{self.month} {self.kind} {self.amount}"
