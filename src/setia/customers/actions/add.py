"""Add a customer by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core.permissions import require, sees_all
from setia.customers.actions._record import record
from setia.customers.actions.assign import require_may_choose
from setia.customers.actions.contact import create_contacts
from setia.customers.actions.name_keys import keep_name_key
from setia.customers.actions.regions import read_region
from setia.customers.actions.values import checked
from setia.customers.facts import Facts
from setia.customers.models import Customer


class NumberTaken(Exception):
    """Another customer has this number. `customer` is that one."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer.number)
        self.customer = customer


def add(*, by: User, at: datetime, contacts: Sequence[tuple[str, str]] = (), **facts: Unpack[Facts]) -> Customer:
    """Add a customer. `contacts` are pairs of kind and text as given; one given twice is written once.

    Somebody who does not see all customers is responsible for those they add: else they would not see them. Raises
    `NumberTaken`, `NotAContact` for a contact point that cannot be one, `BadValue` (of `values`), and
    `PermissionDenied` for an owner `by` may not choose.
    """
    require(by, "customers.add")
    if facts.get("owner") is None and not sees_all(by):
        facts["owner"] = by
    elif (owner := facts.get("owner")) is not None and owner.pk != by.pk:
        require_may_choose(by, owner)
    extra = {key: value for key, value in checked(facts.pop("extra", {}), by=by).items() if value is not None}
    customer = Customer(**facts, extra=extra, created_at=at, updated_at=at)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
            create_contacts(customer, contacts)
            if not customer.region_code:
                read_region(customer.region)
            keep_name_key(customer.pk, customer.name)
            record("added", by=by, at=at, customer=customer)
    except IntegrityError:
        refuse_taken_number(customer)
        raise
    return customer


def refuse_taken_number(customer: Customer) -> None:
    """Raise `NumberTaken` where another customer of the same source has this customer's number."""
    others = Customer.objects.filter(source=customer.source, number=customer.number).exclude(pk=customer.pk)
    if customer.number and (other := others.first()):
        raise NumberTaken(other)
