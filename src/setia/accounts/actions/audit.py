"""Write down who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from setia.accounts.models import AuditEntry, User


def audit(
    *,
    by: User | None,
    at: datetime,
    verb: str,
    about: str,
    about_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    address: str = "",
) -> AuditEntry:
    """Write one line of the audit trail, in the caller's transaction.

    `verb` is what happened (`customer.archived`), `about` the kind of thing (`customer`), `about_id` its key. `data`
    holds what a reader needs to understand it (JSON): from what to what under `changes` (`core.words.told_changes`);
    never a secret, and of a customer only the names of fields, for their details stand in the timeline, which can be
    erased. `by` is None when nobody was signed in, or Setia itself acted. `address` is a network address; only its
    keyed hash is kept.
    """
    return AuditEntry.objects.create(
        by=by, at=at, verb=verb, about=about, about_id=about_id, data=dict(data or {}), address=mark(address)
    )


def mark(address: str) -> str:
    """A short keyed hash of a network address ('' stays '')."""
    if not address:
        return ""
    return salted_hmac("setia.accounts.address", address, algorithm="sha256").hexdigest()[:16]


def note_export(*, by: User, at: datetime, what: str, **which: int | str) -> None:
    """Write down that somebody took a list along as a file; `what` is the kind of thing (`customer`).

    `which` says which list where there are many of a kind: the key of a `customer` or a `run`, the name of a `report`.
    """
    audit(by=by, at=at, verb="list.exported", about="list", data={"what": what} | which)
