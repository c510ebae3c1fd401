"""What a person says about a file: what it holds, and which column is which. Nothing is saved here."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.intake.models import Run
from setia.intake.queries.check import fields_for
from setia.intake.reading.fields import PEOPLE
from setia.intake.reading.guess import Guess
from setia.intake.reading.layout import Layout
from setia.intake.reading.plan import Cancelled, Plan

OWN = "OWN"
NEW_FIELD = "NEW"
KINDS = {
    "TEXT": pgettext_lazy("a kind of own field", "text"),
    "NUMBER": pgettext_lazy("a kind of own field", "number"),
    "MONEY": pgettext_lazy("a kind of own field", "money"),
    "DATE": pgettext_lazy("a kind of own field", "day"),
    "CHOICE": pgettext_lazy("a kind of own field", "choice"),
}
KINDS_OF_FILES = (
    Run.What.ORDERS,
    Run.What.CUSTOMERS,
    Run.What.PROSPECTS,
    Run.What.PRODUCTS,
    Run.What.SUBSCRIPTIONS,
    Run.What.UNITS,
    Run.What.CONTRACTS,
    Run.What.CONCERNS,
)
CURRENCIES = ("IDR", "USD", "EUR", "SGD", "MYR", "GBP", "JPY", "CNY", "AUD")


CURRENCY_CHOICES = [(OWN, _("the firm's own")), *((code, code) for code in CURRENCIES)]


MATCH_CHOICES = [
    ("NUMBER", _("customer number")),
    ("PHONE", _("telephone")),
    ("EMAIL", _("e-mail address")),
    ("TAX", _("tax number")),
    ("NAME_TOWN", _("name and town")),
]


class UploadForm(forms.Form):
    """A file and what it holds."""

    what = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[(one.value, one.label) for one in KINDS_OF_FILES],
        initial=Run.What.ORDERS,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=300)
    source = forms.CharField(
        label=_("Where the numbers come from"),
        max_length=64,
        required=False,
        initial="main",
        help_text=_(
            "Order and customer numbers of two systems may be the same and mean different things."
            " Give each system a name, such as shop or tokopedia."
        ),
    )
    append = forms.BooleanField(
        label=_("Add lines to orders that are already here, instead of replacing their lines"), required=False
    )


class MappingForm(forms.Form):
    """The columns of one file and how its values are written. `plan()` is the plan as corrected."""

    date_order = forms.ChoiceField(
        label=_("Dates written in digits"),
        choices=[("DMY", _("day first: 31/12/2025")), ("MDY", _("month first: 12/31/2025")), ("YMD", _("year first"))],
    )
    decimal = forms.ChoiceField(
        label=_("Numbers"), choices=[(",", _("comma for decimals: 1.234,56")), (".", _("point for decimals: 1,234.56"))]
    )
    cancelled = forms.ChoiceField(
        label=_("Cancelled orders"),
        choices=[
            ("NONE", _("the file marks none")),
            ("PREFIX", _("their number starts with a letter")),
            ("COLUMN", _("a column says so")),
        ],
    )
    letter = forms.CharField(label=_("The letter"), max_length=5, required=False)
    placeholders = forms.ChoiceField(
        label=_("Customer ids such as 0, - or guest"),
        choices=[("DROP", _("mean no customer")), ("KEEP", _("are customers"))],
    )
    keep_ids = forms.CharField(
        label=_("Except these ids, which are customers"),
        max_length=2000,
        required=False,
        help_text=_("Several with commas between them."),
    )
    match = forms.ChoiceField(
        label=_("Recognise customers by"),
        choices=MATCH_CHOICES,
        required=False,
        help_text=_("A row without it is recognised by the next it has: number, telephone, e-mail, name alone."),
    )
    currency = forms.ChoiceField(
        label=_("Currency of the amounts"),
        choices=CURRENCY_CHOICES,
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)

    def __init__(
        self, data: Any = None, *, base: Plan, layout: Layout, offers: Mapping[int, Guess] | None = None
    ) -> None:
        """`offers` are the columns that an own field may be made of, by their places."""
        self.base, self.layout, self.offers = base, layout, offers or {}
        by_place = {place: name for name, place in base.fields.items()}
        if data is not None:
            data = data.copy()
            for place, name in by_place.items():  # a change a moment ago may have made the field this one asks for
                if data.get(f"column_{place}") == NEW_FIELD and place not in self.offers and name.startswith("own_"):
                    data[f"column_{place}"] = name
        super().__init__(data, initial=self._initial(), auto_id="map_%s")
        choices = [("", _("not taken in")), *fields_for(base.what)]
        for place, name in enumerate(layout.header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name, choices=self._choices(choices, place), required=False, initial=by_place.get(place, "")
            )
        sheet = self.fields["sheet"]
        assert isinstance(sheet, forms.ChoiceField)
        sheet.choices = [(one, one) for one in layout.sheets]
        if len(layout.sheets) < 2:
            del self.fields["sheet"]
        currency = self.fields.get("currency")
        if isinstance(currency, forms.ChoiceField) and base.currency and base.currency not in CURRENCIES:
            currency.choices = [*CURRENCY_CHOICES, (base.currency, base.currency)]
        if base.what != "ORDERS":
            for name in ("cancelled", "letter"):
                del self.fields[name]
        if base.what not in ("ORDERS", "SUBSCRIPTIONS"):
            del self.fields["currency"]
        if base.what not in (*PEOPLE, "PRODUCTS"):  # their rows name no tax number
            match = self.fields["match"]
            assert isinstance(match, forms.ChoiceField)
            match.choices = [one for one in MATCH_CHOICES if one[0] != "TAX"]
        if base.what == "PRODUCTS":
            for name in ("placeholders", "keep_ids", "date_order", "match"):
                del self.fields[name]

    def _choices(self, choices: list[tuple[str, Any]], place: int) -> list[tuple[str, Any]]:
        if (offer := self.offers.get(place)) is None:
            return choices
        words = _now("a new field of your own: %(kind)s") % {"kind": KINDS[offer.type]}
        return [choices[0], (NEW_FIELD, words), *choices[1:]]

    def new_fields(self) -> dict[int, Guess]:
        """The columns to make own fields of, with their kinds. Only of a valid form."""
        return {place: one for place, one in self.offers.items() if self.cleaned_data[f"column_{place}"] == NEW_FIELD}

    def _initial(self) -> dict[str, Any]:
        base = self.base
        return {
            "date_order": base.date_order,
            "decimal": base.decimal,
            "cancelled": base.cancelled.kind,
            "letter": base.cancelled.prefix,
            "placeholders": base.placeholders,
            "keep_ids": ", ".join(base.keep_ids),
            "currency": base.currency or OWN,
            "sheet": self.layout.sheet,
            "match": base.match,
        }

    def column(self, place: int) -> forms.BoundField:
        """The choice for one column of the file."""
        return self[f"column_{place}"]

    def settings(self) -> list[forms.BoundField]:
        """The choices that are about no single column; those that mean nothing as things stand are left out."""
        idle = set()
        if "cancelled" in self.fields and self["cancelled"].value() != "PREFIX":
            idle.add("letter")
        if "placeholders" in self.fields and self["placeholders"].value() != "DROP":
            idle.add("keep_ids")
        return [self[name] for name in self.fields if not name.startswith("column_") and name not in idle]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen: dict[str, list[str]] = defaultdict(list)
        for place, name in enumerate(self.layout.header):
            if (field := data.get(f"column_{place}")) and field != NEW_FIELD:
                chosen[field].append(name)
        labels = dict(fields_for(self.base.what))
        for field, names in chosen.items():
            if len(names) > 1:
                self.add_error(
                    None,
                    _now("%(field)s is chosen for several columns: %(names)s. Choose it for one.")
                    % {"field": labels[field], "names": ", ".join(names)},
                )
        if data.get("cancelled") == "PREFIX" and not data.get("letter"):
            data["letter"] = "C"  # the usual one; the field appears once the choice is made
        return data

    def plan(self) -> Plan:
        """The plan with what the person chose. Only of a valid form."""
        data, base = self.cleaned_data, self.base
        decimal = data.get("decimal") or base.decimal
        rule = base.cancelled
        if kind := data.get("cancelled"):
            rule = Cancelled(kind, data.get("letter", "") if kind == "PREFIX" else "", rule.words)
        currency = data.get("currency")
        kept = data["keep_ids"].replace(";", ",").split(",") if "keep_ids" in data else base.keep_ids
        return replace(
            base,
            fields={
                field: place
                for place in range(self.layout.width)
                if (field := data.get(f"column_{place}")) and field != NEW_FIELD
            },
            date_order=data.get("date_order") or base.date_order,
            decimal=decimal,
            thousands="." if decimal == "," else ",",
            cancelled=rule,
            placeholders=data.get("placeholders") or base.placeholders,
            keep_ids=tuple(one.strip() for one in kept if one.strip()),
            currency=base.currency if currency is None else "" if currency == OWN else currency,
            header=self.layout.header,
            fingerprint=self.layout.fingerprint,
            sheet=self.layout.sheet,
            match=data.get("match") or base.match,
            unsure=(),
        )
