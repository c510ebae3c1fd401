"""Targets of people, teams and the whole firm, and the tally they are measured by.

`Tally` holds what was sold, won and done a day and a person, counted from orders, opportunities and activities by
`actions.count_days`, so that a page over a year reads some thousands of small rows and not millions of orders. A day
whose rows may be out of date stands in `StaleDay`; pages count such days, yesterday and today from the rows themselves.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Target(models.Model):
    """What is to be reached in a period (both days included): by a person, by a team together, or by the whole firm."""

    class Measure(models.TextChoices):
        AMOUNT = "AMOUNT", _("Revenue")
        ORDERS = "ORDERS", _("Orders")
        WON = "WON", _("Opportunities won")
        ACTIVITIES = "ACTIVITIES", pgettext_lazy("target", "Activities done")

    measure = models.CharField(max_length=10, choices=Measure)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey("accounts.Team", null=True, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey("catalogue.Product", null=True, on_delete=models.CASCADE, related_name="+")
    from_date = models.DateField()
    until_date = models.DateField()
    value = models.DecimalField(max_digits=22, decimal_places=4, help_text="Money in the firm's currency, or a number.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(person=None) | Q(team=None), name="sales_target_of_one"),
            models.CheckConstraint(condition=Q(from_date__lte=F("until_date")), name="sales_target_days_in_order"),
            models.CheckConstraint(condition=Q(value__gt=0), name="sales_target_positive"),
            models.CheckConstraint(
                condition=Q(product=None) | Q(measure__in=["AMOUNT", "ORDERS"]), name="sales_target_product_is_sold"
            ),
            models.UniqueConstraint(
                fields=["measure", "person", "team", "product", "from_date", "until_date"],
                nulls_distinct=False,
                name="sales_target_once",
            ),
        ]
        indexes = [models.Index(F("until_date"), F("id"), name="sales_targets_until")]

    def __str__(self) -> str:
        return f"{self.measure} {self.from_date} – {self.until_date}"


class Tally(models.Model):
    """What one person, or nobody in particular, brought in on a day.

    `what` SOLD: revenue (purchases and returns) and purchases not taken back, of all products, or of `product`, where
    `number` counts the orders that hold it; WON: opportunities won and their worth; DONE: activities done.
    """

    class What(models.TextChoices):
        SOLD = "SOLD"
        WON = "WON"
        DONE = "DONE"

    day = models.DateField()
    what = models.CharField(max_length=4, choices=What)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey("catalogue.Product", null=True, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=22, decimal_places=4, default=0)
    number = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "what", "person", "product"], nulls_distinct=False, name="sales_tally_once"
            )
        ]
        indexes = [
            models.Index(
                F("person"), F("what"), F("day"), include=["product", "amount", "number"], name="sales_tally_of"
            ),
            models.Index(
                F("what"), F("day"), include=["person", "product", "amount", "number"], name="sales_tally_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.person_id}"


class StaleDay(models.Model):
    """A day whose tally may be out of date: an order of it changed since it was counted."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return str(self.day)
