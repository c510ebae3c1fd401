"""Teams: people whose customers those of their members see whose role says so."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Team(models.Model):
    """Some people who work together. A person may be in several teams, and in none."""

    name = models.CharField(max_length=60)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="accounts_team_name_folded")]

    def __str__(self) -> str:
        return self.name
