"""Webhooks: the addresses that are told what happened, and every telling with its outcome."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Endpoint(models.Model):
    """An address of another system, and which events it is told of.

    The secret signs what is sent. It is sealed by `core.secrets`, shown once; after a change the former one signs
    beside the new one for a day, so that the receiver has time.
    """

    url = models.CharField(max_length=500)
    name = models.CharField(max_length=100)
    events = ArrayField(models.CharField(max_length=60))
    secret_sealed = models.TextField()
    former_secret_sealed = models.TextField(blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=20, blank=True, default="", help_text="'' by a person, else a code.")
    failing_since = models.DateTimeField(null=True, blank=True, help_text="The first failure since the latest success.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event on its way to one address.

    1. WAITING: written in the event's own transaction, due at `due_at`.
    2. SENDING: claimed by a worker until `lease_until`; a claim that has run out is waiting again.
    3. DONE: the address answered 2xx.
    4. After a failure it waits longer each time; after the last one it is DEAD until a person sends it again.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("delivery", "Waiting")
        SENDING = "SENDING", pgettext_lazy("delivery", "Sending")
        DONE = "DONE", pgettext_lazy("delivery", "Delivered")
        DEAD = "DEAD", pgettext_lazy("delivery", "Given up")

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="+", db_index=False)
    event_id = models.BigIntegerField(help_text="The outbox row; the receiver knows a repetition by it.")
    event = models.CharField(max_length=100)
    payload = models.JSONField()
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the address answered latest.")
    trouble = models.CharField(max_length=30, blank=True, default="", help_text="Why it failed latest, a code.")
    answer = models.CharField(max_length=300, blank=True, default="", help_text="The beginning of that answer.")
    milliseconds = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        indexes = [
            models.Index(fields=["endpoint", "due_at"], condition=Q(state="WAITING"), name="api_delivery_due"),
            models.Index(fields=["lease_until"], condition=Q(state="SENDING"), name="api_delivery_lease"),
            models.Index(F("endpoint"), F("id").desc(), name="api_delivery_newest"),
            models.Index(F("endpoint"), F("id").desc(), condition=Q(state="DEAD"), name="api_delivery_dead"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="api_delivery_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.event_id}"
