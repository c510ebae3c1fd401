"""Tokens: a program's way in, made by a person and never able to do more than that person.

The secret is 256 random bits and is shown once; only its SHA-256 is kept, so that a copy of the database opens nothing.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Token(models.Model):
    """A program's way in. It may do what `scopes` name, as far as its maker may do it at that moment."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100, help_text="What it is for, in the maker's words.")
    start = models.CharField(max_length=20, help_text="The token's first letters, by which its owner knows it again.")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    scopes = ArrayField(models.CharField(max_length=60), help_text="Verbs, such as customers.view.")
    per_minute = models.PositiveIntegerField(default=600, help_text="Requests a minute.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True, help_text="The latest use, to the minute.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="api_token_user")]
        constraints = [
            models.CheckConstraint(condition=models.Q(per_minute__gte=1), name="api_token_per_minute"),
        ]

    def __str__(self) -> str:
        return self.name

    def works_at(self, at: datetime) -> bool:
        """Whether it opens the door at a moment; whether its maker may still come in is another question."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class Meter(models.Model):
    """How far a token's requests run ahead of the clock (the generic cell rate algorithm, ITU-T I.371).

    The table is unlogged: losing it in a crash costs nothing but a minute's count.
    """

    token = models.OneToOneField(Token, primary_key=True, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(help_text="When all requests so far would have arrived, evenly spread.")

    def __str__(self) -> str:
        return f"{self.token_id} until {self.due_at:%H:%M:%S}"
