"""The facts of a customer that can be changed where they stand, one by one: in a list, or on the record.

A fact is named as its column in the list is (`industry`, `owner`, `n12`). What is worked out rather than stated (stage,
value, role and relation as a person may have overruled them) is none, nor is what changes other facts with it (kind).
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor, may
from setia.customers.models import Customer
from setia.customers.queries.fields import FieldDef


class Fact(NamedTuple):
    """One fact: its inputs on a form, the names the record keeps it under, and the verb it takes to change it.

    `people` are facts that a company has none of. `field` is the own field it is the value of. `looks_up`: what is
    typed is looked up, so that leaving the input says nothing yet.
    """

    key: str
    label: Any
    inputs: tuple[str, ...]
    kept: tuple[str, ...]
    verb: str = "customers.edit"
    people: bool = False
    field: FieldDef | None = None
    looks_up: bool = False

    def fits(self, customer: Customer) -> bool:
        """Whether it can be stated of this customer."""
        return customer.erased_at is None and (customer.kind == Customer.Kind.PERSON or not self.people)


def _plain(key: str, label: Any, name: str = "", *, people: bool = False) -> Fact:
    return Fact(key, label, (name or key,), (name or key,), people=people)


_FACTS = (
    # A new name may carry titles, which are put apart.
    Fact("name", _("Name"), ("name", "title", "call_name"), ("name", "title", "call_name")),
    Fact("owner", _("Responsible"), ("owner",), ("owner_id",), verb="customers.assign"),
    _plain("title", _("Titles"), people=True),
    _plain("called", _("Called"), "call_name", people=True),
    _plain("number", _("Number")),
    _plain("tax", _("Tax number"), "tax_number"),
    Fact("industry", _("Industry"), ("industry_name",), ("industry_id",)),
    Fact("region", _("Region"), ("region", "region_code"), ("region", "region_code"), looks_up=True),
    _plain("gender", _("Gender"), people=True),
    _plain("birthday", _("Birthday"), people=True),
    _plain("acquisition", _("Came by")),
)


def facts_for(user: Actor, own: Sequence[FieldDef]) -> dict[str, Fact]:
    """The facts this person may change of the customers they see, by key; the firm's own fields last. No query."""
    if not may(user, "customers.edit"):
        return {}
    found = {one.key: one for one in _FACTS if may(user, one.verb)}
    return found | {
        one.key: Fact(one.key, one.label, (f"own_{one.key}",), (one.key,), field=one, looks_up=one.letter == "r")
        for one in own
    }


def fact_version(customer: Customer, kept: Sequence[str]) -> str:
    """A word that differs whenever what the record keeps under these names differs: its fields, or own fields by key.

    A whole record's version (`core.versions.version_of`) is too much here: somebody who goes along a row from cell to
    cell would come into conflict with themselves, and two people who state different facts contradict nobody.
    """
    fields = {one.attname for one in Customer._meta.concrete_fields}
    values = [getattr(customer, name) if name in fields else customer.extra.get(name) for name in kept]
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]
