"""Forget a person: everything that tells who they were goes, and the books stay as they are, under a pseudonym.

1. The ledger takes down the key, the moment and the pseudonym, in the same transaction as the erasure itself.
2. Every room removes or blanks what it holds (`core.personal`), from above to below.
3. After the commit the ledger is written beside the backups too, and stored files are removed.

A backup made before holds the person still. `setia restore` therefore reads the ledger that lies beside the dump, or in
the home, and erases again (`erase_again`).
"""

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from setia.accounts.models import User
from setia.core import personal
from setia.core.permissions import require
from setia.customers.actions._record import record
from setia.customers.actions.files import forget_contents
from setia.customers.actions.merge import lock
from setia.customers.models import ContactPoint, Customer, Erasure, PrivacyRequest
from setia.customers.queries.gate import merged_into

LEDGER = "erased.jsonl"


@dataclass(frozen=True)
class Erased:
    """A line of the ledger: whom (`customer_key`, of the record made at `made_at`), as whom, and when."""

    customer_key: int
    made_at: datetime
    pseudonym: str
    at: datetime

    def to_json(self) -> str:
        """One line of the ledger's file."""
        return json.dumps(
            {
                "customer": self.customer_key,
                "made_at": self.made_at.isoformat(),
                "pseudonym": self.pseudonym,
                "at": self.at.isoformat(),
            }
        )


def erase(*, by: User | None, at: datetime, customer: Customer) -> Erasure:
    """Erase a customer, with every record that was merged into theirs: it is one person. Again changes nothing.

    `by` is None where retention does it. The person's open requests are thereby done.
    """
    if by is not None:
        require(by, "customers.erase")
    files: list[Path] = []
    with transaction.atomic():
        lock([customer.pk])
        for key in merged_into(customer):
            files += _erase(key, pseudonym=_pseudonym(), by=by, at=at)[1]
        erasure, own = _erase(customer.pk, pseudonym=_pseudonym(), by=by, at=at)
    _remove([*files, *own])
    write_ledger()
    return erasure


def erase_again(lines: Iterable[Erased], *, at: datetime) -> int:
    """Erase whom a ledger names and this database still knows; answers how many. What is not that person is left."""
    count = 0
    for line in lines:
        here = Customer.objects.filter(pk=line.customer_key, created_at=line.made_at)
        if here.exists() and not Erasure.objects.filter(customer_key=line.customer_key).exists():
            with transaction.atomic():
                _erasure, files = _erase(line.customer_key, pseudonym=line.pseudonym, by=None, at=line.at)
            _remove(files)
            count += 1
    return count


def read_ledger(path: Path) -> Iterator[Erased]:
    """The lines of a ledger's file; none where there is no file. A line cut off by a crash is passed over."""
    if not path.is_file():
        return
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
            yield Erased(
                int(line["customer"]),
                datetime.fromisoformat(line["made_at"]),
                str(line["pseudonym"])[:20],
                datetime.fromisoformat(line["at"]),
            )
        except (ValueError, KeyError, TypeError):
            continue


def write_ledger(folder: Path | None = None) -> Path:
    """Write the ledger beside the backups, whole; lines the file has and the table has not are kept."""
    folder = folder or Path(settings.HOME) / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / LEDGER
    lines = {(line.customer_key, line.made_at): line for line in read_ledger(path)}
    for row in Erasure.objects.order_by("id"):
        lines[(row.customer_key, row.made_at)] = Erased(row.customer_key, row.made_at, row.pseudonym, row.at)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text("".join(f"{line.to_json()}\n" for line in lines.values()), encoding="utf-8")
    fresh.replace(path)
    return path


def _pseudonym() -> str:
    return f"ERASED-{secrets.token_hex(4).upper()}"


def _erase(pk: int, *, pseudonym: str, by: User | None, at: datetime) -> tuple[Erasure, list[Path]]:
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=pk)
    if known := Erasure.objects.filter(customer_key=pk).first():
        return known, []
    points = ContactPoint.objects.filter(customer=customer).values_list("value", "shown")
    contacts = tuple(dict.fromkeys(text for pair in points for text in pair if text))
    person = personal.Person(pk, customer.name, customer.number or "", contacts)
    erasure = Erasure.objects.create(customer_key=pk, made_at=customer.created_at, pseudonym=pseudonym, at=at, by=by)
    with connection.cursor() as cursor:
        # Histories may be written in for this transaction's length, and rows stay those of the import that made them.
        cursor.execute("SELECT set_config('setia.erasing', 'on', true), set_config('setia.restoring', 'on', true)")
        files = personal.forget(person)
        cursor.execute("SELECT set_config('setia.erasing', '', true), set_config('setia.restoring', '', true)")
    customer.refresh_from_db()
    PrivacyRequest.objects.filter(customer=customer, state=PrivacyRequest.State.OPEN).update(
        state=PrivacyRequest.State.DONE, closed_at=at, closed_by=by
    )
    record("erased", by=by, at=at, customer=customer)
    return erasure, files


def _remove(files: Iterable[Path]) -> None:
    """Remove stored files, once their rows are gone for good: contents are kept under their hash, and may be shared."""
    forget_contents(path.name for path in files)
