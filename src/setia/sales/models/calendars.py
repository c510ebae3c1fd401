"""A person's calendar as other programs read it: an address that holds a secret, of which only the hash is kept."""

from django.conf import settings
from django.db import models


class CalendarFeed(models.Model):
    """The one address a person's calendar is read from. A new one replaces it; the old one then answers nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, help_text="When a program last read it, to the hour.")

    def __str__(self) -> str:
        return f"{self.user_id}, since {self.made_at:%Y-%m-%d}"
