"""Forms about the firm's own fields: their definitions, and values on a customer's form. Nothing is saved here."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor
from setia.customers import normalise
from setia.customers.models import Customer, CustomField
from setia.customers.queries import FieldDef, customers_for
from setia.customers.typed import TEXT_LENGTH, Value

OWN = "own_"
"""Before the key of an own field in the name of its input."""


class FieldForm(forms.Form):
    """A field's words, and whether lists can be narrowed by it."""

    label = forms.CharField(label=_("Name"), max_length=60)
    hint = forms.CharField(
        label=_("Hint"), required=False, max_length=200, help_text=_("Stands under the field when it is filled in.")
    )
    quick = forms.BooleanField(
        label=_("Lists can be filtered and sorted by it"),
        required=False,
        help_text=_("Takes a little room in the database; it is made ready in the background."),
    )

    def clean_label(self) -> str:
        return normalise.text(self.cleaned_data["label"])

    def clean_hint(self) -> str:
        return normalise.text(self.cleaned_data["hint"])


class NewFieldForm(FieldForm):
    """The same for a field not there yet, with its kind, which stays, and the options of a choice, one a line."""

    type = forms.ChoiceField(label=_("Kind"), choices=CustomField.Type, widget=forms.RadioSelect, initial="TEXT")
    options = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=12_500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For the kind Choice: one a line. You can add and rename them later."),
    )
    field_order = ("label", "type", "options", "hint", "quick")

    def clean_options(self) -> list[str]:
        lines = [normalise.text(one) for one in self.cleaned_data["options"].splitlines()]
        first: dict[str, str] = {}
        for one in filter(None, lines):
            first.setdefault(one.casefold(), one)
        words = list(first.values())
        if any(len(one) > 60 for one in words):
            raise ValidationError(_("A choice has at most 60 characters."))
        return words

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("type") == CustomField.Type.CHOICE and not data.get("options") and "options" not in self.errors:
            self.add_error("options", _("Write at least one choice."))
        return data


class OptionForm(forms.Form):
    """The word of an option."""

    label = forms.CharField(label=_("Choice"), max_length=60)

    def clean_label(self) -> str:
        return normalise.text(self.cleaned_data["label"])


def own_fields(
    fields: Sequence[FieldDef], extra: Mapping[str, Any], *, user: Actor, customer: Customer | None
) -> dict[str, forms.Field]:
    """An input for each of the firm's own fields, by its name on the form."""
    return {OWN + one.key: _input(one, extra.get(one.key), user=user, customer=customer) for one in fields}


def _input(field: FieldDef, kept: Any, *, user: Actor, customer: Customer | None) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "help_text": field.hint, "required": False}
    if field.letter == "d":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if field.letter == "c":
        offered = [(str(o.id), o.label) for o in field.options if not o.hidden or o.id == kept]
        return forms.ChoiceField(choices=[("", _("Not stated")), *offered], **common)
    if field.letter == "r":
        people = customers_for(user)
        people = people.exclude(pk=customer.pk) if customer else people
        return forms.ModelChoiceField(queryset=people, widget=forms.HiddenInput, **common)
    if field.letter == "t":
        return forms.CharField(max_length=TEXT_LENGTH, **common)
    return forms.CharField(max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)


def own_values(form: forms.Form, fields: Sequence[FieldDef]) -> dict[str, Value | None]:
    """The values of the firm's own fields as given, by key; what does not fit is an error of its input."""
    values: dict[str, Value | None] = {}
    for field in fields:
        name = OWN + field.key
        if name not in form.cleaned_data:  # its input found it wrong already
            continue
        given = form.cleaned_data[name]
        try:
            values[field.key] = field.parse(given.pk if isinstance(given, Customer) else given)
        except ValidationError as error:
            form.add_error(name, error)
    return values


def shown(field: FieldDef, value: Value | None) -> Any:
    """A value as its input shows it: a number as a person here writes it, a choice and a reference by key."""
    if value is None:
        return None
    if field.letter in "nm":
        return format(value, "f").replace(".", ",")
    return str(value) if field.letter == "c" else value
