"""What a person may type about consent, requests and keeping data, checked. Nothing is saved here."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor
from setia.customers.models import Answer, ContactPoint, Customer, How, PrivacyRequest, Purpose
from setia.customers.queries import customers_for

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ConsentForm(forms.Form):
    """A yes or a no, for one purpose and some channels, with its proof.

    Nothing is ticked beforehand: a click too quick must not write down a consent that nobody gave.
    """

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose, initial=Purpose.MARKETING)
    state = forms.ChoiceField(
        label=_("What they said"),
        choices=[(Answer.State.GRANTED, _("Yes")), (Answer.State.WITHDRAWN, _("No, or no longer"))],
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=_("By which channels"),
        choices=ContactPoint.Kind,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick only what they named. For a no, choose none to close them all."),
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


class RequestForm(forms.Form):
    """What a person asked about their data, and when."""

    kind = forms.ChoiceField(
        label=_("What they ask"),
        choices=[one for one in PrivacyRequest.Kind.choices if one[0] != PrivacyRequest.Kind.BREACH],
        widget=forms.RadioSelect,
    )
    customer = forms.ModelChoiceField(
        label=_("Customer"), queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    received_at = forms.DateTimeField(
        label=_("When you received it"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The 3 × 24 hours of the law run from then. Left empty, it is now."),
    )
    note = forms.CharField(
        label=_("In their words"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, user: Actor, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]

    def chosen(self) -> Customer | None:
        """Who the form names, as shown in its picker."""
        value = self["customer"].value()
        if not str(value or "").isdecimal() or len(str(value)) > 18:
            return None
        found: Customer | None = self.fields["customer"].queryset.filter(pk=value).first()  # type: ignore[attr-defined]
        return found

    def clean_received_at(self) -> datetime | None:
        return _past(self.cleaned_data["received_at"], self.now)


class AnswerForm(forms.Form):
    """What a request was answered, or why it was refused."""

    refused = forms.TypedChoiceField(
        label=_("Outcome"),
        choices=[("0", _("Done")), ("1", _("Refused"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    answer = forms.CharField(
        label=_("What you answered"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class BreachForm(forms.Form):
    """What article 46 wants told, part by part."""

    known_at = forms.DateTimeField(
        label=_("When you found out"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The notice is due 3 × 24 hours later. Left empty, it is now."),
    )
    which = forms.CharField(
        label=_("Which personal data"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: names, telephone numbers, what was bought."),
    )
    whose = forms.CharField(
        label=_("Whose, and how many people"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    how = forms.CharField(
        label=_("When and how it happened"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    done = forms.CharField(label=_("What you have done"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    will = forms.CharField(
        label=_("What you will do to recover"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    advice = forms.CharField(
        label=_("What people can do themselves"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contact = forms.CharField(
        label=_("Who answers questions"), max_length=500, help_text=_("A name with a telephone number or an e-mail.")
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def clean_known_at(self) -> datetime | None:
        return _past(self.cleaned_data["known_at"], self.now)


class RetentionForm(forms.Form):
    """How long one kind of data is kept."""

    code = forms.CharField(max_length=20)
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=36_500)
    on = forms.BooleanField(required=False)


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    if moment and moment > now:
        raise ValidationError(_("This moment lies in the future."))
    if moment and moment.year < 2000:
        raise ValidationError(_("The day lies between 2000 and today."))
    return moment
