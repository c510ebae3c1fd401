"""What a person may type into the know-how. Nothing is saved here."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.accounts.queries import everybody
from setia.catalogue.queries import products_for
from setia.core.numbers import MoneyField
from setia.core.text import line, paragraph
from setia.planning.models import Experiment


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _product(label: Any, *, required: bool) -> "forms.ModelChoiceField[Any]":
    field: forms.ModelChoiceField[Any] = forms.ModelChoiceField(label=label, queryset=None, required=required)
    return field


class AnswerForm(forms.Form):
    """A question and its answer, by the names of `actions.AnswerFacts`."""

    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=300, help_text=gettext_lazy("As a customer would ask it.")
    )
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=20_000, widget=_area(8))
    product = _product(gettext_lazy("Product"), required=False)
    category_name = forms.CharField(
        label=gettext_lazy("Category"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For a whole category instead of one product. Empty, too: about buying from you at all."
        ),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Words it is looked for by, parted by commas."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    def clean_question(self) -> str:
        return _said(line(self.cleaned_data["question"]))

    def clean_answer(self) -> str:
        return _said(paragraph(self.cleaned_data["answer"]))

    def clean_category_name(self) -> str:
        return line(self.cleaned_data["category_name"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("product") and data.get("category_name"):
            self.add_error("category_name", _("It is about a product or about a category, not both."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class AdviceForm(forms.Form):
    """The firm's own words on a trait or stage."""

    do = forms.CharField(
        label=gettext_lazy("Do"),
        required=False,
        max_length=5000,
        widget=_area(5),
        help_text=gettext_lazy("A point a line."),
    )
    say = forms.CharField(label=gettext_lazy("Say"), required=False, max_length=5000, widget=_area(3))
    avoid = forms.CharField(label=gettext_lazy("Leave"), required=False, max_length=5000, widget=_area(4))


class RivalForm(forms.Form):
    """A rival's name and what is known of it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=10_000,
        widget=_area(4),
        help_text=gettext_lazy("What they are good at, whom they suit, how to speak about them fairly."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_name(self) -> str:
        return _said(line(self.cleaned_data["name"]))


class ClaimForm(forms.Form):
    """What is claimed for a rival, our answer and the evidence, by the names of `actions.ClaimFacts`."""

    claim = forms.CharField(
        label=gettext_lazy("What is said for them"),
        max_length=300,
        help_text=gettext_lazy("As a customer says it: “theirs is cheaper”."),
    )
    answer = forms.CharField(label=gettext_lazy("Our answer"), max_length=10_000, widget=_area(4))
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=10_000,
        widget=_area(3),
        help_text=gettext_lazy("A test, a figure, a customer who may be named. Without it, it is a claim, too."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_claim(self) -> str:
        return _said(line(self.cleaned_data["claim"]))

    def clean_answer(self) -> str:
        return _said(paragraph(self.cleaned_data["answer"]))

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PriceForm(forms.Form):
    """What a rival asks, by the names of `actions.note_price`."""

    product = _product(gettext_lazy("Our product"), required=True)
    theirs = forms.CharField(label=gettext_lazy("What they call theirs"), required=False, max_length=200)
    price = MoneyField(
        label=gettext_lazy("Their price"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("For one. Empty takes away what was noted for this product."),
    )
    seen_date = forms.DateField(
        label=gettext_lazy("Seen on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    source = forms.CharField(
        label=gettext_lazy("Where"), required=False, max_length=300, help_text=gettext_lazy("A shop, a page, an offer.")
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    def clean_seen_date(self) -> date:
        day: date = self.cleaned_data["seen_date"]
        if not date(1990, 1, 1) <= day <= self.today:
            raise forms.ValidationError(_("A day that has been, please: prices are noted when they are seen."))
        return day


def _said(text: str) -> str:
    if not text:
        raise forms.ValidationError(_("This is needed."))
    return text


class ExperimentForm(forms.Form):
    """An experiment, by the names of `actions.begin_experiment`."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    method = forms.CharField(
        label=gettext_lazy("What is done otherwise?"),
        max_length=10_000,
        widget=_area(4),
        help_text=gettext_lazy("So that whoever sells knows what to do with those drawn for it."),
    )
    success = forms.ChoiceField(
        label=gettext_lazy("What counts as success?"), choices=Experiment.Success, widget=forms.RadioSelect
    )
    drawn_by = forms.ChoiceField(label=gettext_lazy("Who is drawn?"), choices=Experiment.By, widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label=gettext_lazy("Of a hundred customers, the new way for"), min_value=1, max_value=99, required=False
    )
    people = forms.MultipleChoiceField(
        label=gettext_lazy("Whose customers take part"), widget=forms.CheckboxSelectMultiple
    )
    tries = forms.MultipleChoiceField(
        label=gettext_lazy("By person: who sells the new way"), required=False, widget=forms.CheckboxSelectMultiple
    )
    from_date = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    until_date = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("Decide it now: who stops when the figures please finds what is not there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everybody = {str(one.pk): one for one in everybody() if one.is_active}
        for name in ("people", "tries"):
            self.fields[name].choices = [(key, str(one)) for key, one in self.everybody.items()]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return _said(line(self.cleaned_data["name"]))

    def clean_method(self) -> str:
        return _said(paragraph(self.cleaned_data["method"]))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, final = data.get("from_date"), data.get("until_date")
        for name, day in (("from_date", first), ("until_date", final)):
            if day and not 1990 <= day.year <= 2200:
                words = _("The year lies between %(first)s and %(latest)s.")
                self.add_error(name, words % {"first": 1990, "latest": 2200})
        if first and final and final < first:
            self.add_error("until_date", _("It ends before it begins."))
        tries, people = set(data.get("tries") or ()), set(data.get("people") or ())
        if data.get("drawn_by") == "PERSON" and (not tries or tries >= people):
            self.add_error("tries", _("Somebody must sell the new way, and somebody as before."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, with the people it names."""
        names = ("name", "method", "success", "drawn_by", "from_date", "until_date")
        chosen = {key: [self.everybody[pk] for pk in self.cleaned_data[key]] for key in ("people", "tries")}
        if self.cleaned_data["drawn_by"] != "PERSON":
            chosen["tries"] = []
        percent = self.cleaned_data["percent"] or 50
        return {name: self.cleaned_data[name] for name in names} | chosen | {"percent": percent}
