"""What a person may type about an order and its lines. Nothing is saved here.

An order and its lines are one form (`Entry`): lines are numbered `line-0-…`, the field `lines` says how many there are,
empty ones do not count.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from setia.catalogue.queries import product_coded, products_for
from setia.core.numbers import MoneyField, NumberField, read_number
from setia.core.permissions import Actor, sees_all
from setia.core.text import line, paragraph
from setia.customers.queries import customers_for
from setia.orders.lines import Line, total_of
from setia.orders.models import Order
from setia.orders.queries import Terms, lines_of, terms_for, version_of

if TYPE_CHECKING:
    from setia.catalogue.models import Product
    from setia.customers.models import Customer

MOST_LINES = 200
_MINUTES = "%Y-%m-%dT%H:%M"


KEPT = "-"
"""A line whose discount was there before the form was opened: Setia leaves it alone."""
_UNASKED = object()


class OrderForm(forms.Form):
    """An order without its lines. `cleaned_data` names are those of `lines.Facts`."""

    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Customer"), queryset=None, required=False, widget=forms.HiddenInput
    )
    agent: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=gettext_lazy("Sold through"), queryset=None, required=False, widget=forms.HiddenInput
    )
    ordered_at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        input_formats=[_MINUTES, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES),
    )
    number = forms.CharField(
        label=gettext_lazy("Order number"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Left empty, Setia gives one."),
    )
    channel = forms.CharField(
        label=gettext_lazy("Sales channel"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("The shop, marketplace or conversation it came through."),
    )
    promotion_code = forms.CharField(label=gettext_lazy("Promotion code"), required=False, max_length=100)
    discount = MoneyField(
        label=gettext_lazy("Discount on the whole order"), required=False, min_value=0, max_digits=18, decimal_places=4
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Actor, order: Order | None = None, **kwargs: Any) -> None:
        self.order = order
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers_for(user)  # type: ignore[attr-defined]
        agents = customers_for(user)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]
        if order and order.agent_id and not agents.filter(pk=order.agent_id).exists():
            del self.fields["agent"]  # whom this person may not see, they cannot change either
        self._walk_ins = sees_all(user)

    def clean_number(self) -> str:
        number = line(self.cleaned_data["number"])
        if not number and self.order is not None:
            return self.order.number
        return number

    def clean_channel(self) -> str:
        return line(self.cleaned_data["channel"])

    def clean_promotion_code(self) -> str:
        return line(self.cleaned_data["promotion_code"])

    def clean_note(self) -> str:
        return paragraph(self.cleaned_data["note"])

    def clean_discount(self) -> Decimal:
        return self.cleaned_data["discount"] or Decimal(0)

    def clean_ordered_at(self) -> datetime:
        """The minute that was typed; an order whose minute was left as it is keeps its seconds."""
        typed: datetime = self.cleaned_data["ordered_at"]
        before = self.order.ordered_at if self.order else None
        if before and before.replace(second=0, microsecond=0) == typed:
            return before
        return typed

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("customer") and line(self.data.get("customer_q", "")):
            words = _("Choose a customer from the list, or empty the field for somebody walking in.")
            self.add_error("customer", words)
        elif data.get("agent") and data["agent"] == data.get("customer"):
            self.add_error("agent", _("Choose somebody else than the customer: nobody sells to themselves."))
        if not data.get("agent") and line(self.data.get("agent_q", "")):
            self.add_error("agent", _("Choose who sold it from the list, or empty the field."))
        if not data.get("customer") and not self._walk_ins and "customer" not in self.errors:
            words = _("Choose one of your customers. Your role does not see orders of somebody walking in.")
            self.add_error("customer", words)
        return data


class LineForm(forms.Form):
    """One line: a product or a description, how many, for how much each, less what."""

    product: "forms.ModelChoiceField[Product]" = forms.ModelChoiceField(
        queryset=None, required=False, widget=forms.HiddenInput
    )
    description = forms.CharField(required=False, max_length=300)
    quantity = NumberField(required=False, max_digits=14, decimal_places=4)
    unit_price = MoneyField(required=False, min_value=0, max_digits=16, decimal_places=4)
    discount = MoneyField(required=False, min_value=0, max_digits=16, decimal_places=4)
    suggested = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    """The discount Setia filled in by itself, as a plain number; `KEPT`: it has none to suggest here."""

    def __init__(self, *args: Any, user: Actor, **kwargs: Any) -> None:
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
        names = ("product", "product_q", "description", "unit_price", "discount")
        return not any(line(str(self.data.get(f"{self.prefix}-{name}") or "")) for name in names)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        typed = line(self.data.get(f"{self.prefix}-product_q", ""))
        if not data.get("product") and typed:
            data["product"] = product_coded(self.user, typed)
            if data["product"] is None:
                self.add_error("product", _("Choose a product from the list."))
        data["description"] = line(data.get("description") or "")
        if not data.get("product") and not data["description"] and not typed:
            self.add_error("product", _("Choose a product, or say what it was."))
        if data.get("quantity") is None and "quantity" not in self.errors:
            data["quantity"] = Decimal(1)
        if data.get("quantity") == 0:
            self.add_error("quantity", _("At least something of it."))
        if data.get("unit_price") is None and "unit_price" not in self.errors:
            product = data.get("product")
            if product is None or product.price is None:
                self.add_error("unit_price", _("Say the price; 0 if it was free."))
            else:
                data["unit_price"] = product.price
        data["discount"] = data.get("discount") or Decimal(0)
        return data

    def value(self) -> Line:
        """The line as typed; valid forms only."""
        data = self.cleaned_data
        return Line(data["product"], data["quantity"], data["unit_price"], data["discount"], data["description"])


class Entry:
    """An order's form with its lines."""

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        user: Actor,
        order: Order | None = None,
        customer: str = "",
        agent: str = "",
    ) -> None:
        self.user, self.order, self.data = user, order, data
        self._terms: object = _UNASKED
        self.agent: Customer | None = None
        """Whom the picker shows as the seller, once `chosen` has been asked."""
        if data is None:
            self.form = OrderForm(user=user, order=order, initial=_initial(order, customer, agent))
            rows = [_line_initial(one) for one in lines_of(order)] if order else [{}]
            self.lines = [LineForm(user=user, prefix=f"line-{at}", initial=row) for at, row in enumerate(rows)]
        else:
            self.form = OrderForm(data, user=user, order=order)
            self.lines = [LineForm(data, user=user, prefix=f"line-{at}") for at in range(_count(data))]

    def is_valid(self) -> bool:
        """Whether all of it can be saved. Says what is wrong where it is."""
        filled = self._filled()
        valid = all([self.form.is_valid(), *(one.is_valid() for one in filled)])
        if not filled:
            self.form.add_error(None, _("An order needs at least one line."))
            return False
        if valid:
            total = total_of(self.values(), self.form.cleaned_data["discount"])
            if total < 0:
                words = _("This comes to less than nothing. A return is entered from its order: open it, take it back.")
                self.form.add_error(None, words)
            elif total == 0 and not self.form.cleaned_data["customer"]:
                self.form.add_error(None, _("An order that costs nothing needs a customer."))
        return valid and not self.form.errors

    def facts(self) -> dict[str, Any]:
        """The order without its lines, for `actions.add` and `actions.edit`; valid entries only."""
        return {name: value for name, value in self.form.cleaned_data.items() if name != "version"}

    def values(self) -> list[Line]:
        """The lines, for the same."""
        return [one.value() for one in self._filled()]

    def changed(self, do: str) -> "Entry":
        """The same as typed so far, not judged yet, with a line more (`add`), one less (`remove-2`), or recounted."""
        data = self.data or {}
        names = (*_LINE_FIELDS, "product_q")
        rows = [{name: data.get(f"line-{at}-{name}", "") for name in names} for at in range(_count(data))]
        if do == "add" and len(rows) < MOST_LINES:
            rows.append({})
        elif do.startswith("remove-") and do[7:].isdecimal() and int(do[7:]) < len(rows):
            rows.pop(int(do[7:]))
        other = Entry(None, user=self.user, order=self.order)
        other.data = data
        other.form.initial = {name: data.get(name, "") for name in other.form.fields}
        other.lines = [
            LineForm(user=self.user, prefix=f"line-{at}", initial=row) for at, row in enumerate(rows or [{}])
        ]
        terms = other.terms()
        for one in other.lines:
            chosen = one.fields["product"].queryset.filter(pk=_key(one.initial.get("product")) or 0).first()  # type: ignore[attr-defined]
            if chosen and chosen.price is not None and not one.initial.get("unit_price"):
                one.initial["unit_price"] = chosen.price
            _suggest(one, chosen, terms)
        return other

    def terms(self) -> "Terms | None":
        """What the customer chosen so far pays less than the list says. Asked for once."""
        if self._terms is _UNASKED:
            people = customers_for(self.user).filter(pk=_key(self.form["customer"].value()) or 0)
            self._terms = terms_for(self.user, people.first())
        return self._terms  # type: ignore[return-value]

    def typed(self, field: str) -> str:
        """What was typed to look somebody up, as long as nobody was picked."""
        return (self.data or {}).get(f"{field}_q", "")

    def amounts(self) -> list[Decimal | None]:
        """What each line comes to as typed, None where that cannot be said yet."""
        return [_amount(one) for one in self.lines]

    def sums(self) -> tuple[Decimal, Decimal, Decimal]:
        """Lines together, the discount on the whole, and what remains, as typed."""
        whole = sum((amount for amount in self.amounts() if amount is not None), Decimal(0))
        discount = _read(self.form["discount"]) or Decimal(0)
        return whole, discount, whole - discount

    def chosen(self) -> tuple["Customer | None", dict[str, "Product"]]:
        """Who and what the pickers show: the customer, and products by the name of their field."""
        people = customers_for(self.user).filter(pk=_key(self.form["customer"].value()) or 0)
        keys = {one["product"].html_name: _key(one["product"].value()) for one in self.lines}
        found = products_for(self.user).in_bulk([key for key in keys.values() if key])
        sellers = customers_for(self.user).filter(pk=_key(self.form["agent"].value()) or 0)
        self.agent = sellers.first() if "agent" in self.form.fields and self.form["agent"].value() else None
        return people.first(), {name: found[key] for name, key in keys.items() if key in found}

    def errors(self) -> int:
        """How many things need another look."""
        return len(self.form.errors) + sum(len(one.errors) for one in self.lines if one.is_bound and not one.is_empty)

    def _filled(self) -> list[LineForm]:
        return [one for one in self.lines if not one.is_empty]


