"""Add a customer: by hand, from a program, or from a public form (then nobody is signed in)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.db import IntegrityError, connection, transaction

from setia.accounts.models import User
from setia.core.permissions import require, sees_all
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.actions.assign import require_may_choose
from setia.customers.actions.contact import create_contacts
from setia.customers.actions.name_keys import keep_name_key
from setia.customers.actions.regions import read_region
from setia.customers.actions.values import checked
from setia.customers.facts import Facts
from setia.customers.models import Customer
from setia.customers.queries.elsewhere import Elsewhere, elsewhere
from setia.customers.queries.twins import Draft, Twin, twins_of


class KnownAlready(Exception):
    """They are here already, almost certainly. `twins` are those `by` may see, `elsewhere` a colleague's, if any."""

    def __init__(self, twins: list[Twin], elsewhere: Elsewhere | None) -> None:
        super().__init__(len(twins))
        self.twins, self.elsewhere = twins, elsewhere


class NumberTaken(Exception):
    """Another customer has this number. `customer` is that one."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(customer.number)
        self.customer = customer


def add(
    *,
    by: User | None,
    at: datetime,
    contacts: Sequence[tuple[str, str]] = (),
    unless_known: bool = False,
    turns: bool = True,
    **facts: Unpack[Facts],
) -> Customer:
    """Add a customer. `contacts` are pairs of kind and text as given; one given twice is written once.

    Somebody who does not see all customers is responsible for those they add: else they would not see them. `by` is
    None where nobody is signed in: a form the firm made public. With `unless_known`, somebody who is here already is
    not added: two who add the same person at the same moment take turns, and the second is told. Whoever adds many in
    one transaction goes without `turns`: a lock for each contact of a thousand people is more than a database holds.

    Raises `NumberTaken`, `NotAContact` for a contact point that cannot be one, `BadValue` (of `values`),
    `PermissionDenied` for an owner `by` may not choose, and `KnownAlready`.
    """
    if by is not None:
        require(by, "customers.add")
        if facts.get("owner") is None and not sees_all(by):
            facts["owner"] = by
        elif (owner := facts.get("owner")) is not None and owner.pk != by.pk:
            require_may_choose(by, owner)
    extra = {key: value for key, value in checked(facts.pop("extra", {}), by=by).items() if value is not None}
    customer = Customer(**facts, extra=extra, created_at=at, updated_at=at)
    try:
        with transaction.atomic():
            if turns:
                take_turns(contacts)
            if unless_known and by is not None:
                refuse_known(customer, contacts, by=by)
            customer.save(force_insert=True)
            create_contacts(customer, contacts)
            if not customer.region_code:
                read_region(customer.region, at=at)
            keep_name_key(customer.pk, customer.name)
            record("added", by=by, at=at, customer=customer)
    except IntegrityError:
        refuse_taken_number(customer)
        raise
    return customer


def take_turns(contacts: Sequence[tuple[str, str]]) -> None:
    """Let whoever else is adding somebody with one of these contacts finish first; until the transaction ends."""
    values = {value for kind, text in contacts if (value := normalise.contact(kind, text))}
    with connection.cursor() as cursor:
        for value in sorted(values):  # in one order, so that no two wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7710))", [value])


def refuse_known(customer: Customer, contacts: Sequence[tuple[str, str]], *, by: User) -> None:
    """Raise `KnownAlready` where a customer that is about to be added is almost certainly here."""
    draft = Draft(
        name=customer.name,
        contacts=contacts,
        birthday=customer.birthday,
        region=customer.region,
        gender=customer.gender,
        tax_number=customer.tax_number,
    )
    twins, known = twins_of(by, draft), elsewhere(by, draft)
    if known or any(twin.is_certain for twin in twins):
        raise KnownAlready(twins, known)


def refuse_taken_number(customer: Customer) -> None:
    """Raise `NumberTaken` where another customer of the same source has this customer's number."""
    others = Customer.objects.filter(source=customer.source, number=customer.number).exclude(pk=customer.pk)
    if customer.number and (other := others.first()):
        raise NumberTaken(other)
