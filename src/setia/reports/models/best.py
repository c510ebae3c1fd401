"""What each year's best customers bought at most: so those of a period are found without adding up everybody."""

from django.db import models

ANYBODY_ELSE = 0
"""In `customer`: the row holds for whoever has none of their own in that year."""


class BestBuyer(models.Model):
    """A customer who bought for much in a year. Counted with the days of orders; an order that goes may leave it too
    high until the year is counted anew, and it is never too low: it says whom to look at, not what they brought.
    """

    pk = models.CompositePrimaryKey("year", "customer")
    year = models.SmallIntegerField()
    customer = models.BigIntegerField(help_text="No foreign key: a customer may go, and be counted later.")
    at_most = models.DecimalField(max_digits=22, decimal_places=4, help_text="All they bought, no return taken off.")

    def __str__(self) -> str:
        return f"{self.year} {self.customer}"
