"""What one loading of the demo made, so that removing it takes away exactly that."""

from django.db import models


class Load(models.Model):
    """One loading of the demo shop.

    `ranges` says which rows it made in the large tables: table → [first id, latest id], ids that were reserved while
    nobody else could write. `made` lists the ids in the small ones. `before` is what the firm's row held.
    """

    seed = models.BigIntegerField()
    customers = models.BigIntegerField()
    orders = models.BigIntegerField()
    ranges = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customers} customers, {self.orders} orders, {self.at:%Y-%m-%d}"
