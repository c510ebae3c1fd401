"""Who was called by name in a note, and whether they have read it."""

from django.conf import settings
from django.db import models
from django.db.models import F

from setia.customers.models.party import TimelineEntry


class Mention(models.Model):
    """A person of the firm named in a note. How many are unread is also kept with the person, for the bell."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(TimelineEntry, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "entry"], name="customers_mention_once")]
        indexes = [models.Index(F("user"), F("entry").desc(), name="customers_mentions_latest")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.entry_id}"
