"""What a device sends from the way, read and checked. Nothing is saved here.

An envelope says who did what when, by the device's clock; what is in it depends on the kind and is read by the form of
that kind, whose `facts` are what the verb behind `actions.receive` takes.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.catalogue.queries import products_for
from setia.core.numbers import MoneyField, NumberField
from setia.core.text import line
from setia.orders.actions import Line
from setia.sales.actions import Place, Told
from setia.sales.models import Activity, FieldAction
from setia.sales.prospect_forms import ProspectForm

MOST_LINES = 100
_MOST_KEY = 2**62
_KEYS = ("activity", "customer")
_KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
# Of 1990 and 2200, as a device's clock counts: milliseconds since 1970.
_EARLIEST_MS, _LATEST_MS = 631_152_000_000, 7_258_118_400_000


class Envelope(forms.Form):
    """Who did what, and when. `person` is whose it is, which must be whoever is signed in as it is sent."""

    key = forms.RegexField(_KEY)
    kind = forms.ChoiceField(choices=FieldAction.Kind)
    person = forms.IntegerField()
    said_at = forms.IntegerField(min_value=_EARLIEST_MS, max_value=_LATEST_MS)
    sent_at = forms.IntegerField(min_value=_EARLIEST_MS, max_value=_LATEST_MS)
    ahead = forms.IntegerField(required=False, min_value=-(2**40), max_value=2**40)

    def told(self) -> Told:
        """What the device's clock says; valid envelopes only."""
        data = self.cleaned_data
        return Told(_moment(data["said_at"]), _moment(data["sent_at"]), data["ahead"])


class _Fact(forms.Form):
    """What all kinds have: keys that are none are 0, words are ''."""

    def facts(self) -> dict[str, Any]:
        """What the verb takes; valid forms only."""
        return {name: 0 if value is None and name in _KEYS else value for name, value in self.cleaned_data.items()}


def _pk() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=_MOST_KEY)


def _words(most: int, label: Any = "") -> forms.CharField:
    return forms.CharField(required=False, max_length=most, label=label)


class _Placed(_Fact):
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=100_000_000)

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        south, east, radius = (found.pop(name) for name in ("latitude", "longitude", "accuracy_m"))
        known = south is not None and east is not None and radius is not None
        return found | {"place": Place(south, east, round(radius)) if known else None}


class CheckInForm(_Placed):
    activity = _pk()
    customer = _pk()
    customer_key = _words(64)
    title = _words(200, gettext_lazy("What it is about"))
    version = _words(40)
    anyway = forms.BooleanField(required=False)


class _Ended(forms.Form):
    outcome = forms.ChoiceField(choices=[("", ""), *Activity.Outcome.choices], required=False)
    result = _words(20_000, gettext_lazy("What came out of it"))
    version = _words(40)
    anyway = forms.BooleanField(required=False)


class CheckOutForm(_Ended, _Placed):
    activity = _pk()
    activity_key = _words(64)


class FinishForm(_Ended, _Fact):
    activity = _pk()


class NoteForm(_Fact):
    body = forms.CharField(max_length=20_000, label=gettext_lazy("Note"))
    customer = _pk()
    customer_key = _words(64)


