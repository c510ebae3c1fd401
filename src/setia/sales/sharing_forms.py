"""What a person may set about who gets which prospect. Nothing is saved here."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from setia.accounts.models import User
from setia.core.text import line
from setia.sales.models import ShareRule
from setia.sales.queries import people_of

DAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class HoursForm(forms.Form):
    """Days of the week, and from when until when."""

    days = forms.MultipleChoiceField(label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple)
    from_time = _time(_("Work begins"))
    until_time = _time(_("Work ends"))

    def clean_days(self) -> str:
        return "".join(sorted(self.cleaned_data["days"]))

    def clean(self) -> dict[str, Any]:
        """Work ends after it began."""
        data: dict[str, Any] = super().clean() or {}
        begins, ends = data.get("from_time"), data.get("until_time")
        if begins and ends and begins >= ends:
            self.add_error("until_time", _("Work ends after it begins."))
        return data


class DeskForm(HoursForm):
    """The firm's terms, by the names of `SalesDesk`."""

    response_minutes = forms.IntegerField(
        label=_("First answer within (minutes)"),
        required=False,
        min_value=1,
        max_value=60 * 24 * 30,
        help_text=_("From then on a prospect nobody was in touch with is late. Empty: no term."),
    )
    business_hours = forms.BooleanField(label=_("Count working hours only"), required=False)
    idle_days = forms.IntegerField(
        label=_("Give idle prospects to somebody else after (days)"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=_("Days without a touch or a step. Empty: they stay with whom they are."),
    )
    warn_days = forms.IntegerField(label=_("Tell whoever has them so many days before"), min_value=0, max_value=60)

    field_order = ("response_minutes", "business_hours", "days", "from_time", "until_time", "idle_days", "warn_days")


class PersonHoursForm(HoursForm):
    """When one person works, and until when they are away."""

    away_until_date = forms.DateField(
        label=_("Away until and with"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


class RuleForm(forms.Form):
    """A rule, by the names of `ShareRule`."""

    name = forms.CharField(label=_("Name"), max_length=100)
    people = forms.MultipleChoiceField(label=_("People"), choices=[], widget=forms.CheckboxSelectMultiple)
    way = forms.ChoiceField(label=_("How"), choices=ShareRule.Way)
    regions = forms.CharField(
        label=_("Only from these regions"),
        required=False,
        max_length=1000,
        help_text=_("Separated by commas; part of a name is enough."),
    )
    sources = forms.CharField(label=_("Only from these sources"), required=False, max_length=1000)
    interests = forms.CharField(
        label=_("Only who wants one of these"),
        required=False,
        max_length=1000,
        help_text=_("Words in what they want, or in the campaign: a product, a service."),
    )
    most_open = forms.IntegerField(
        label=_("At most so many open ones a person"), required=False, min_value=1, max_value=1000
    )
    at_work = forms.BooleanField(label=_("Only to people who are at work at that moment"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: dict[str, User] = {str(one.pk): one for one in people_of()}
        self.fields["people"].choices = [(key, str(one)) for key, one in self.offered.items()]  # type: ignore[attr-defined]

    def clean_regions(self) -> list[str]:
        return self._words("regions")

    def clean_sources(self) -> list[str]:
        return self._words("sources")

    def clean_interests(self) -> list[str]:
        return self._words("interests")

    def clean_people(self) -> list[User]:
        return [self.offered[key] for key in self.cleaned_data["people"]]

    def _words(self, name: str) -> list[str]:
        words = [line(one) for one in self.cleaned_data[name].split(",")]
        if len(words) > 50:
            raise ValidationError(_("At most fifty."))
        return [one for one in words if one]
