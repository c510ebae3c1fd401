"""What a person may type about an opportunity and its lines. Nothing is saved here.

An opportunity and its lines are one form (`Entry`): lines are numbered `line-0-…`, the field `lines` says how
many there are; empty ones do not count.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.accounts.models import User
from setia.catalogue.queries import product_coded, products_for
from setia.core.numbers import MoneyField, NumberField
from setia.core.queries import current_firm
from setia.core.text import line, paragraph
from setia.core.versions import version_of
from setia.customers.queries import assignable, customers_for
from setia.planning.queries import rivals_for
from setia.sales.actions import Offered, Subscribed
from setia.sales.models import LostReason, Opportunity, OpportunityLine, Stage
from setia.sales.queries import lines_of, orders_to_win_with, reasons_for, rivals_met, stages_for
from setia.subscriptions.queries import offered

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer
    from setia.planning.models import Rival
    from setia.subscriptions.models import Plan

MOST_LINES = 100
_YEARS = (1990, 2200)
FIELD_OF = {
    "AMOUNT": "amount",
    "EXPECTED_DATE": "expected_date",
    "OWNER": "owner",
    "NEXT_STEP": "next_step",
    "NOTE": "note",
    "LINES": "",
}
"""The field of a form that answers what a stage asks; the lines have none of their own."""


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
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


def _stage_label(stage: Stage) -> str:
    return f"{stage.pipeline.name} · {stage.name}"


class _StageField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return _stage_label(obj)


class _Known(forms.Form):
    """What a stage may ask for, by the names of `actions.OpportunityFacts`."""

    amount = MoneyField(
        label=gettext_lazy("Amount"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("What it is worth in all. With products below, their sum counts."),
    )
    expected_date = _day(gettext_lazy("Expected day of the decision"))
    owner: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        label=gettext_lazy("Responsible"), queryset=None, required=False, empty_label=gettext_lazy("Nobody yet")
    )
    next_step = forms.CharField(
        label=gettext_lazy("Next step"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("What you will do next, in a few words."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: User, present: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].queryset = assignable(user, present)  # type: ignore[attr-defined]

    def clean_expected_date(self) -> date | None:
        return _in_years(self.cleaned_data["expected_date"])

    def clean_next_step(self) -> str:
        return line(self.cleaned_data["next_step"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def ask(self, needs: list[str]) -> None:
        """Say what the stage asks for, beside the fields that answer it."""
        for code in needs:
            name = FIELD_OF[code]
            words = _("This stage needs it.") if name else _("This stage needs at least one product or description.")
            self.add_error(name if name in self.fields else None, words)


class OpportunityForm(_Known):
    """An opportunity without its lines."""

    title = forms.CharField(
        label=gettext_lazy("What may they buy?"),
        max_length=200,
        help_text=gettext_lazy("As you would say it to a colleague: coffee machines for the new branch."),
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Customer"), queryset=None, widget=forms.HiddenInput
    )
    stage: "forms.ModelChoiceField[Stage]" = _StageField(label=gettext_lazy("Stage"), queryset=None, empty_label=None)
    rivals: "forms.ModelMultipleChoiceField[Rival]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Other brands they look at"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("title", "customer", "stage", "amount", "expected_date", "owner", "next_step", "note", "rivals")

    def __init__(self, *args: Any, user: User, opportunity: Opportunity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, present=opportunity.owner_id if opportunity else None, **kwargs)
        rivals = rivals_for(user)
        self.fields["rivals"].queryset = rivals  # type: ignore[attr-defined]
        if not rivals.exists():
            del self.fields["rivals"]
        if opportunity is None:
            self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]
            self.fields["stage"].queryset = stages_for(user)  # type: ignore[attr-defined]
        else:
            del self.fields["customer"], self.fields["stage"]
            if not opportunity.is_open:
                del self.fields["amount"], self.fields["expected_date"]

    def clean_title(self) -> str:
        title = line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Say in a few words what it is about."))
        return title

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "customer" in self.fields and not data.get("customer"):
            self.errors.pop("customer", None)
            self.add_error("customer", _("Choose a customer from the list."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class LineForm(forms.Form):
    """One line: a product or a description, how many, for how much each."""

    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        queryset=None, required=False, widget=forms.HiddenInput
    )
    description = forms.CharField(required=False, max_length=300)
    quantity = NumberField(required=False, max_digits=14, decimal_places=4, min_value=Decimal("0.0001"))
    unit_price = MoneyField(required=False, min_value=0, max_digits=16, decimal_places=4)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products_for(user)  # type: ignore[attr-defined]

    @property
    def typed(self) -> str:
        """What was typed to look for a product, as long as none was picked."""
        return str(self.data.get(f"{self.prefix}-product_q") or self.initial.get("product_q") or "")

    @property
    def is_empty(self) -> bool:
        """Whether nobody typed anything here."""
        names = ("product", "product_q", "description", "unit_price")
        return not any(line(str(self.data.get(f"{self.prefix}-{name}") or "")) for name in names)

    @property
    def amount(self) -> Decimal | None:
        """What the line comes to as typed, None where that cannot be said yet."""
        quantity, price = _read(self["quantity"]), _read(self["unit_price"])
        return None if price is None else (Decimal(1) if quantity is None else quantity) * price

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        typed = line(self.data.get(f"{self.prefix}-product_q", ""))
        data["description"] = line(data.get("description") or "")
        if not data.get("product") and typed:
            # What is typed and in no catalogue is a description: an offer may name what is not sold yet.
            data["product"] = product_coded(self.user, typed)
            data["description"] = data["description"] or ("" if data["product"] else typed)
        if not data.get("product") and not data["description"]:
            self.add_error("product", _("Choose a product, or say what it is."))
        if data.get("quantity") is None and "quantity" not in self.errors:
            data["quantity"] = Decimal(1)
        if data.get("unit_price") is None and "unit_price" not in self.errors:
            product = data.get("product")
            if product is None or product.price is None:
                self.add_error("unit_price", _("Say the price; 0 if it is free."))
            else:
                data["unit_price"] = product.price
        return data

    def value(self) -> Offered:
        """The line as typed; valid forms only."""
        data = self.cleaned_data
        return Offered(data["product"], data["quantity"], data["unit_price"], data["description"])


class Entry:
    """An opportunity's form with its lines. Closed ones have no lines to change."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        user: User,
        opportunity: Opportunity | None = None,
        customer: str = "",
        stage: str = "",
    ) -> None:
        self.user, self.opportunity, self.data = user, opportunity, data
        if data is None:
            self.form = OpportunityForm(
                user=user, opportunity=opportunity, initial=_initial(user, opportunity, customer, stage)
            )
            rows = [_line_initial(one) for one in lines_of(opportunity)] if opportunity else []
            self.lines = [LineForm(user=user, prefix=f"line-{at}", initial=row) for at, row in enumerate(rows or [{}])]
        else:
            self.form = OpportunityForm(data, user=user, opportunity=opportunity)
            self.lines = [LineForm(data, user=user, prefix=f"line-{at}") for at in range(_count(data))]

    @property
    def has_lines(self) -> bool:
        """Whether lines can be changed here."""
        return self.opportunity is None or self.opportunity.is_open

    def is_valid(self) -> bool:
        """Whether all of it can be saved. Says what is wrong where it is."""
        return all([self.form.is_valid(), *(one.is_valid() for one in self._filled())])

    def values(self) -> list[Offered]:
        """The lines, for the actions; valid entries only."""
        return [one.value() for one in self._filled()]

    def changed(self, do: str) -> "Entry":
        """The same as typed so far, not judged yet, with a line more (`add`), one less (`remove-2`), or recounted."""
        data = self.data or {}
        names = (*LineForm.base_fields, "product_q")
        rows = [{name: data.get(f"line-{at}-{name}", "") for name in names} for at in range(_count(data))]
        if do == "add" and len(rows) < MOST_LINES:
            rows.append({})
        elif do.startswith("remove-") and do[7:].isdecimal() and int(do[7:]) < len(rows):
            rows.pop(int(do[7:]))
        other = Entry(None, user=self.user, opportunity=self.opportunity)
        other.data = data
        get = getattr(data, "getlist", lambda name: [data.get(name, "")])
        other.form.initial = {name: get(name) if name == "rivals" else data.get(name, "") for name in other.form.fields}
        other.lines = [
            LineForm(user=self.user, prefix=f"line-{at}", initial=row) for at, row in enumerate(rows or [{}])
        ]
        for one in other.lines:
            chosen = products_for(self.user).filter(pk=_key(one.initial.get("product")) or 0).first()
            if chosen and chosen.price is not None and not one.initial.get("unit_price"):
                one.initial["unit_price"] = chosen.price
        return other

    def typed(self, field: str) -> str:
        """What was typed to look somebody up, as long as nobody was picked."""
        return (self.data or {}).get(f"{field}_q", "")

    def total(self) -> Decimal:
        """What the lines come to as typed."""
        return sum((one.amount for one in self.lines if one.amount is not None), Decimal(0))

    def chosen(self) -> "tuple[Customer | None, dict[str, Product]]":
        """Who and what the pickers show: the customer, and products by the name of their field."""
        person = None
        if "customer" in self.form.fields:
            person = customers_for(self.user).filter(pk=_key(self.form["customer"].value()) or 0).first()
        keys = {one["product"].html_name: _key(one["product"].value()) for one in self.lines}
        found = products_for(self.user).in_bulk([key for key in keys.values() if key])
        return person, {name: found[key] for name, key in keys.items() if key in found}

    def errors(self) -> int:
        """How many things need another look."""
        return len(self.form.errors) + sum(len(one.errors) for one in self._filled() if one.is_bound)

    def _filled(self) -> list[LineForm]:
        return [one for one in self.lines if not one.is_empty] if self.has_lines else []


