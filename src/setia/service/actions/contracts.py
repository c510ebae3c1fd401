"""Contracts: enter one, change it, renew it, take one away that should never have been one."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import line, paragraph
from setia.customers.actions import hold, refuse_erased
from setia.service.actions._record import changed, record, told
from setia.service.models import Contract
from setia.service.queries.contracts import next_term

if TYPE_CHECKING:
    from setia.customers.models import Customer

_UNTOLD = ("note", "title")


class DatesReversed(Exception):
    """A contract cannot end before it begins."""


class CannotRenew(Exception):
    """It has no end that comes, or another contract follows it already: somebody else may just have entered it."""


class ContractFacts(TypedDict, total=False):
    """What a person may say about a contract. `value` is of the whole, in the firm's currency."""

    title: str
    number: str
    from_date: date
    until_date: date | None
    value: Decimal | None
    complexity: str
    responsible: User | None
    note: str


def add_contract(*, by: User, at: datetime, customer: "Customer", **facts: Unpack[ContractFacts]) -> Contract:
    """Enter a contract. Raises `DatesReversed`, and `RecordErased` of `customers`."""
    require(by, "service.contracts")
    made = Contract(customer=customer, created_at=at, updated_at=at, **_folded(facts))
    _in_order(made)
    with transaction.atomic():
        made.customer_id = hold(customer.pk)
        refuse_erased([made.customer_id])
        made.save(force_insert=True)
        record("contract.added", by=by, at=at, about_id=made.pk, customer_id=made.customer_id)
    return made


def edit_contract(
    *, by: User, at: datetime, contract: Contract, version: str = "", **facts: Unpack[ContractFacts]
) -> Contract:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`) and `DatesReversed`."""
    require(by, "service.contracts")
    with transaction.atomic():
        current = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        versions.check(version, versions.version_of(current.updated_at))
        refuse_erased([current.customer_id])
        changes = changed(current, dict(_folded(facts)))
        for name, (_before, value) in changes.items():
            setattr(current, name, value)
        _in_order(current)
        if changes:
            current.updated_at = at
            current.save(update_fields=[*changes, "updated_at"])
            data = told(changes, untold=_UNTOLD)
            record("contract.edited", by=by, at=at, about_id=current.pk, customer_id=current.customer_id, data=data)
    return current


def renew_contract(*, by: User, at: datetime, contract: Contract, **facts: Unpack[ContractFacts]) -> Contract:
    """Enter the contract that follows one whose time ends; what is not said is as in that one.

    It begins the day after and is as long, unless said otherwise. Taken away again, the old one can be renewed anew.
    Raises `CannotRenew`, `DatesReversed`, and `RecordErased` of `customers`.
    """
    require(by, "service.contracts")
    with transaction.atomic():
        current = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        if current.until_date is None or Contract.objects.filter(follows=current).exists():
            raise CannotRenew
        term = next_term(current)
        kept: ContractFacts = {
            "title": current.title,
            "number": current.number,
            "value": current.value,
            "complexity": current.complexity,
            "responsible": current.responsible,
            "from_date": term["from_date"],
            "until_date": term["until_date"],
        }
        kept.update(_folded(facts))
        made = Contract(follows=current, created_at=at, updated_at=at, **kept)
        _in_order(made)
        made.customer_id = hold(current.customer_id)
        refuse_erased([made.customer_id])
        made.save(force_insert=True)
        data = {"follows": current.pk, "from": made.from_date.isoformat()}
        record("contract.renewed", by=by, at=at, about_id=made.pk, customer_id=made.customer_id, data=data)
    return made


def remove_contract(*, by: User, at: datetime, contract: Contract) -> None:
    """Take a contract away; its revisions and complaints stay. One that is gone already changes nothing."""
    require(by, "service.contracts")
    with transaction.atomic():
        # Its number and days are told, so that who took the wrong one away can enter it again.
        data = {"number": contract.number, "from": contract.from_date.isoformat()}
        if Contract.objects.filter(pk=contract.pk).delete()[0]:
            record("contract.removed", by=by, at=at, about_id=contract.pk, customer_id=contract.customer_id, data=data)


def _folded(facts: ContractFacts) -> ContractFacts:
    folded = facts.copy()
    for name in ("title", "number"):
        if name in folded:
            folded[name] = line(folded[name])
    if "note" in folded:
        folded["note"] = paragraph(folded["note"])
    return folded


def _in_order(one: Contract) -> None:
    if one.until_date is not None and one.until_date < one.from_date:
        raise DatesReversed
