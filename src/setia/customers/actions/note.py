"""Write a note on a customer's timeline."""

from datetime import datetime

from django.db import transaction

from setia.accounts.models import User
from setia.core.permissions import require
from setia.customers import normalise
from setia.customers.actions._record import record
from setia.customers.actions.mention import mention
from setia.customers.models import Customer


class EmptyNote(Exception):
    """There is nothing in the note."""


def note(*, by: User, at: datetime, customer: Customer, body: str) -> None:
    """Write a note, and tell the colleagues it names. It stays as written: a timeline is never changed.

    Raises `EmptyNote`.
    """
    require(by, "customers.note")
    text = normalise.paragraph(body)
    if not text:
        raise EmptyNote
    with transaction.atomic():
        entry = record("note", by=by, at=at, customer=customer, data={"text": text})
        if "@" in text:
            mention(by=by, entry=entry, customer=customer, text=text)