class MoveForm(_Known):
    """What the stage asks for that is not known yet."""

    def __init__(self, *args: Any, user: User, opportunity: Opportunity, to: Stage, **kwargs: Any) -> None:
        initial = {name: getattr(opportunity, name) for name in ("amount", "expected_date", "next_step", "note")}
        initial["owner"] = opportunity.owner_id
        super().__init__(*args, user=user, present=opportunity.owner_id, initial=initial, **kwargs)
        wanted = {FIELD_OF[code] for code in to.needs if not initial.get(FIELD_OF[code])}
        for name in set(self.fields) - wanted:
            del self.fields[name]
        for name in self.fields:
            self.fields[name].required = True

    def facts(self) -> dict[str, Any]:
        """What was typed."""
        return dict(self.cleaned_data)


class LoseForm(forms.Form):
    """Why it will not be bought."""

    reason: "forms.ModelChoiceField[LostReason]" = forms.ModelChoiceField(
        label=gettext_lazy("Reason"), queryset=None, widget=forms.RadioSelect, empty_label=None
    )
    lost_to: "forms.ModelChoiceField[Rival]" = forms.ModelChoiceField(
        label=gettext_lazy("Who got it instead"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Nobody, or not known"),
    )
    note = forms.CharField(
        label=gettext_lazy("Why it was lost"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you would do otherwise next time."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reasons_for(user)  # type: ignore[attr-defined]
        self.fields["lost_to"].queryset = rivals_for(user)  # type: ignore[attr-defined]

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])


class WinForm(forms.Form):
    """What a won opportunity becomes."""

    ORDER, SUBSCRIPTION, ELSEWHERE, ORDERED = "ORDER", "SUBSCRIPTION", "ELSEWHERE", "ORDERED-"
    become = forms.ChoiceField(
        label=gettext_lazy("What does it become?"),
        choices=[
            (ORDER, gettext_lazy("An order of today")),
            (SUBSCRIPTION, gettext_lazy("A subscription")),
            (ELSEWHERE, gettext_lazy("Nothing here: it is entered elsewhere")),
        ],
        widget=forms.RadioSelect,
        initial=ORDER,
    )
    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        label=gettext_lazy("Plan"), queryset=None, required=False, empty_label=gettext_lazy("Not chosen")
    )
    quantity = NumberField(
        label=gettext_lazy("Quantity"), required=False, max_digits=14, decimal_places=4, min_value=Decimal("0.0001")
    )
    price = MoneyField(
        label=gettext_lazy("Price each period"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=4,
        help_text=gettext_lazy("For one. Empty: as the plan says."),
    )
    started_date = _day(gettext_lazy("From"))

    def __init__(self, *args: Any, user: User, opportunity: Opportunity, at: datetime, **kwargs: Any) -> None:
        lines, today = lines_of(opportunity), current_firm().day_of(at)
        self.ordered = {f"{self.ORDERED}{one.pk}": one for one in orders_to_win_with(user, opportunity, at=at)}
        # What was ordered since this was hoped for is what came of it: a second order would be counted beside it.
        since = next((key for key, one in self.ordered.items() if one.ordered_at >= opportunity.created_at), "")
        plans = offered()
        plan = next(
            (one for one in plans if any(one.product_id == each.product_id for each in lines if each.product_id)), None
        )
        carried = next((each for each in lines if plan and each.product_id == plan.product_id), None)
        carried = carried or (lines[0] if len(lines) == 1 else None)
        initial = {
            "become": since or (self.SUBSCRIPTION if plan else self.ORDER),
            "plan": plan,
            "quantity": carried.quantity if carried else Decimal(1),
            "price": carried.unit_price if carried else None,
            "started_date": today,
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.opportunity, self.lines = opportunity, lines
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]
        if not plans.exists():
            for name in ("plan", "quantity", "price", "started_date"):
                del self.fields[name]
            choices = [one for one in self.fields["become"].choices if one[0] != self.SUBSCRIPTION]  # type: ignore[attr-defined]
            self.fields["become"].choices = choices  # type: ignore[attr-defined]
        # The page says which order each is: its day and its money are written as the reader writes them.
        ordered = [(key, one.number) for key, one in self.ordered.items()]
        self.fields["become"].choices = ordered + list(self.fields["become"].choices)  # type: ignore[attr-defined]

    def clean_started_date(self) -> date | None:
        return _in_years(self.cleaned_data["started_date"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        become = data.get("become")
        if become == self.SUBSCRIPTION:
            if not data.get("plan") and "plan" not in self.errors:
                self.add_error("plan", _("Choose the plan they subscribe to."))
            if not data.get("started_date") and "started_date" not in self.errors:
                self.add_error("started_date", _("Say from which day on."))
        elif become == self.ORDER and not self.lines and self.opportunity.amount is None:
            words = _("Nothing is offered yet. Enter the amount or the products first, or enter the order elsewhere.")
            self.add_error("become", words)
        return data

    def becomes(self) -> dict[str, Any]:
        """For `actions.win_opportunity`; valid forms only."""
        data = self.cleaned_data
        subscribed = None
        if data["become"] == self.SUBSCRIPTION:
            subscribed = Subscribed(
                data["plan"], data["started_date"], data.get("quantity") or Decimal(1), data["price"]
            )
        ordered = self.ordered.get(data["become"])
        return {"order": data["become"] != self.ELSEWHERE, "subscribed": subscribed, "ordered": ordered}


def _initial(user: User, opportunity: Opportunity | None, customer: str, stage: str) -> dict[str, Any]:
    if opportunity is None:
        first = stages_for(user).values_list("pk", flat=True).first()
        return {"customer": _key(customer), "stage": _key(stage) or first, "owner": user.pk}
    names = ("title", "amount", "expected_date", "next_step", "note")
    return {name: getattr(opportunity, name) for name in names} | {
        "owner": opportunity.owner_id,
        "rivals": [one.pk for one in rivals_met(opportunity)],
        "version": version_of(opportunity.updated_at),
    }


def _line_initial(one: OpportunityLine) -> dict[str, Any]:
    return {
        "product": one.product_id,
        "description": one.description,
        "quantity": one.quantity,
        "unit_price": one.unit_price,
    }


def _count(data: Mapping[str, str]) -> int:
    said = data.get("lines", "")
    return min(int(said), MOST_LINES) if said.isdecimal() and len(said) < 5 else 0


def _key(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() and len(str(value)) < 19 else None


def _read(field: forms.BoundField) -> Decimal | None:
    """A number as typed so far, None where it is none yet."""
    assert isinstance(field.field, NumberField)
    found = field.field.read(str(field.value() if field.value() is not None else ""))
    return found if found is not None and abs(found) < Decimal(10) ** 18 else None
