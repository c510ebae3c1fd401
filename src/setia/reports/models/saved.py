"""Reports people keep under a name with their period, and to whom they go by e-mail.

A saved report holds words of an address and no figure: what it shows, each reader's own gate says, on the page and in a
letter alike. One deleted keeps its row, so that it can come back.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class SavedReport(models.Model):
    """A report somebody saved. With `for_all` everybody sees it, with a `team` its members do, else its maker alone."""

    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    report = models.CharField(max_length=40, help_text="The name of the report, in `live.LIVE`.")
    params = models.JSONField(default=dict, help_text="The words of its address: `period`, `from`, `to`, `per`.")
    for_all = models.BooleanField(default=False)
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="reports_saved_name_not_empty"),
            models.CheckConstraint(condition=Q(for_all=False) | Q(team=None), name="reports_saved_one_sharing"),
        ]

    def __str__(self) -> str:
        return self.name


class Mailing(models.Model):
    """A saved report that goes to one person by e-mail, with what that person may see.

    `next_at` is when the next letter is due. Whoever sends it sets that a step on before anything leaves, so that no
    letter goes twice; one that did not leave says so in `problem`.
    """

    class Every(models.TextChoices):
        DAY = "DAY", pgettext_lazy("report by e-mail", "Every day")
        WEEK = "WEEK", pgettext_lazy("report by e-mail", "Every Monday")
        MONTH = "MONTH", pgettext_lazy("report by e-mail", "On the first of each month")

    saved = models.ForeignKey(SavedReport, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    every = models.CharField(max_length=5, choices=Every)
    next_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Of the letter due now, while no server was reached.")
    sent_at = models.DateTimeField(null=True, help_text="When the latest letter left.")
    problem = models.CharField(max_length=20, blank=True, default="", help_text="A reason of `core.mail.REASONS`.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["saved", "user"], name="reports_mailing_once")]

    def __str__(self) -> str:
        return f"{self.saved_id} to {self.user_id}"
