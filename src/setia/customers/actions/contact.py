"""Contact points: add, edit, remove, and prefer one."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.actions.hold import hold
from setia.customers.models import ContactPoint, Customer


class NotAContact(Exception):
    """The text is not a contact point of this kind."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(kind, text)
        self.kind, self.text = kind, text


class ContactTaken(Exception):
    """The customer has this contact point already."""


def add_contact(*, by: User, at: datetime, customer: Customer, kind: str, text: str) -> ContactPoint:
    """Add a way to reach a customer. Raises `NotAContact` and `ContactTaken`."""
    require(by, "customers.edit")
    try:
        with transaction.atomic():
            contact = create_contact(customer, kind, text)
            _tell("contact_added", by=by, at=at, contact=contact)
    except IntegrityError as error:
        raise ContactTaken from error
    return contact


def edit_contact(*, by: User, at: datetime, contact: ContactPoint, kind: str, text: str) -> ContactPoint:
    """Correct a contact point. Raises `NotAContact` and `ContactTaken`."""
    require(by, "customers.edit")
    value, shown = _normalised(kind, text)
    try:
        with transaction.atomic():
            hold(contact.customer_id)
            current = ContactPoint.objects.select_for_update().get(pk=contact.pk)
            if (current.kind, current.value, current.shown) == (kind, value, shown):
                return current
            before = str(current)
            current.kind, current.value, current.shown = kind, value, shown
            current.save(update_fields=["kind", "value", "shown"])
            _tell("contact_edited", by=by, at=at, contact=current, before=before)
    except IntegrityError as error:
        raise ContactTaken from error
    return current


def remove_contact(*, by: User, at: datetime, contact: ContactPoint) -> None:
    """Remove a contact point. Removing what is gone already changes nothing."""
    require(by, "customers.edit")
    with transaction.atomic():
        hold(contact.customer_id)
        if ContactPoint.objects.filter(pk=contact.pk).delete()[0]:
            _tell("contact_removed", by=by, at=at, contact=contact)


def prefer_contact(*, by: User, at: datetime, contact: ContactPoint) -> None:
    """Make this the customer's preferred contact point, the only one."""
    require(by, "customers.edit")
    with transaction.atomic():
        # The customer's row is the lock: two people who prefer two points at once take turns.
        Customer.objects.select_for_update(of=("self",)).get(pk=contact.customer_id)
        points = ContactPoint.objects.filter(customer=contact.customer_id)
        if not points.filter(pk=contact.pk, preferred=False).exists():
            return
        points.filter(preferred=True).update(preferred=False)
        points.filter(pk=contact.pk).update(preferred=True)
        _tell("contact_preferred", by=by, at=at, contact=contact)


def create_contact(customer: Customer, kind: str, text: str) -> ContactPoint:
    """Write a contact point's row, inside the caller's transaction and timeline entry. Raises `NotAContact`."""
    value, shown = _normalised(kind, text)
    return ContactPoint.objects.create(customer_id=hold(customer.pk), kind=kind, value=value, shown=shown)


def create_contacts(customer: Customer, contacts: Iterable[tuple[str, str]]) -> None:
    """The same for several at once, pairs of kind and text; one that is given twice, however written, is one."""
    once: dict[tuple[str, str], str] = {}
    for kind, text in contacts:
        once.setdefault((kind, _normalised(kind, text)[0]), text)
    for (kind, _value), text in once.items():
        create_contact(customer, kind, text)


def _normalised(kind: str, text: str) -> tuple[str, str]:
    value = normalise.contact(kind, text) if kind in ContactPoint.Kind.values else None
    if value is None:
        raise NotAContact(kind, text)
    return value, normalise.text(text)[:500]


def _tell(verb: str, *, by: User, at: datetime, contact: ContactPoint, before: str = "") -> None:
    data = {"kind": contact.kind, "shown": str(contact)} | ({"before": before} if before else {})
    record(verb, by=by, at=at, customer=contact.customer, data=data, audited={"kind": contact.kind})
