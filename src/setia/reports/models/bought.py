"""Who bought for the first time and who came back, counted by day once.

A row is of one day or one month. Those of a day add up to any period, all but the customers who came back: one may do
so on several days. `away` holds what it takes to count each of them once, whatever day the period begins on.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from setia.reports.models.sold import SoldTally

ANYTHING = 0
"""In `product`: purchases of whatever."""
NEVER = 1_000_000
"""In `away`: days of a customer who had not come back before."""


class BuyerTally(models.Model):
    """New and returning customers of a day or a month, of one product or of `ANYTHING`.

    A customer is new on the day of their first purchase (of that product), returning on any later day. `owner` is as in
    `SoldTally`: of products there are days of each person, and months of the whole, which alone has months.
    """

    product = models.BigIntegerField()
    owner = models.BigIntegerField()
    span = models.CharField(max_length=1, choices=SoldTally.Span)
    day = models.DateField(help_text="The firm's day; of a month its first.")
    new = models.IntegerField()
    again = models.IntegerField(help_text="Customers who had bought before.")
    new_orders = models.IntegerField()
    again_orders = models.IntegerField()
    walk_in_orders = models.IntegerField()
    away = ArrayField(
        models.IntegerField(),
        help_text="Of each customer who came back to the product, the shortest first: days from when they had come back"
        " before until this day; of a month until its first, of those alone who had not come back in it before.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "owner", "span", "day"], name="reports_bought_once"),
        ]
        indexes = [
            models.Index(F("day"), F("span"), F("product"), name="reports_bought_day"),
            models.Index(F("owner"), F("span"), F("day"), condition=Q(owner__gt=0), name="reports_bought_of"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.day}"
