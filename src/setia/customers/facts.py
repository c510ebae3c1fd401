"""What a person may state about a customer, as keyword arguments of `actions.add` and `actions.edit`."""

from datetime import date
from typing import Any, TypedDict

from setia.accounts.models import User
from setia.customers.models import Customer, Industry


class Facts(TypedDict, total=False):
    """Fields of `Customer` that a person fills in; those left out stay as they are."""

    kind: str
    number: str | None
    name: str
    call_name: str
    title: str
    role: str
    relation: str
    industry: Industry | None
    acquisition: str
    recommended_by: Customer | None
    tax_number: str
    """As `normalise.tax_number` keeps it; empty where unknown."""
    gender: str
    birthday: date | None
    region: str
    region_code: str
    notes: str
    owner: User | None
    extra: dict[str, Any]
    """Values of the firm's own fields, by their keys or codes; None clears one. Those left out stay as they are."""
