"""Whose customers' orders lie on which day, so that a team's or a seller's report finds theirs among everybody's."""

from django.db import models


class OwnedOrder(models.Model):
    """A purchase or return of a customer whom somebody looks after; counted with the tallies of its day.

    What it says is looked at again when it is read: an order, a day or an owner that changed since is left out.
    """

    pk = models.CompositePrimaryKey("day", "owner", "order_id")
    day = models.DateField(help_text="The firm's day.")
    owner = models.BigIntegerField(help_text="Who looks after the customer.")
    order_id = models.BigIntegerField(help_text="No foreign key: an order may go, and be counted later.")

    def __str__(self) -> str:
        return f"{self.day} {self.owner} {self.order_id}"
