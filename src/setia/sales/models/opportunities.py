"""Opportunities: something a customer may buy, where it stands on a pipeline, and every step it took there.

The row says where it stands now; `StageChange` says how it got there, one row per step, never changed except that a
step taken back is marked so. Sums of a column are read from the indexes of open rows, which hold the amount.
"""

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import pgettext_lazy

from setia.sales.models.pipelines import LostReason, Pipeline, Stage


class Opportunity(models.Model):
    """Something a customer may buy. Open ones stand in a stage; a won or lost one keeps the stage it ended in."""

    class Status(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("opportunity", "Open")
        WON = "WON", pgettext_lazy("opportunity", "Won")
        LOST = "LOST", pgettext_lazy("opportunity", "Lost")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    customer_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Who looks after the customer, as `follow_owners` keeps it: who may see it is asked of this row.",
    )
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    amount = models.DecimalField(
        max_digits=22,
        decimal_places=4,
        null=True,
        help_text="In the firm's currency; its lines together, if it has any.",
    )
    expected_date = models.DateField(null=True, help_text="When the customer is expected to decide.")
    next_step = models.CharField(max_length=300, blank=True, default="")
    note = models.TextField(blank=True, default="")
    entered_at = models.DateTimeField(help_text="Since when it stands in its stage.")
    closed_at = models.DateTimeField(null=True, help_text="Since when it is won or lost.")
    lost_reason = models.ForeignKey(LostReason, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lost_note = models.TextField(blank=True, default="")
    lost_to = models.ForeignKey(
        "planning.Rival", null=True, on_delete=models.SET_NULL, related_name="+", help_text="Who got it instead."
    )
    order = models.ForeignKey(
        "orders.Order", null=True, on_delete=models.SET_NULL, related_name="+", help_text="What it became when won."
    )
    subscription = models.ForeignKey(
        "subscriptions.Subscription", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="sales_opportunity_has_a_title"),
            models.CheckConstraint(
                condition=Q(status="OPEN", closed_at=None) | (~Q(status="OPEN") & Q(closed_at__isnull=False)),
                name="sales_opportunity_open_or_closed",
            ),
            models.CheckConstraint(
                condition=Q(status="LOST") | Q(lost_reason=None, lost_to=None, lost_note=""),
                name="sales_opportunity_only_lost_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="sales_opportunity_amount"),
        ]
        indexes = [
            # A column of the board, in each of its orders; the first also counts and sums it without reading a row.
            models.Index(
                F("stage"),
                F("entered_at").desc(),
                F("id").desc(),
                condition=Q(status="OPEN"),
                include=["amount", "owner", "customer_owner"],
                name="sales_opp_board",
            ),
            models.Index(
                F("stage"), F("expected_date"), F("id"), condition=Q(status="OPEN"), name="sales_opp_board_expected"
            ),
            models.Index(
                F("stage"),
                F("amount").desc(),
                F("id").desc(),
                condition=Q(status="OPEN"),
                name="sales_opp_board_amount",
            ),
            # The list, in each of its orders.
            models.Index(F("entered_at").desc(), F("id").desc(), condition=Q(status="OPEN"), name="sales_opp_open"),
            models.Index(F("expected_date"), F("id"), condition=Q(status="OPEN"), name="sales_opp_expected"),
            models.Index(F("amount").desc(), F("id").desc(), condition=Q(status="OPEN"), name="sales_opp_amount"),
            models.Index(
                F("status"),
                F("closed_at").desc(),
                F("id").desc(),
                condition=~Q(status="OPEN"),
                name="sales_opp_closed",
            ),
            models.Index(F("customer"), F("created_at").desc(), F("id").desc(), name="sales_opp_of_customer"),
            models.Index(F("owner"), F("status"), F("entered_at").desc(), F("id").desc(), name="sales_opp_of_owner"),
            models.Index(
                F("customer_owner"), F("status"), F("entered_at").desc(), F("id").desc(), name="sales_opp_of_customers"
            ),
            # A part of the title, among open ones.
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), condition=Q(status="OPEN"), name="sales_opp_title"),
            models.Index(fields=["lost_reason"], condition=Q(status="LOST"), name="sales_opp_lost_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it may still be won."""
        return self.status == self.Status.OPEN

    def days_in_stage(self, at: datetime) -> int:
        """Whole days since it entered its stage."""
        return max((at - self.entered_at).days, 0)

    def is_overdue(self, day: date) -> bool:
        """Whether the day of the decision has passed and nothing was decided."""
        return self.is_open and self.expected_date is not None and self.expected_date < day


class OpportunityLine(models.Model):
    """What is offered: a product or a description, how many, at what price for one."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalogue.Product", null=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=300, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=4)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    amount = models.DecimalField(max_digits=22, decimal_places=4, help_text="Quantity times price.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "position"], name="sales_opportunity_line_position"),
            models.CheckConstraint(
                condition=Q(product__isnull=False) | ~Q(description=""), name="sales_opportunity_line_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description or self.product_id}"


class Competitor(models.Model):
    """Another brand met on an opportunity."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="competitors", db_index=False)
    rival = models.ForeignKey("planning.Rival", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opportunity", "rival"], name="sales_competitor_once")]

    def __str__(self) -> str:
        return f"{self.rival_id} on {self.opportunity_id}"


class StageChange(models.Model):
    """One step of an opportunity: entered a stage, was won, was lost, was opened again.

    `before` is the stage it came from (null for a new one), `after` the one it stands in then, `status` what it is
    then, `since` when the state it left had begun. A step taken back has `undone_at` and counts for nothing.
    """

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="changes", db_index=False)
    before = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    after = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=4, choices=Opportunity.Status)
    amount = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="What it was worth then.")
    since = models.DateTimeField(null=True, help_text="When what came before had begun; null for the first step.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("opportunity"), F("at").desc(), F("id").desc(), name="sales_stage_changes_of"),
            models.Index(F("at").desc(), F("id").desc(), name="sales_stage_changes_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.after_id} {self.status}"
