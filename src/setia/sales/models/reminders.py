"""Reminders of activities: each once, in the program and, where a person wants it, also by e-mail.

A reminder is written by the worker when its moment has come; the row is the proof that it was. Its letter goes through
these states: WAITING → SENDING (claimed by one worker, kept before anything leaves) → SENT. Where the worker dies in
between, nobody knows whether the letter left: it becomes UNKNOWN and is never sent again.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from setia.sales.models.activities import Activity

USUAL_MINUTES = 30
"""How long before an activity a person is reminded who has not said otherwise."""


class Reminder(models.Model):
    """An activity somebody was reminded of. It goes when the activity is moved: then there is a new one in its time."""

    class Mail(models.TextChoices):
        NONE = "NONE", _("No letter wanted")
        WAITING = "WAITING", _("To be sent")
        SENDING = "SENDING", _("Being sent")
        SENT = "SENT", _("Sent")
        UNKNOWN = "UNKNOWN", _("Perhaps sent")
        FAILED = "FAILED", _("Not sent")

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    mail = models.CharField(max_length=7, choices=Mail, default=Mail.NONE)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(F("user"), F("at").desc(), F("id").desc(), name="sales_reminders_of"),
            models.Index(F("user"), F("id"), condition=Q(mail__in=["WAITING", "SENDING"]), name="sales_reminders_out"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.mail}"


class Reminding(models.Model):
    """How a person wants to be reminded. No row: half an hour before, and by e-mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(null=True, default=USUAL_MINUTES, help_text="Before; null: never.")
    by_mail = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.minutes}"
