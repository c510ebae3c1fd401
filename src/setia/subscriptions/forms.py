"""What a person may type about plans, subscriptions and units. Nothing is saved here."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from setia.catalogue.queries import products_for
from setia.core.numbers import MoneyField, NumberField
from setia.core.permissions import Actor
from setia.core.text import line, paragraph
from setia.customers.queries import customers_for
from setia.subscriptions.codes import code
from setia.subscriptions.models import Period, Plan, Reason, Subscription
from setia.subscriptions.queries import offered

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], help_text=help_text
    )


def _text(label: Any, *, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=10_000, widget=widget, help_text=help_text)


class _WithNames(forms.Form):
    """A form with pickers: what is typed there and not chosen is an error, and nothing is silently left out."""

    picked: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in self.picked:
            if not data.get(name) and name not in self.errors and line(self.data.get(f"{name}_q", "")):
                self.add_error(name, _("Choose one from the list."))
        return data


class PlanForm(_WithNames):
    """A plan's facts, by the names of `actions.plans.PlanFacts`."""

    picked = ("product",)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=100,
        help_text=gettext_lazy("Short, for files and programs. Capitals and spaces around it do not count."),
    )
    price = MoneyField(label=gettext_lazy("Price each period"), min_value=0, max_digits=18, decimal_places=4)
    period = forms.ChoiceField(
        label=gettext_lazy("Period"), choices=Period, widget=forms.RadioSelect, initial=Period.MONTH
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many days"),
        required=False,
        min_value=1,
        max_value=3660,
        help_text=gettext_lazy("Only where a period is counted in days."),
    )
    trial_days = forms.IntegerField(
        label=gettext_lazy("Days on trial"),
        required=False,
        min_value=0,
        max_value=730,
        help_text=gettext_lazy("Free of charge before the first period. Empty or 0: none."),
    )
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=None, required=False, widget=forms.HiddenInput
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return code(self.cleaned_data["code"])

    def clean_name(self) -> str:
        return line(self.cleaned_data["name"])

    def clean_trial_days(self) -> int:
        return self.cleaned_data["trial_days"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("period") == Period.DAYS:
            if not data.get("days") and "days" not in self.errors:
                self.add_error("days", _("Say how many days a period lasts."))
        elif "period" in data:
            data["days"] = None
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class SubscriptionForm(_WithNames):
    """A new subscription, by the names of `actions.start`."""

    picked = ("customer",)
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Customer"), queryset=None, widget=forms.HiddenInput
    )
    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        label=gettext_lazy("Plan"), queryset=None, empty_label=None
    )
    started_date = _day(
        gettext_lazy("First day"),
        help_text=gettext_lazy("May have passed: the periods since are written down at once."),
    )
    quantity = NumberField(
        label=gettext_lazy("Quantity"), required=False, max_digits=14, decimal_places=4, initial=Decimal(1)
    )
    price = MoneyField(
        label=gettext_lazy("Price each period"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("For one. Empty: the plan's price."),
    )
    discount = NumberField(
        label=pgettext_lazy("percent", "Discount in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
    )
    trial_days = forms.IntegerField(
        label=gettext_lazy("Days on trial"),
        required=False,
        min_value=0,
        max_value=730,
        help_text=gettext_lazy("Empty: as the plan says."),
    )
    ends_date = _day(
        gettext_lazy("First day without it"),
        required=False,
        help_text=gettext_lazy("Only for a fixed time. Empty: it runs until somebody cancels."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Left empty, Setia gives one."),
    )
    note = _text(gettext_lazy("Note"))

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]
        self.fields["plan"].queryset = offered()  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return line(self.cleaned_data["number"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def clean_discount(self) -> Decimal:
        return self.cleaned_data["discount"] or Decimal(0)

    def clean_quantity(self) -> Decimal:
        return _above_zero(self.cleaned_data["quantity"])


class ChangeForm(forms.Form):
    """Other terms, by the names of `actions.change`."""

    day = _day(
        gettext_lazy("Counts from"),
        help_text=gettext_lazy("A day to come is planned; the period that runs keeps its price."),
    )
    price = MoneyField(label=gettext_lazy("Price each period"), min_value=0, max_digits=18, decimal_places=4)
    quantity = NumberField(label=gettext_lazy("Quantity"), max_digits=14, decimal_places=4)
    discount = NumberField(
        label=pgettext_lazy("percent", "Discount in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_discount(self) -> Decimal:
        return self.cleaned_data["discount"] or Decimal(0)

    def clean_quantity(self) -> Decimal:
        return _above_zero(self.cleaned_data["quantity"])


class SwitchForm(forms.Form):
    """Another plan, by the names of `actions.switch`."""

    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        label=gettext_lazy("To the plan"), queryset=None, empty_label=None
    )
    day = _day(
        gettext_lazy("Counts from"),
        help_text=gettext_lazy("A day to come is planned. The period that runs is lived through at its own price."),
    )
    price = MoneyField(
        label=gettext_lazy("Price each period"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("For one. Empty: the plan's price."),
    )
    quantity = NumberField(label=gettext_lazy("Quantity"), max_digits=14, decimal_places=4)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subscription: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = offered().exclude(pk=subscription.plan_id)
        self.fields["plan"].queryset = others  # type: ignore[attr-defined]

    def clean_quantity(self) -> Decimal:
        return _above_zero(self.cleaned_data["quantity"])


class RenewForm(forms.Form):
    """Until when it goes on after its agreed end, by the names of `actions.renew`."""

    how = forms.ChoiceField(
        label=gettext_lazy("It goes on"),
        choices=[
            ("UNTIL", gettext_lazy("Until a day")),
            ("OPEN", gettext_lazy("Until somebody cancels")),
        ],
        widget=forms.RadioSelect,
        initial="UNTIL",
    )
    ends_date = _day(
        gettext_lazy("First day without it"),
        required=False,
        help_text=gettext_lazy("As long again as the time that ends, unless you say otherwise."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == "OPEN":
            data["ends_date"] = None
        elif not data.get("ends_date") and "ends_date" not in self.errors:
            self.add_error("ends_date", _("Say until which day it goes on."))
        return data


class PauseForm(forms.Form):
    """Until when it rests."""

    resumes_date = _day(
        gettext_lazy("First day it runs again"),
        required=False,
        help_text=gettext_lazy("Empty: it rests until somebody resumes it."),
    )


class CancelForm(forms.Form):
    """Why, and when."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=Reason, widget=forms.RadioSelect)
    text = _text(gettext_lazy("In their words"))
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            ("END", gettext_lazy("When the period that runs is over")),
            ("NOW", gettext_lazy("Today")),
        ],
        widget=forms.RadioSelect,
        initial="END",
    )


class UnitForm(_WithNames):
    """A unit's facts, by the names of `actions.units.UnitFacts`."""

    picked = ("product", "customer")
    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=None, widget=forms.HiddenInput
    )
    serial = forms.CharField(
        label=gettext_lazy("Serial number"),
        max_length=100,
        help_text=gettext_lazy("One of a kind for this product. Capitals and spaces around it do not count."),
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Customer"), queryset=None, widget=forms.HiddenInput
    )
    installed_date = _day(gettext_lazy("Installed on"))
    warranty_from_date = _day(gettext_lazy("Warranty from"), required=False)
    warranty_until_date = _day(
        gettext_lazy("Warranty until"), required=False, help_text=gettext_lazy("The last day of it.")
    )
    service_every_months = forms.IntegerField(
        label=gettext_lazy("Months between services"), required=False, min_value=1, max_value=240
    )
    next_service_date = _day(
        gettext_lazy("Next service"),
        required=False,
        help_text=gettext_lazy("Empty: it follows from the months between services."),
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Where it stands, for whoever comes to service it."),
    )
    note = _text(gettext_lazy("Note"))
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]

    def clean_serial(self) -> str:
        return code(self.cleaned_data["serial"])

    def clean_place(self) -> str:
        return line(self.cleaned_data["place"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, final = data.get("warranty_from_date"), data.get("warranty_until_date")
        if first and final and final < first:
            self.add_error("warranty_until_date", _("The warranty cannot end before it begins."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ServiceForm(forms.Form):
    """A service, by the names of `actions.add_service`."""

    day = _day(gettext_lazy("Day"))
    done = forms.CharField(
        label=gettext_lazy("What was done"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_service_date = _day(
        gettext_lazy("Next service"),
        required=False,
        help_text=gettext_lazy("Empty: it follows from the months between services."),
    )


class RetireForm(forms.Form):
    """From when on it no longer stands there."""

    day = _day(gettext_lazy("First day without it"))


def _above_zero(value: Decimal | None) -> Decimal:
    quantity = Decimal(1) if value is None else value
    if quantity <= 0:
        raise forms.ValidationError(_("Write a number above zero."))
    return quantity
