"""A portrait per customer, the fitted models behind them, and the pictures (tables) counted over all customers.

A portrait is computed, never typed in: it is swapped in whole by `actions.refresh`, and one customer's is recomputed
from the latest fitted model when an order of theirs changes.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.yearly import month_day


class Stage(models.TextChoices):
    REACH = "REACH", pgettext_lazy("stage", "Reach")
    RELATIONSHIP = "RELATIONSHIP", pgettext_lazy("stage", "Relationship")
    FIRST = "FIRST", pgettext_lazy("stage", "First purchase")
    RETENTION = "RETENTION", pgettext_lazy("stage", "Retention")
    LOYALTY = "LOYALTY", pgettext_lazy("stage", "Loyalty")
    DEFECTED = "DEFECTED", pgettext_lazy("stage", "Defected")


class Trait(models.TextChoices):
    NEW = "NEW", _("new")
    POTENTIAL = "POTENTIAL", _("potential")
    IMPULSIVE = "IMPULSIVE", _("impulsive")
    THRIFTY = "THRIFTY", _("thrifty")
    DEVOTED = "DEVOTED", _("devoted")
    ADVOCATE = "ADVOCATE", _("advocate")


class Refresh(models.Model):
    """One computing of all portraits: as of which day, from what, with which fitted models."""

    as_of_date = models.DateField()
    event_id = models.BigIntegerField(default=0, help_text="The latest event of the outbox when the orders were read.")
    customers = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)
    models_json = models.JSONField(default=dict, help_text="Fitted models by name, or why one could not be fitted.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.as_of_date} #{self.pk}"


class Portrait(models.Model):
    """What Setia knows about one customer as of a day. Money in the reporting currency, durations in days."""

    # No constraint in the database: checking a million rows at every refresh would touch every customer's row, and an
    # import could not be undone before its portraits. A trigger removes the portraits of customers that are deleted.
    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    as_of_date = models.DateField()
    stage = models.CharField(max_length=12, choices=Stage)
    stage_at_month_start = models.CharField(max_length=12, choices=Stage, blank=True, default="")
    loyal = models.BooleanField(default=False)
    general = models.BooleanField(default=False)
    traits = ArrayField(models.CharField(max_length=10), default=list, help_text="Shown ones (score of .5 or more).")
    trait_scores = models.JSONField(default=dict)
    first_date = models.DateField(null=True)
    latest_date = models.DateField(null=True)
    purchase_days = models.IntegerField(default=0)
    purchases = models.IntegerField(default=0)
    spent = models.DecimalField(max_digits=22, decimal_places=4, default=0, help_text="Purchases, before returns.")
    spent_12_months = models.DecimalField(max_digits=22, decimal_places=4, default=0)
    spent_rank = models.IntegerField(null=True, help_text="1 spent most; ties in the order of customer number.")
    active_months = models.BigIntegerField(
        default=0, help_text="Bit k: bought in (as of - (k+1) months, as of - k months]; 60 bits."
    )
    calendar_months = models.BigIntegerField(
        default=0, help_text="Bit k: bought in the calendar month k before that of the as-of day; 62 bits."
    )
    returned = models.DecimalField(max_digits=22, decimal_places=4, default=0, help_text="Returns, zero or negative.")
    r = models.SmallIntegerField(null=True)
    f = models.SmallIntegerField(null=True)
    m = models.SmallIntegerField(null=True)
    rfm_cell = models.CharField(max_length=24, blank=True, default="")
    p_alive = models.FloatField(null=True, help_text="MBG/NBD")
    expected_purchases = models.FloatField(null=True, help_text="Over the next 365 days.")
    risk = models.FloatField(null=True, help_text="Probability of no purchase in the next 365 days.")
    value = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="Expected spend, next 365 days.")
    value_low = models.DecimalField(max_digits=22, decimal_places=4, null=True, help_text="80 % interval.")
    value_high = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    next_from_date = models.DateField(null=True)
    next_to_date = models.DateField(null=True)
    usual_gap_days = models.FloatField(null=True, help_text="Median gap between purchase days, from three on.")
    leaving = models.BooleanField(default=False, help_text="Late by their own rhythm and likely to stay away.")
    evidence = models.JSONField(default=dict, help_text="The numbers its statements rest on.")
    computed_at = models.DateTimeField()
    touched = models.BooleanField(default=False, help_text="Recomputed by itself since the latest refresh began.")

    class Meta:
        indexes = [
            models.Index(F("stage"), F("value").desc(nulls_last=True), F("customer"), name="portraits_stage_value"),
            models.Index(F("value").desc(nulls_last=True), F("customer"), name="portraits_value"),
            models.Index(F("latest_date").desc(nulls_last=True), F("customer"), name="portraits_latest"),
            models.Index(
                F("spent_12_months").desc(),
                F("customer"),
                condition=models.Q(leaving=True),
                name="portraits_leaving",
            ),
            models.Index(fields=["first_date"], name="portraits_first"),
            models.Index(
                month_day("first_date"),
                F("customer"),
                condition=models.Q(first_date__isnull=False),
                name="portraits_first_comes_round",
            ),
            models.Index(F("r"), F("f"), F("value").desc(nulls_last=True), F("customer"), name="portraits_rfm"),
            models.Index(
                F("stage_at_month_start"),
                F("stage"),
                F("customer"),
                condition=~models.Q(stage=F("stage_at_month_start")),
                name="portraits_moved",
            ),
            models.Index(fields=["spent_rank"], name="portraits_spent_rank"),
            models.Index(fields=["customer"], condition=models.Q(touched=True), name="portraits_touched"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.stage}"


class Picture(models.Model):
    """A table counted over all customers at a refresh: what home, the understanding pages and `setia report` show."""

    name = models.CharField(max_length=40, primary_key=True)
    as_of_date = models.DateField()
    rows = models.JSONField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.as_of_date}"
