"""What a person may type about targets and commission. Nothing is saved here."""

import calendar
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.accounts.queries import everybody, teams
from setia.catalogue.queries import products_for
from setia.core.numbers import MoneyField, NumberField
from setia.core.text import line
from setia.sales.models import Target
from setia.sales.tiers import BadTiers, checked

TIERS = 5


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], help_text=help_text
    )


class TargetForm(forms.Form):
    """A target, by the names of `actions.TargetFacts`; `who` is a person (`p7`), a team (`t3`) or the firm ('')."""

    measure = forms.ChoiceField(label=gettext_lazy("What counts"), choices=Target.Measure, widget=forms.RadioSelect)
    who = forms.ChoiceField(label=gettext_lazy("Whose"), required=False)
    product: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=None, required=False
    )
    from_date = _day(gettext_lazy("From"))
    until_date = _day(gettext_lazy("Until"), help_text=gettext_lazy("The last day of it."))
    value = MoneyField(
        label=gettext_lazy("To be reached"),
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("Money in the firm's currency, or how many."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"p{one.pk}": one for one in everybody() if one.is_active}
        self.teams = {f"t{one.pk}": one for one in teams()}
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole firm")),
            *((key, str(one)) for key, one in self.teams.items()),
            *((key, str(one)) for key, one in self.people.items()),
        ]
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if value <= 0:
            raise forms.ValidationError(_("A target is above 0."))
        return value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, final = data.get("from_date"), data.get("until_date")
        for name, day in (("from_date", first), ("until_date", final)):
            if day and not 1990 <= day.year <= 2200:
                self.add_error(
                    name, _("The year lies between %(first)s and %(latest)s.") % {"first": 1990, "latest": 2200}
                )
        if first and final and final < first:
            self.add_error("until_date", _("It ends before it begins."))
        if first and final and (final - first).days > 366:
            self.add_error("until_date", _("A target runs for a year at most."))
        if data.get("product") and data.get("measure") not in ("AMOUNT", "ORDERS"):
            self.add_error("product", _("Only revenue and orders are counted by product."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, with the person or team it names."""
        names = ("measure", "product", "from_date", "until_date", "value")
        facts = {name: self.cleaned_data[name] for name in names}
        who = self.cleaned_data["who"]
        return facts | {"person": self.people.get(who), "team": self.teams.get(who)}


class RuleForm(forms.Form):
    """A rule of commission: its tiers in `TIERS` lines, how it is shared, and from which month."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    from_date = _day(
        gettext_lazy("From the month of"), help_text=gettext_lazy("Any day of it: a rule begins with a month.")
    )
    closer_percent = NumberField(
        label=gettext_lazy("To whoever won the opportunity, in percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("The rest goes to who is responsible for the customer, where that is somebody else."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(TIERS):
            self.fields[f"start_{place}"] = MoneyField(
                label=_("From"), required=False, min_value=0, max_digits=18, decimal_places=4
            )
            self.fields[f"percent_{place}"] = NumberField(
                label=_("Percent"), required=False, min_value=0, max_value=100, max_digits=7, decimal_places=4
            )

    @property
    def ladder(self) -> list[tuple[Any, Any]]:
        """The fields of each tier, side by side."""
        return [(self[f"start_{place}"], self[f"percent_{place}"]) for place in range(TIERS)]

    def clean_name(self) -> str:
        return line(self.cleaned_data["name"])

    def clean_from_date(self) -> date:
        day: date = self.cleaned_data["from_date"]
        if not 1990 <= day.year <= 2200:
            raise forms.ValidationError(
                _("The year lies between %(first)s and %(latest)s.") % {"first": 1990, "latest": 2200}
            )
        return day.replace(day=1)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        pairs = [(data.get(f"start_{place}"), data.get(f"percent_{place}")) for place in range(TIERS)]
        tiers = [(start or Decimal(0), percent) for start, percent in pairs if percent is not None]
        try:
            data["tiers"] = checked(tiers)
        except BadTiers:
            self.add_error(None, _("The tiers begin at 0 and climb: fill them in from below, each with its percent."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, by the names of `actions.RuleFacts`."""
        return {name: self.cleaned_data[name] for name in ("name", "tiers", "closer_percent", "from_date")}


def month_end(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