class GiveBackForm(forms.Form):
    """Why a purchase is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "autofocus": True})
    )

    def clean_reason(self) -> str:
        reason = paragraph(self.cleaned_data["reason"])
        if not reason:
            raise ValidationError(_("Say in a word why; whoever reads it later will ask."))
        return reason


_LINE_FIELDS = tuple(LineForm.base_fields)


def _initial(order: Order | None, customer: str, agent: str) -> dict[str, Any]:
    if order is None:
        return {
            "ordered_at": timezone.localtime().replace(second=0, microsecond=0),
            "customer": _key(customer),
            "agent": _key(agent),
        }
    facts = {name: getattr(order, name) for name in ("number", "channel", "promotion_code", "note", "ordered_at")}
    discount = order.discount or ""
    return facts | {
        "customer": order.customer_id,
        "agent": order.agent_id,
        "discount": discount,
        "version": version_of(order),
    }


def _line_initial(one: Any) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("quantity", "unit_price")}
    kept = {"product": one.product_id, "description": one.description, "discount": one.discount or ""}
    return plain | kept | {"suggested": KEPT}


def _suggest(one: LineForm, product: "Product | None", terms: Terms | None) -> None:
    """Fill a line's discount in as the customer's terms have it, unless a person has said another one, or none.

    Only at the list's price: whoever typed another one has agreed on it.
    """
    said, money = str(one.initial.get("suggested") or ""), one.fields["discount"]
    assert isinstance(money, MoneyField)
    # Not by the bound field, which would remember it: a discount filled in now is to be shown.
    typed = money.read(str(one.initial.get("discount") or ""))
    if said == KEPT or typed != (read_number(said, decimal=".") if said else None):
        return
    less = None
    price, quantity = _read(one["unit_price"]), _read(one["quantity"])
    if terms is not None and product is not None and product.price is not None and price == product.price:
        less = terms.less(price, Decimal(1) if quantity is None else quantity).normalize() or None
    one.initial["discount"] = "" if less is None else less
    one.initial["suggested"] = "" if less is None else f"{less:f}"


def _count(data: Mapping[str, str]) -> int:
    said = data.get("lines", "")
    return min(int(said), MOST_LINES) if said.isdecimal() and len(said) < 5 else 0


def _key(value: Any) -> int | None:
    return int(value) if str(value).isdecimal() and len(str(value)) < 19 else None


def _read(field: forms.BoundField) -> Decimal | None:
    """A number as typed so far, None where it is none yet."""
    assert isinstance(field.field, NumberField)
    found = field.field.read(str(field.value() or ""))
    return found if found is not None and abs(found) < Decimal(10) ** 18 else None


def _amount(one: LineForm) -> Decimal | None:
    quantity, price = _read(one["quantity"]), _read(one["unit_price"])
    if price is None:
        return None
    return Line(None, Decimal(1) if quantity is None else quantity, price, _read(one["discount"]) or Decimal(0)).amount
