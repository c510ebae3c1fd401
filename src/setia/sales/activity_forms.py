"""What a person may type about an activity. Nothing is saved here."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from setia.accounts.models import User
from setia.core.permissions import may
from setia.core.queries import current_firm
from setia.core.text import line, paragraph
from setia.customers.queries import assignable, customers_for
from setia.sales.models import Activity, Opportunity
from setia.sales.queries import opportunities_for

if TYPE_CHECKING:
    from setia.customers.models import Customer

_YEARS = (1990, 2200)
_DURATIONS = (15, 30, 45, 60, 90, 120, 180, 240, 480)


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], help_text=help_text
    )


def in_years(day: date | None) -> date | None:
    """The day, unless its year cannot be meant."""
    if day is not None and not _YEARS[0] <= day.year <= _YEARS[1]:
        raise forms.ValidationError(
            _("The year lies between %(first)s and %(latest)s.") % {"first": _YEARS[0], "latest": _YEARS[1]}
        )
    return day


class ActivityForm(forms.Form):
    """An activity's facts, by the names of `actions.ActivityFacts`."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Activity.Kind, initial=Activity.Kind.CALL)
    title = forms.CharField(
        label=pgettext_lazy("activity", "What"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("In one line. Empty: it is called by its kind."),
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Customer"), queryset=None, required=False, widget=forms.HiddenInput
    )
    opportunity: "forms.ModelChoiceField[Opportunity]" = forms.ModelChoiceField(
        label=gettext_lazy("Opportunity"), queryset=None, required=False, widget=forms.HiddenInput
    )
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Done by"), queryset=None, empty_label=None
    )
    due_date = _day(gettext_lazy("Day"), help_text=gettext_lazy("Empty: some day."))
    planned_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: at any time of the day."),
    )
    duration_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Lasts"), required=False, coerce=int, empty_value=None, choices=()
    )
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, present: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.queryset = assignable(user, present.owner_id if present else user.pk)  # type: ignore[attr-defined]
        if not may(user, "sales.delegate"):
            del self.fields["owner"]
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]
        if present and present.customer_id and not customers_for(user).filter(pk=present.customer_id).exists():
            del self.fields["customer"]  # whom this person may not see, they cannot change either
        seen = opportunities_for(user).select_related("customer")
        self.fields["opportunity"].queryset = seen  # type: ignore[attr-defined]
        hidden = present and present.opportunity_id and not seen.filter(pk=present.opportunity_id).exists()
        if "customer" not in self.fields or hidden:
            del self.fields["opportunity"]
        lasts = sorted({*_DURATIONS, *([present.duration_minutes] if present and present.duration_minutes else [])})
        spoken = [("", _("Not stated")), *((str(one), in_hours(one)) for one in lasts)]
        self.fields["duration_minutes"].choices = spoken  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return line(self.cleaned_data["title"])

    def clean_place(self) -> str:
        return line(self.cleaned_data["place"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def clean_due_date(self) -> date | None:
        return in_years(self.cleaned_data["due_date"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("planned_time") and not data.get("due_date") and "due_date" not in self.errors:
            self.add_error("due_date", _("Say the day as well, or leave the time empty."))
        meant, customer = data.get("opportunity"), data.get("customer")
        if meant and customer and meant.customer_id != customer.pk:
            self.add_error("opportunity", _("This opportunity is another customer's. Take one of the two out."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, day and time as one moment of the firm's zone."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "planned_time")}
        at: time | None = self.cleaned_data["planned_time"]
        day: date | None = self.cleaned_data["due_date"]
        facts["planned_at"] = datetime.combine(day, at, tzinfo=current_firm().tz) if at and day else None
        return facts


class NextForm(forms.Form):
    """The one line of a record: what is next, and when."""

    kind = forms.ChoiceField(choices=Activity.Kind)
    title = forms.CharField(required=False, max_length=200)
    due_date = _day(gettext_lazy("Day"))

    def clean_due_date(self) -> date | None:
        return in_years(self.cleaned_data["due_date"])


class DoneForm(forms.Form):
    """How something went that is done: an outcome by one click, words where there are some."""

    kind = forms.ChoiceField(choices=Activity.Kind, required=False)
    title = forms.CharField(required=False, max_length=200)
    outcome = forms.ChoiceField(choices=[("", ""), *Activity.Outcome.choices], required=False)
    result = forms.CharField(required=False, max_length=20_000)  # the page's own limit counts a line break as one


def in_hours(minutes: int) -> str:
    """A duration in words: 45 min, 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(num)s h") % {"num": hours}] if hours else []
    parts += [_("%(num)s min") % {"num": rest}] if rest or not hours else []
    return " ".join(parts)


def next_working_day(day: date) -> date:
    """The next day that is no Saturday or Sunday: when one would take it up again."""
    ahead = day + timedelta(days=1)
    return ahead + timedelta(days=7 - ahead.weekday()) if ahead.weekday() > 4 else ahead


class RemindingForm(forms.Form):
    """How long before, and whether by e-mail: by the names of `actions.set_reminding`."""

    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long before"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=(
            ("0", gettext_lazy("When it begins")),
            ("10", gettext_lazy("10 minutes before")),
            ("30", gettext_lazy("30 minutes before")),
            ("60", gettext_lazy("An hour before")),
            ("120", gettext_lazy("Two hours before")),
            ("1440", gettext_lazy("A day before")),
            ("", gettext_lazy("Never remind me")),
        ),
        help_text=gettext_lazy("What has a day and no time is told at 8 in the morning of that day."),
    )
    by_mail = forms.BooleanField(label=gettext_lazy("By e-mail as well"), required=False)
