"""One change made to many customers: what is asked, and each customer's part in it.

The keys are written down when somebody asks, so that what is changed is what was counted. A row says how far its
customer is; `before` is what stood there, for the undo. Rows have no foreign key: a run is a memory of what was done.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from setia.customers.typed import Decoder, Encoder


class BulkRun(models.Model):
    """A change of many customers, worked off by the worker in batches."""

    class Verb(models.TextChoices):
        TAG = "TAG", _("Put a tag on")
        UNTAG = "UNTAG", _("Take a tag off")
        ASSIGN = "ASSIGN", _("Make somebody responsible")
        SET = "SET", _("Fill in a field")
        ARCHIVE = "ARCHIVE", _("Archive")

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("under way")
        DONE = "DONE", _("done")
        CANCELLED = "CANCELLED", _("stopped")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=10, choices=Verb)
    value = models.JSONField(
        default=dict,
        encoder=Encoder,
        decoder=Decoder,
        help_text="The tag's key, the owner's, or a field and its value.",
    )
    words = models.CharField(max_length=300, blank=True, default="", help_text="The value as it read when asked.")
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.IntegerField(default=0)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="customers_bulk_by")]

    def __str__(self) -> str:
        return f"{self.verb} {self.total}"


class BulkRow(models.Model):
    """One customer of a run."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        CHANGED = "CHANGED", _("changed")
        SAME = "SAME", _("was so already")
        SKIPPED = "SKIPPED", _("left out")

    class Reason(models.TextChoices):
        GONE = "GONE", _("not there any more, or not yours to see")
        ERASED = "ERASED", _("the person was erased")
        REFUSED = "REFUSED", _("your role does not allow it")
        SINCE = "SINCE", _("changed by somebody since")
        VALUE = "VALUE", _("the tag, field or person is not there any more")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows")
    customer_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=10, choices=Reason, blank=True, default="")
    before = models.JSONField(null=True, blank=True, encoder=Encoder, decoder=Decoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "customer_id"], name="customers_bulk_once")]
        indexes = [
            models.Index(fields=["run", "id"], condition=Q(state="WAITING"), name="customers_bulk_waiting"),
            models.Index(fields=["customer_id"], name="customers_bulk_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"
