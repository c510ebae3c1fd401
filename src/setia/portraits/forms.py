"""What a person may type who says otherwise than what is computed. Nothing is saved here."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from setia.core.text import line
from setia.portraits.queries.classes import values_of


class OverruleForm(forms.Form):
    """What should count, why, and until when."""

    value = forms.ChoiceField(label=_("What should count"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Colleagues read it beside the figures."),
    )
    until_date = forms.DateField(
        label=_("Until which day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("After it the computed value counts again by itself. Empty: until somebody takes it back."),
    )

    def __init__(self, *args: Any, what: str, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = values_of(what)  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        reason = line(self.cleaned_data["reason"])
        if not reason:
            raise ValidationError(_("Say in a word why; whoever reads it later will ask."))
        return reason

    def clean_until_date(self) -> date | None:
        until: date | None = self.cleaned_data["until_date"]
        if until and until < self.today:
            raise ValidationError(_("This day has passed. Choose today or a later day, or leave it empty."))
        return until
