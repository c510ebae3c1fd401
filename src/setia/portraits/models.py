"""A portrait per customer, the fitted models behind them, and the pictures (tables) counted over all customers.

A portrait is computed, never typed in: it is swapped in whole by `actions.refresh`, and one customer's is recomputed
from the latest fitted model when an order of theirs changes. Where a person knows better, their word (`Overruling`)
stands in the portrait's column in place of the computed one, which `Portrait.computed` keeps: so every list, count,
export and report that reads the column reads what counts.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
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


class Role(models.TextChoices):
    INTERNAL = "INTERNAL", _("In-house seller")
    EXTERNAL = "EXTERNAL", _("End user")
    INTERMEDIARY = "INTERMEDIARY", _("Intermediary")


class Relation(models.TextChoices):
    CLIENT = "CLIENT", _("Client")
    BUYER = "BUYER", _("Buyer")


class Service(models.TextChoices):
    CUSTOM = "CUSTOM", _("Custom-made")
    STANDARD = "STANDARD", pgettext_lazy("service", "Standard")


class Interaction(models.TextChoices):
    DIRECT = "DIRECT", _("Direct representative")
    CHANNELS = "CHANNELS", _("Sales and service channels")


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
    role = models.CharField(max_length=12, choices=Role, default=Role.EXTERNAL)
    relation = models.CharField(max_length=6, choices=Relation, blank=True, default="")
    service = models.CharField(max_length=8, choices=Service, blank=True, default="")
    interaction = models.CharField(max_length=8, choices=Interaction, blank=True, default="")
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
    rfm_cell_before = models.CharField(
        max_length=24, blank=True, default="", help_text="Three months before; empty for who had not bought by then."
    )
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
    class_evidence = models.JSONField(default=dict, help_text="What role, relation, service and interaction rest on.")
    computed = models.JSONField(
        default=dict, help_text="By name of the column, what was computed where a person's word stands in its place."
    )
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
                F("rfm_cell_before"),
                F("rfm_cell"),
                F("value").desc(nulls_last=True),
                F("customer"),
                condition=~Q(rfm_cell=""),
                name="portraits_rfm_moved",
            ),
            models.Index(
                F("stage_at_month_start"),
                F("stage"),
                F("customer"),
                condition=~models.Q(stage=F("stage_at_month_start")),
                name="portraits_moved",
            ),
            models.Index(fields=["spent_rank"], name="portraits_spent_rank"),
            models.Index(fields=["customer"], condition=models.Q(touched=True), name="portraits_touched"),
            # The rare classes in the order of the list; the common ones are met soon enough on the way along all.
            models.Index(
                F("role"),
                F("value").desc(nulls_last=True),
                F("customer"),
                condition=~Q(role="EXTERNAL"),
                name="portraits_role",
            ),
            models.Index(
                F("value").desc(nulls_last=True),
                F("customer"),
                condition=Q(relation="CLIENT"),
                name="portraits_clients",
            ),
            models.Index(
                F("value").desc(nulls_last=True),
                F("customer"),
                condition=Q(service="CUSTOM"),
                name="portraits_custom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.stage}"

    def counting_value(self, what: str) -> str:
        """The value that counts for a class (`Overruling.What`); of a trait `YES` or `NO`."""
        if what in Trait.values:
            return "YES" if what in self.traits else "NO"
        return str(getattr(self, what.lower()))

    def computed_value(self, what: str) -> str:
        """The computed value of a class, also where a person's word counts in its place."""
        if what in Trait.values:
            return "YES" if what in self.computed.get("traits", self.traits) else "NO"
        return str(self.computed.get(what.lower(), getattr(self, what.lower())))