class PhotoForm(_Fact):
    activity = _pk()
    activity_key = _words(64)
    original = forms.RegexField(re.compile(r"[0-9a-f]{64}"), required=False)
    taken_at = forms.IntegerField(required=False, min_value=_EARLIEST_MS, max_value=_LATEST_MS)

    def __init__(self, *args: Any, photo: "UploadedFile[Any] | None", ahead_ms: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._photo, self._ahead_ms = photo, ahead_ms

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self._photo is None:
            self.add_error(None, _("The photo is missing."))
        return data

    def facts(self) -> dict[str, Any]:
        found = super().facts()
        taken = self.cleaned_data["taken_at"]
        found["taken_at"] = None if taken is None else _moment(taken - self._ahead_ms)
        return found | {"content": self._photo.read() if self._photo else b""}


class _LineForm(forms.Form):
    product = forms.ModelChoiceField(queryset=None, required=False, label=gettext_lazy("Product"))  # type: ignore[var-annotated]
    description = _words(300, gettext_lazy("Description"))
    quantity = NumberField(max_digits=14, decimal_places=4, label=gettext_lazy("Quantity"))
    unit_price = MoneyField(min_value=0, max_digits=16, decimal_places=4, label=gettext_lazy("Unit price"))
    known = forms.DecimalField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["description"] = line(data.get("description") or "")
        if not data.get("product") and not data["description"] and "product" not in self.errors:
            self.add_error("product", _("Choose a product, or say what it was."))
        if data.get("quantity") is not None and data["quantity"] <= 0:
            self.add_error("quantity", _("At least something of it."))
        return data

    def value(self) -> tuple[Line, Decimal | None]:
        data = self.cleaned_data
        made = Line(data["product"], data["quantity"], data["unit_price"], Decimal(0), data["description"])
        return made, data["known"]


class OrderForm(_Fact):
    customer = _pk()
    customer_key = _words(64)
    note = _words(10_000, gettext_lazy("Note"))
    anyway = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        rows = data.get("lines")
        rows = rows if isinstance(rows, list) and len(rows) <= MOST_LINES else []
        self._lines = [_LineForm(one if isinstance(one, dict) else {}, user=user) for one in rows]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("customer") and not data.get("customer_key"):
            self.add_error(None, _("Say who orders."))
        if not self._lines:
            self.add_error(None, _("An order needs at least one line."))
        for one in self._lines:
            for name, errors in one.errors.items():
                label = one.fields[name].label if name in one.fields else ""
                self.add_error(None, [f"{label}: {error}" if label else str(error) for error in errors])
        return data

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"lines": [one.value() for one in self._lines]}


class _Newcomer(_Fact):
    """Somebody new, as the page for prospects takes them; whoever took them down looks after them."""

    anyway = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, Any], *, user: User) -> None:
        super().__init__(data)
        typed = {name: data[name] for name in ProspectForm.base_fields if isinstance(data.get(name), str)}
        self._form = ProspectForm(typed | {"owner": str(user.pk)}, user=user)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, errors in self._form.errors.items():
            label = self._form.fields[name].label if name in self._form.fields else ""
            self.add_error(None, [f"{label}: {error}" if label else str(error) for error in errors])
        return data

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"person": self._form.facts()}


def fact_form(
    kind: str, facts: Mapping[str, Any], *, user: User, photo: "UploadedFile[Any] | None", ahead_ms: int
) -> _Fact:
    """The form of a kind of `FieldAction`, filled from what was sent."""
    if kind == "ORDER":
        return OrderForm(facts, user=user)
    if kind == "PROSPECT":
        return _Newcomer(facts, user=user)
    if kind == "PHOTO":
        return PhotoForm(facts, photo=photo, ahead_ms=ahead_ms)
    plain: dict[str, type[_Fact]] = {
        "CHECK_IN": CheckInForm,
        "CHECK_OUT": CheckOutForm,
        "FINISH": FinishForm,
        "NOTE": NoteForm,
    }
    return plain[kind](facts)


def fingerprint(sent: Mapping[str, Any], photo: "UploadedFile[Any] | None") -> str:
    """SHA-256 of what was sent, without the moment of sending, which differs from one sending to the next."""
    same = {name: value for name, value in sent.items() if name not in ("sent_at", "ahead")}
    digest = hashlib.sha256(json.dumps(same, sort_keys=True, default=str).encode())
    for chunk in photo.chunks() if photo else ():
        digest.update(chunk)
    if photo:
        photo.seek(0)
    return digest.hexdigest()


def said(form: forms.Form) -> list[str]:
    """What is wrong with a form, a sentence each, with the name of the field where it has one."""
    found = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        found += [f"{label}: {error}" if label else str(error) for error in errors]
    return found


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
