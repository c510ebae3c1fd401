"""What a person may type about consent, requests and keeping data, checked. Nothing is saved here."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.customers.models import Answer, ContactPoint, How, Purpose

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ConsentForm(forms.Form):
    """A yes or a no, for one purpose and some channels, with its proof."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose, initial=Purpose.MARKETING)
    state = forms.ChoiceField(
        label=_("What they said"),
        choices=[(Answer.State.GRANTED, _("Yes")), (Answer.State.WITHDRAWN, _("No, or no longer"))],
        widget=forms.RadioSelect,
        initial=Answer.State.GRANTED,
    )
    channels = forms.MultipleChoiceField(
        label=_("By which channels"),
        choices=ContactPoint.Kind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("For a no, choose none to close them all."),
    )
    how = forms.ChoiceField(label=_("How they said it"), choices=How, initial=How.SPOKEN)
    said_date = forms.DateField(label=_("On which day"), required=False, widget=_DAY)
    evidence = forms.CharField(
        label=_("Where the proof lies"),
        required=False,
        max_length=500,
        help_text=_("For example: signed form in folder 12, WhatsApp of 3 May."),
    )
    guardian = forms.CharField(
        label=_("Parent or guardian"),
        required=False,
        max_length=200,
        help_text=_("Only for a child under 18: who agreed for them."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_said_date(self) -> date | None:
        said: date | None = self.cleaned_data["said_date"]
        if said and not date(2000, 1, 1) <= said <= self.today:
            raise ValidationError(_("The day lies between 2000 and today."))
        return said

    def clean(self) -> dict[str, Any]:
        """A yes needs its channels named: nobody can have agreed to one they were not told of."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("state") == Answer.State.GRANTED and not data.get("channels"):
            self.add_error("channels", _("Tick the channels they agreed to."))
        return data

    def said_at(self) -> datetime | None:
        """The moment of the answer: noon of an earlier day, in the firm's zone; None for today."""
        said: date | None = self.cleaned_data["said_date"]
        if said is None or said == self.today:
            return None
        return datetime.combine(said, time(12), tzinfo=timezone.get_current_timezone())


class ConsentTextForm(forms.Form):
    """A wording customers are shown."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose, initial=Purpose.MARKETING)
    language = forms.ChoiceField(label=_("Language"), choices=[("id", "Bahasa Indonesia"), ("en", "English")])
    text = forms.CharField(
        label=_("The words"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say what you use the data for, for how long, and how to say no again (Law 27/2022, article 21)."),
        error_messages={"required": _("Write the words that customers are shown.")},
    )