class Overruling(models.Model):
    """A person's word on one class of a customer, which counts in place of what is computed.

    It holds until somebody ends it, another word takes its place, or `until_date` has passed. Ended ones stay: they are
    the history of who thought otherwise, and why. Of a trait the value is `YES` or `NO`.
    """

    class What(models.TextChoices):
        ROLE = "ROLE", _("Role")
        RELATION = "RELATION", _("Relation")
        SERVICE = "SERVICE", _("Service model")
        INTERACTION = "INTERACTION", _("Way of interacting")
        STAGE = "STAGE", _("Stage")
        NEW = "NEW", _("Trait: new")
        POTENTIAL = "POTENTIAL", _("Trait: potential")
        IMPULSIVE = "IMPULSIVE", _("Trait: impulsive")
        THRIFTY = "THRIFTY", _("Trait: thrifty")
        DEVOTED = "DEVOTED", _("Trait: devoted")
        ADVOCATE = "ADVOCATE", _("Trait: advocate")

    class Shown(models.TextChoices):
        YES = "YES", _("Shows it")
        NO = "NO", _("Does not show it")

    class Ended(models.TextChoices):
        WITHDRAWN = "WITHDRAWN", _("taken back")
        REPLACED = "REPLACED", _("replaced")
        EXPIRED = "EXPIRED", _("its day has passed")

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    what = models.CharField(max_length=12, choices=What)
    value = models.CharField(max_length=12)
    instead_of = models.CharField(max_length=12, blank=True, default="", help_text="What was computed at the time.")
    reason = models.CharField(max_length=500)
    until_date = models.DateField(null=True, help_text="The last day it counts, of the firm's days; null: no end.")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended = models.CharField(max_length=9, choices=Ended, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "what"], condition=Q(ended_at=None), name="portraits_overruled_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="portraits_overruling_ended_says_how",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="portraits_overruling_says_why"),
        ]
        indexes = [
            models.Index(F("customer"), F("id").desc(), name="portraits_overrulings_of"),
            models.Index(
                fields=["until_date"],
                condition=Q(ended_at=None, until_date__isnull=False),
                name="portraits_overruled_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.what} {self.value}"

    @property
    def value_words(self) -> str:
        """Its value in words; one that no longer exists is shown as it is."""
        return value_words(self.what, self.value)

    @property
    def instead_of_words(self) -> str:
        """What was computed when it was said, in words."""
        return value_words(self.what, self.instead_of)


VALUES: dict[str, type[models.TextChoices]] = {
    "ROLE": Role,
    "RELATION": Relation,
    "SERVICE": Service,
    "INTERACTION": Interaction,
    "STAGE": Stage,
    **dict.fromkeys(Trait.values, Overruling.Shown),
}
"""The values each class may be overruled with."""


def value_words(what: str, value: str) -> str:
    """A value of a class in words; '' for none."""
    return str(dict(VALUES[what].choices).get(value, value))


class Picture(models.Model):
    """A table counted over all customers at a refresh: what home, the understanding pages and `setia report` show."""

    name = models.CharField(max_length=40, primary_key=True)
    as_of_date = models.DateField()
    rows = models.JSONField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.as_of_date}"


class Forecast(models.Model):
    """What the models said, as of a day, about the days after it; once these are over, what happened stands beside it.

    `SAID`: kept on the day, the first refresh of a month. `LOOKED_BACK`: worked out later from the orders up to that
    day, as the models would have spoken then. A forecast without `made_at` is still to be worked out. It speaks of up
    to 10,000 customers, drawn evenly (`Foretold`), of all `customers` who had bought by then.
    """

    class Made(models.TextChoices):
        SAID = "SAID", pgettext_lazy("forecast", "Said on the day")
        LOOKED_BACK = "LOOKED_BACK", pgettext_lazy("forecast", "Worked out afterwards")

    made = models.CharField(max_length=12, choices=Made)
    as_of_date = models.DateField()
    days = models.SmallIntegerField(help_text="How far it looks ahead.")
    until_date = models.DateField(help_text="The latest day it speaks of.")
    planned_date = models.DateField(help_text="The day of the refresh that asked for it.")
    orders = models.BigIntegerField(help_text="Orders of the firm on that day.")
    customers = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict, help_text="What was said in sum and, as far as known, what came.")
    made_at = models.DateTimeField(null=True)
    compared_at = models.DateTimeField(null=True, help_text="When its days were over and compared.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made", "as_of_date", "days"], name="portraits_forecast_once"),
            models.CheckConstraint(condition=Q(days__gt=0), name="portraits_forecast_looks_ahead"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of_date} +{self.days} {self.made}"


class Foretold(models.Model):
    """What a forecast said about one customer and, once its days are over, what the customer did in them."""

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="foretold", db_index=False)
    # No constraint, as for portraits: an import must be undone without asking what was said about its customers.
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    group = models.SmallIntegerField(help_text="Tenth by what was expected, 1 the least.")
    expected = models.FloatField(help_text="Purchase days.")
    before = models.IntegerField(help_text="Purchase days in as many days before: the naive rule says the same again.")
    away = models.FloatField(help_text="Probability of no purchase.")
    from_date = models.DateField(help_text="The next purchase, if any, falls in these days in four cases of five.")
    to_date = models.DateField()
    value = models.FloatField(null=True, help_text="Money.")
    value_low = models.FloatField(null=True)
    value_high = models.FloatField(null=True)
    spent_before = models.FloatField(default=0)
    bought = models.IntegerField(null=True, help_text="Purchase days that came.")
    spent = models.FloatField(null=True)
    next_date = models.DateField(null=True, help_text="The first purchase that came.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["forecast", "group", "customer"], name="portraits_foretold_once"),
        ]
        indexes = [models.Index(fields=["customer"], name="portraits_foretold_of")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.expected:.2f}"
