"""Who gets which prospect: the firm's hours and terms, rules with their people, and when each person works."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORKDAYS = "12345"
_FROM, _UNTIL = time(8), time(17)


class SalesDesk(models.Model):
    """The firm's terms: how soon somebody answers, and when a prospect nobody cares for goes to somebody else.

    `days` holds the week's working days as ISO numbers (1 is Monday), in the firm's zone. One row at most, with key 1.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    response_minutes = models.PositiveIntegerField(null=True, default=240, help_text="Null: no term for the answer.")
    business_hours = models.BooleanField(default=True, help_text="The term runs within working hours only.")
    days = models.CharField(max_length=7, default=WORKDAYS)
    from_time = models.TimeField(default=_FROM)
    until_time = models.TimeField(default=_UNTIL)
    idle_days = models.PositiveSmallIntegerField(null=True, help_text="Null: prospects stay with whom they are.")
    warn_days = models.PositiveSmallIntegerField(default=2, help_text="So long before they go, their owner is told.")
    map_address = models.CharField(
        max_length=300, default="", help_text="Where pictures of the ground are asked for; empty: nowhere."
    )
    map_credit = models.CharField(max_length=100, default="", help_text="Whose map it is.")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="sales_desk_is_one"),
            models.CheckConstraint(condition=Q(from_time__lt=models.F("until_time")), name="sales_desk_hours"),
            models.CheckConstraint(condition=Q(days__regex=r"^[1-7]{1,7}$"), name="sales_desk_days"),
        ]

    def __str__(self) -> str:
        return f"{self.days} {self.from_time}-{self.until_time}"


class WorkTime(models.Model):
    """When a person works, where it is not when the firm does; and until which day they are away."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    days = models.CharField(max_length=7, default=WORKDAYS)
    from_time = models.TimeField(default=_FROM)
    until_time = models.TimeField(default=_UNTIL)
    away_until_date = models.DateField(null=True, help_text="The last day away.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(from_time__lt=models.F("until_time")), name="sales_worktime_hours"),
            models.CheckConstraint(condition=Q(days__regex=r"^[1-7]{1,7}$"), name="sales_worktime_days"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.days}"


class ShareRule(models.Model):
    """Prospects that fit all it says go to its people, in turn or to whoever has fewest. The first that fits counts.

    Each condition is a list of words, and empty where it does not matter: `regions` and `interests` are words within
    the region and within what they want, `sources` whole sources.
    """

    class Way(models.TextChoices):
        TURN = "TURN", pgettext_lazy("sharing", "In turn")
        LOAD = "LOAD", pgettext_lazy("sharing", "To whoever has fewest open")

    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    way = models.CharField(max_length=4, choices=Way, default=Way.TURN)
    regions = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    interests = models.JSONField(default=list)
    most_open = models.PositiveIntegerField(null=True, help_text="Nobody gets more who has so many open ones.")
    at_work = models.BooleanField(default=False, help_text="Only to whoever is at work at that moment.")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ShareMember(models.Model):
    """A person of a rule, and when it was their turn last."""

    rule = models.ForeignKey(ShareRule, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("Person")
    )
    given_at = models.DateTimeField(null=True)
    given = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "user"], name="sales_sharemember_once")]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.user_id}"
