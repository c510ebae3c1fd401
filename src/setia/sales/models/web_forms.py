"""Forms the firm puts on the web, and what people sent by them.

A submission is kept as it came. What Setia made of it is its state: a prospect, something told on the record of
somebody who was here already, a letter that waits to be confirmed, or what looks like advertising and waits for a look.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class WebForm(models.Model):
    """A public page with a few questions. Its address is its slug."""

    class Kind(models.TextChoices):
        DEMO = "DEMO", pgettext_lazy("form", "Demo")
        TRIAL = "TRIAL", pgettext_lazy("form", "Trial")
        OFFER = "OFFER", pgettext_lazy("form", "Offer")
        CONTACT = "CONTACT", pgettext_lazy("form", "Contact")

    class Asked(models.TextChoices):
        """Whether a question is put, and must be answered."""

        NO = "NO", pgettext_lazy("question", "not asked")
        MAY = "MAY", pgettext_lazy("question", "may stay empty")
        MUST = "MUST", pgettext_lazy("question", "must be answered")

    slug = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.CONTACT)
    title = models.CharField(max_length=150)
    intro = models.TextField(blank=True, default="")
    thanks = models.TextField(blank=True, default="", help_text="What is said once it was sent.")
    language = models.CharField(max_length=2, default="id")
    fields = models.JSONField(
        default=dict, help_text="`Asked` by question: name, whatsapp, email, region, message, n12."
    )
    consent_purpose = models.CharField(
        max_length=9, blank=True, default="", help_text="What consent is asked for, if any."
    )
    confirm = models.BooleanField(default=False, help_text="Nothing counts before a link in a letter was opened.")
    source = models.CharField(max_length=60, blank=True, default="")
    campaign = models.CharField(max_length=100, blank=True, default="")
    sites = models.JSONField(default=list, help_text="Origins that may show the form within their pages.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9-]+$"), name="sales_webform_slug")]

    def __str__(self) -> str:
        return self.title

    def asks(self, question: str) -> str:
        """One of `Asked`."""
        fields: dict[str, Any] = self.fields
        return str(fields.get(question, self.Asked.NO))


class Submission(models.Model):
    """What somebody sent by a form. Who they are is known once it was taken up (`customer`)."""

    class State(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("submission", "Waits for the letter's link")
        NEW = "NEW", pgettext_lazy("submission", "New prospect")
        KNOWN = "KNOWN", pgettext_lazy("submission", "Was here already")
        HELD = "HELD", pgettext_lazy("submission", "Looks like advertising")

    form = models.ForeignKey(WebForm, on_delete=models.PROTECT, related_name="submissions", db_index=False)
    state = models.CharField(max_length=7, choices=State)
    answers = models.JSONField(default=dict)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.CASCADE, related_name="+")
    consent_text = models.ForeignKey("customers.ConsentText", null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=60, blank=True, default="")
    campaign = models.CharField(max_length=100, blank=True, default="")
    place = models.CharField(max_length=16, blank=True, default="", help_text="The sender's address as its keyed hash.")
    token_hash = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(F("form"), F("at").desc(), F("id").desc(), name="sales_submissions_of_form"),
            models.Index(fields=["token_hash"], condition=Q(token_hash__gt=""), name="sales_submission_token"),
            models.Index(F("at"), condition=Q(customer=None), name="sales_submission_nobodys"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d}"
