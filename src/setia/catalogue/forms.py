"""What a person may type about a product, checked and put into one spelling. Nothing is saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from setia.catalogue import codes
from setia.catalogue.models import Product
from setia.core.numbers import MoneyField
from setia.core.text import line, paragraph


class ProductForm(forms.Form):
    """A product's facts. `cleaned_data` names are those of `actions.Facts`, `category_name` apart."""

    code = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_("Yours, or the maker's. Capitals and spaces around it do not count."),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Product.Kind, widget=forms.RadioSelect, initial="GOODS")
    category_name = forms.CharField(
        label=_("Category"), required=False, max_length=200, help_text=_("Choose one, or type a new one.")
    )
    price = MoneyField(
        label=_("Price"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=_("For one, in the firm's currency. An order may say otherwise."),
    )
    warranty_months = forms.IntegerField(
        label=_("Warranty in months"),
        required=False,
        min_value=1,
        max_value=600,
        help_text=_("From the day it is bought. Empty: none."),
    )
    notes = forms.CharField(
        label=_("Notes"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        return codes.code(self.cleaned_data["code"])

    def clean_name(self) -> str:
        return line(self.cleaned_data["name"])

    def clean_category_name(self) -> str:
        return line(self.cleaned_data["category_name"])

    def clean_notes(self) -> str:
        return paragraph(self.cleaned_data["notes"])

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version and the category's name."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "category_name")}
