"""What was sold by day, counted once, so that a report over years reads thousands of small rows and not millions of
orders.

`counting` says what a row holds, and counts days that stand in `UncountedDay` while a page is made.
"""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

WHOLE = -1
"""In `owner`: the row is of everybody's customers together."""
NOBODY = 0
"""In `owner`: of customers nobody looks after, and of those who walk in."""


class SoldTally(models.Model):
    """What was sold in a day or a month, seen one way, for one key of it (a product, a person, a channel …).

    `owner` is whose customers bought: a person's key, `NOBODY`, or `WHOLE` for all together. Products are counted for
    the whole by day and month, for each person by day, and not for `NOBODY`.
    """

    class Way(models.TextChoices):
        PERSON = "P", _("Person")
        CHANNEL = "C", _("Channel")
        SOURCE = "S", _("Source")
        REGION = "R", _("Region")
        AGENT = "A", _("Partner")
        PRODUCT = "I", _("Product")

    class Span(models.TextChoices):
        DAY = "D"
        MONTH = "M"

    way = models.CharField(max_length=1, choices=Way)
    owner = models.BigIntegerField()
    span = models.CharField(max_length=1, choices=Span)
    day = models.DateField(help_text="The firm's day; of a month its first.")
    key = models.CharField(max_length=100, help_text="'' where there is none.")
    orders = models.IntegerField(help_text="Purchases that were not taken back.")
    returns = models.IntegerField()
    purchased = models.DecimalField(max_digits=22, decimal_places=4)
    returned = models.DecimalField(max_digits=22, decimal_places=4, help_text="Zero or less.")
    quantity = models.DecimalField(max_digits=22, decimal_places=4, help_text="Of products, those returned taken off.")

    class Meta:
        constraints = [
            # It holds the whole row, so that a report reads the index alone.
            models.UniqueConstraint(
                fields=["way", "owner", "span", "day", "key"],
                include=["orders", "returns", "purchased", "returned", "quantity"],
                name="reports_sold_once",
            )
        ]
        indexes = [models.Index(F("day"), F("span"), name="reports_sold_day")]

    def __str__(self) -> str:
        return f"{self.way} {self.day} {self.key}"


class UncountedDay(models.Model):
    """A day whose tallies may be out of date: an order of it, or who stands behind one, changed since it was counted.

    A row a change, so that none waits for another, nor for the worker: who has counted takes off what was there before.
    """

    day = models.DateField(db_index=True)

    def __str__(self) -> str:
        return str(self.day)
