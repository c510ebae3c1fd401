"""Revisions and complaints: write one down, say who resolves it, settle it, open it again."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from django.db import transaction

from setia.accounts.models import User
from setia.core import versions
from setia.core.permissions import require
from setia.core.text import paragraph
from setia.customers.actions import hold, refuse_erased
from setia.service.actions._record import changed, record, told
from setia.service.models import Concern, Contract

if TYPE_CHECKING:
    from setia.customers.models import Customer


class OtherCustomersContract(Exception):
    """The contract it is about is another customer's."""


class StandsOtherwise(Exception):
    """It is settled already, or open again: somebody else may just have said so."""


class ConcernFacts(TypedDict, total=False):
    """What a person may say about a revision or complaint. `kind` is one of `Concern.Kind`."""

    kind: str
    words: str
    raised_date: date
    due_date: date | None
    contract: Contract | None
    resolver: User | None


def add_concern(*, by: User, at: datetime, customer: "Customer", **facts: Unpack[ConcernFacts]) -> Concern:
    """Write one down. Raises `OtherCustomersContract`, and `RecordErased` of `customers`."""
    require(by, "service.concerns")
    made = Concern(customer=customer, created_at=at, updated_at=at, **_folded(facts))
    with transaction.atomic():
        made.customer_id = hold(customer.pk)
        refuse_erased([made.customer_id])
        _theirs(made)
        made.save(force_insert=True)
        _told("added", by=by, at=at, concern=made, data={"kind": made.kind})
    return made


def edit_concern(
    *, by: User, at: datetime, concern: Concern, version: str = "", **facts: Unpack[ConcernFacts]
) -> Concern:
    """Save the facts that differ. Raises `ChangedMeanwhile` (of `core.versions`) and `OtherCustomersContract`."""
    require(by, "service.concerns")
    with transaction.atomic():
        current = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
        versions.check(version, versions.version_of(current.updated_at))
        refuse_erased([current.customer_id])
        changes = changed(current, dict(_folded(facts)))
        for name, (_before, value) in changes.items():
            setattr(current, name, value)
        _theirs(current)
        if changes:
            current.updated_at = at
            current.save(update_fields=[*changes, "updated_at"])
            _told("edited", by=by, at=at, concern=current, data=told(changes, untold=("words", "contract")))
    return current


def settle_concern(*, by: User, at: datetime, concern: Concern, answer: str = "") -> None:
    """Say that it is done, and how. Raises `StandsOtherwise`."""
    require(by, "service.concerns")
    with transaction.atomic():
        refuse_erased([concern.customer_id])
        still_open = Concern.objects.filter(pk=concern.pk, closed_at=None)
        if not still_open.update(closed_at=at, closed_by=by, answer=paragraph(answer), updated_at=at):
            raise StandsOtherwise
        _told("settled", by=by, at=at, concern=concern)


def reopen_concern(*, by: User, at: datetime, concern: Concern) -> None:
    """Say that it is not done after all; the answer goes. Raises `StandsOtherwise`."""
    require(by, "service.concerns")
    with transaction.atomic():
        refuse_erased([concern.customer_id])
        settled = Concern.objects.filter(pk=concern.pk, closed_at__isnull=False)
        if not settled.update(closed_at=None, closed_by=None, answer="", updated_at=at):
            raise StandsOtherwise
        _told("reopened", by=by, at=at, concern=concern)


def _folded(facts: ConcernFacts) -> ConcernFacts:
    folded = facts.copy()
    if "words" in folded:
        folded["words"] = paragraph(folded["words"])
    if "kind" in folded:
        folded["kind"] = Concern.Kind(folded["kind"])
    return folded


def _theirs(one: Concern) -> None:
    if one.contract is not None and one.contract.customer_id != one.customer_id:
        raise OtherCustomersContract


def _told(verb: str, *, by: User, at: datetime, concern: Concern, data: dict[str, Any] | None = None) -> None:
    customer_id = concern.customer_id
    record(f"concern.{verb}", by=by, at=at, about_id=concern.pk, customer_id=customer_id, data=data)
