"""How far a customer's word reaches: followers somebody noted, and the score worked out from what is recorded."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Followers(models.Model):
    """How many follow a customer on one channel, as somebody saw it on a day."""

    class Channel(models.TextChoices):
        INSTAGRAM = "INSTAGRAM", "Instagram"
        TIKTOK = "TIKTOK", "TikTok"
        YOUTUBE = "YOUTUBE", "YouTube"
        FACEBOOK = "FACEBOOK", "Facebook"
        X = "X", "X"
        GROUP = "GROUP", _("A group or community")
        OTHER = "OTHER", _("Other")

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)
    number = models.PositiveIntegerField()
    seen_date = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "channel"], name="service_followers_once_a_channel"),
            models.CheckConstraint(condition=Q(number__gt=0), name="service_followers_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.number}"


class Reach(models.Model):
    """The score of a customer about whom anything is recorded that tells of reach, with the figures it rests on.

    Worked out (`actions.work_out_reach`), never typed in. Most customers have none.
    """

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    score = models.PositiveSmallIntegerField(help_text="0 to 100.")
    brought = models.PositiveIntegerField(help_text="Customers they recommended.")
    buyers = models.PositiveIntegerField(help_text="Of these, how many have bought.")
    spent = models.DecimalField(max_digits=22, decimal_places=4, help_text="What those spent, less returns.")
    linked = models.PositiveIntegerField(help_text="Customers tied to them by family, work or selling.")
    followers = models.BigIntegerField()
    worked_out_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(F("score").desc(), F("id"), name="service_reach_score")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score}"
