"""The form of one fact of a customer, to be changed where it stands. Nothing is saved here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor
from setia.customers import names
from setia.customers.field_forms import OWN, own_values, shown
from setia.customers.forms import CustomerForm
from setia.customers.models import Customer
from setia.customers.queries import Fact, fact_version, region


def given(fact: Fact, customer: Customer) -> dict[str, str]:
    """A fact as its form would send it: to fill the form in, and to put the fact back later."""
    if fact.field is not None:
        value = shown(fact.field, fact.field.of(customer))
        return {fact.inputs[0]: "" if value is None else str(value)}
    kept = {"industry_name": customer.industry, "owner": customer.owner_id}
    values = (kept[name] if name in kept else getattr(customer, name) for name in fact.inputs)
    return {name: "" if value is None else str(value) for name, value in zip(fact.inputs, values, strict=True)}


class FactForm(CustomerForm):
    """One fact of a customer, checked as on the whole form."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        fact: Fact,
        customer: Customer,
        user: Actor,
        today: date,
        back: bool = False,
    ) -> None:
        """`back`: an earlier state is being put back, so nothing is read out of it that was not there."""
        self.fact, self.back = fact, back
        super().__init__(
            data,
            user=user,
            today=today,
            customer=customer,
            own=(fact.field,) if fact.field else (),
            initial=given(fact, customer) | {"version": fact_version(customer, fact.kept)},
            auto_id=f"cell-{customer.pk}-%s",
        )
        for name in set(self.fields) - {*fact.inputs, "version"}:
            del self.fields[name]
        self.fields[fact.inputs[0]].help_text = ""  # there is no room for it, and who knows the fact needs none
        for name in fact.inputs[1:]:
            self.fields[name].widget = forms.HiddenInput()

    @property
    def input(self) -> forms.BoundField:
        """The one that is filled in; others of the same fact go with it unseen."""
        return self[self.fact.inputs[0]]

    def clean(self) -> dict[str, Any]:
        """As on the whole form, but that a name leaves the kind alone: that takes the whole form to change."""
        data: dict[str, Any] = self.cleaned_data
        one = self.customer
        assert one is not None
        if self.fact.key in ("name", "number") and not self.errors:
            if not data.get("name", one.name) and not data.get("number", one.number):
                words = _("Give a name or a customer number, so that you find this customer again.")
                self.add_error(self.fact.key, words)
            elif not self.back and data.get("name", one.name) != one.name:
                self._take_apart(one, data)
        if data.get("region_code"):
            chosen = region(data["region_code"])
            data["region_code"], data["region"] = (chosen.code, chosen.path[:200]) if chosen else ("", data["region"])
        if self.own:
            data["extra"] = own_values(self, self.own)
        return data

    @staticmethod
    def _take_apart(one: Customer, data: dict[str, Any]) -> None:
        """The titles in a new name, and what to say to them where that was read from the old one."""
        taken = names.split(data["name"])
        data["name"] = taken.name
        if one.kind == taken.kind == Customer.Kind.PERSON:
            data["title"] = data.get("title") or taken.title
            if not data.get("call_name") or one.call_name == names.split(one.name).call_name:
                data["call_name"] = taken.call_name

    def facts(self) -> dict[str, Any]:
        """What is to be saved, as `facts.Facts` names it, `industry_name` apart. Only of a valid form."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return {name: value for name, value in given.items() if not name.startswith(OWN)}
