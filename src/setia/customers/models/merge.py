"""What a merge did, in all that is needed to turn it back exactly.

A merge makes several customers one. Those merged away keep their row as a marker (`Customer.merged_into`), so that old
links, the firm's own numbers and later imports find the survivor. `Merge` and `MergedCustomer` hold the facts as they
were and as the merge made them; `MergeMove` holds which rows of which table it took from whom.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from setia.customers.models.party import Customer
from setia.customers.typed import Decoder, Encoder


class Merge(models.Model):
    """Customers made one. `before` and `after` hold the columns of the survivor that the merge changed."""

    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict, encoder=Encoder, decoder=Decoder)
    after = models.JSONField(default=dict, encoder=Encoder, decoder=Decoder)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(F("survivor"), F("id").desc(), name="customers_merges_of")]

    def __str__(self) -> str:
        return f"#{self.pk} into {self.survivor_id}"

    @property
    def names(self) -> str:
        """Who was merged away, told apart by their numbers."""
        others = (one.customer for one in self.others.all())
        return ", ".join(f"{one.display_name} ({one.number})" if one.number else one.display_name for one in others)

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class MergedCustomer(models.Model):
    """A customer merged away, with the columns of its row that the merge changed."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="others", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict, encoder=Encoder, decoder=Decoder)
    after = models.JSONField(default=dict, encoder=Encoder, decoder=Decoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "customer"], name="customers_merged_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} by #{self.merge_id}"


class MergeMove(models.Model):
    """Rows that a merge gave to the survivor: in `table`, these held `was` in `column`."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moves")
    table = models.CharField(max_length=63)
    column = models.CharField(max_length=63)
    was = models.JSONField()
    row_ids = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(row_ids=[]), name="customers_move_of_something")]

    def __str__(self) -> str:
        return f"{len(self.row_ids)} of {self.table}"
