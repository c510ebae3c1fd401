"""What a person may type about serving a customer. Nothing is saved here."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.core.numbers import MoneyField, NumberField
from setia.core.permissions import may
from setia.core.text import line, paragraph
from setia.customers.queries import assignable
from setia.service.models import Concern, Contract, Followers
from setia.service.queries import Terms, contracts_for

if TYPE_CHECKING:
    from setia.customers.models import Customer

_YEARS = (1990, 2200)


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], help_text=help_text
    )


def _in_years(day: date | None) -> date | None:
    if day is not None and not _YEARS[0] <= day.year <= _YEARS[1]:
        raise forms.ValidationError(
            _("The year lies between %(first)s and %(latest)s.") % {"first": _YEARS[0], "latest": _YEARS[1]}
        )
    return day


class ContractForm(forms.Form):
    """A contract's facts, by the names of `actions.contracts.ContractFacts`."""

    title = forms.CharField(
        label=gettext_lazy("Contract"), max_length=200, help_text=gettext_lazy("What the work is: coffee bar, fit-out.")
    )
    number = forms.CharField(label=gettext_lazy("Number"), required=False, max_length=100)
    from_date = _day(gettext_lazy("From"))
    until_date = _day(
        gettext_lazy("Until"), required=False, help_text=gettext_lazy("The last day of it. Empty: no end agreed.")
    )
    value = MoneyField(
        label=gettext_lazy("Value"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("Of the whole contract."),
    )
    complexity = forms.ChoiceField(
        label=gettext_lazy("Complexity"),
        choices=[("", gettext_lazy("Not stated")), *Contract.Complexity.choices],
        required=False,
    )
    responsible: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Account manager"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, present: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = assignable(user, present)  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return line(self.cleaned_data["title"])

    def clean_number(self) -> str:
        return line(self.cleaned_data["number"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def clean_from_date(self) -> date | None:
        return _in_years(self.cleaned_data["from_date"])

    def clean_until_date(self) -> date | None:
        return _in_years(self.cleaned_data["until_date"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, final = data.get("from_date"), data.get("until_date")
        if first and final and final < first:
            self.add_error("until_date", _("It ends before it begins."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ConcernForm(forms.Form):
    """A revision's or complaint's facts, by the names of `actions.concerns.ConcernFacts`."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Concern.Kind, widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("What is it about?"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    raised_date = _day(gettext_lazy("Day"))
    due_date = _day(gettext_lazy("Promised for"), required=False)
    contract: "forms.ModelChoiceField[Contract]" = forms.ModelChoiceField(
        label=gettext_lazy("Contract"), queryset=None, required=False, empty_label=gettext_lazy("None")
    )
    resolver: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Resolved by"), queryset=None, required=False, empty_label=gettext_lazy("Nobody yet")
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, customer: "Customer", present: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = contracts_for(user).filter(customer=customer).order_by("-from_date", "-id")
        self.fields["contract"].queryset = theirs  # type: ignore[attr-defined]
        self.fields["resolver"].queryset = assignable(user, present)  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        words = paragraph(self.cleaned_data["words"])
        if not words:
            raise forms.ValidationError(_("Say what it is about."))
        return words

    def clean_raised_date(self) -> date | None:
        return _in_years(self.cleaned_data["raised_date"])

    def clean_due_date(self) -> date | None:
        due, raised = _in_years(self.cleaned_data["due_date"]), self.cleaned_data.get("raised_date")
        if due and raised and due < raised:
            raise forms.ValidationError(_("This is before the day it was said. Choose that day or a later one."))
        return due

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AnswerForm(forms.Form):
    """How a revision or complaint was resolved."""

    answer = forms.CharField(
        label=gettext_lazy("What was done?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_answer(self) -> str:
        return paragraph(self.cleaned_data["answer"])


class FollowersForm(forms.Form):
    """How many follow a customer on a channel, by the names of `actions.note_followers`."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Followers.Channel)
    number = forms.IntegerField(
        label=gettext_lazy("Followers or members"),
        min_value=0,
        max_value=2_000_000_000,
        help_text=gettext_lazy("0 takes the number of this channel away."),
    )
    seen_date = _day(gettext_lazy("Seen on"))

    def clean_seen_date(self) -> date | None:
        return _in_years(self.cleaned_data["seen_date"])


class DiscountForm(forms.Form):
    """Percent off the list: of one who sells, and of everybody of their role. Empty is none of its own."""

    own = NumberField(
        label=gettext_lazy("Of this seller, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Goes before that of their role. Empty: that of their role."),
    )
    of_role = NumberField(
        label=gettext_lazy("Of everybody of this role, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Empty: none."),
    )

    def __init__(self, *args: Any, user: User, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (terms.sells and may(user, "service.class_discounts")):
            del self.fields["of_role"]
