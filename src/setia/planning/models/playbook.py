"""How to sell to whom: what to do, to say and to leave, by trait and by stage, where the firm says it in its own words.

What the firm has not changed is the built-in advice of `planning.playbook`. The codes are those of the portraits, which
stand above this room and are never asked from here.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class About(models.TextChoices):
    """What a piece of advice is for: a trait of a customer, or the stage they have come to."""

    NEW = "NEW", _("new")
    POTENTIAL = "POTENTIAL", _("potential")
    IMPULSIVE = "IMPULSIVE", _("impulsive")
    THRIFTY = "THRIFTY", _("thrifty")
    DEVOTED = "DEVOTED", _("devoted")
    ADVOCATE = "ADVOCATE", _("advocate")
    REACH = "REACH", pgettext_lazy("stage", "Reach")
    RELATIONSHIP = "RELATIONSHIP", pgettext_lazy("stage", "Relationship")
    FIRST = "FIRST", pgettext_lazy("stage", "First purchase")
    RETENTION = "RETENTION", pgettext_lazy("stage", "Retention")
    LOYALTY = "LOYALTY", pgettext_lazy("stage", "Loyalty")
    DEFECTED = "DEFECTED", pgettext_lazy("stage", "Defected")


class Advice(models.Model):
    """The firm's own words on one trait or stage, in one language; points stand on lines of their own."""

    about = models.CharField(max_length=12, choices=About)
    language = models.CharField(max_length=2, choices=[("id", "Indonesia"), ("en", "English")])
    do = models.TextField(blank=True, default="")
    say = models.TextField(blank=True, default="")
    avoid = models.TextField(blank=True, default="")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "language"], name="planning_advice_once"),
            models.CheckConstraint(
                condition=~Q(do="") | ~Q(say="") | ~Q(avoid=""), name="planning_advice_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} ({self.language})"
