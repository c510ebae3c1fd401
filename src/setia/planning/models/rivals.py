"""Other brands the firm meets when it sells, by name. What they claim and what we answer is on their battle card."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Rival(models.Model):
    """A competitor: a firm or a brand that customers compare ours with."""

    name = models.CharField(max_length=200)
    notes = models.TextField(blank=True, default="", help_text="What they are known for; how to speak about them.")
    archived_at = models.DateTimeField(null=True, blank=True, help_text="No longer met; what was met stays.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="planning_rival_name_folded"),
            models.CheckConstraint(condition=~Q(name=""), name="planning_rival_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
