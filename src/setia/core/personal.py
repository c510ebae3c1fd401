"""What each room holds about a customer: the one list behind export, erasure and retention (Law 27/2022).

A room says in its module `personal`, imported when Setia starts, which of its tables hold something about a customer
(`hold`), what besides rows has to be forgotten (`forget_by`), and what it keeps only for a time (`keep_for`). A table
with a customer key that nobody names fails `tests/test_personal.py`, so that no copy of a person is overlooked.
"""
# ruff: noqa: S608 — tables and conditions are what rooms wrote in their code; the customer is a parameter.

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.functional import Promise


class AtErasure(Enum):
    """What becomes of a table's rows when the person behind them asks to be forgotten."""

    DELETE = "DELETE"
    BLANK = "BLANK"  # the row stays, with `Holding.blank` in the columns that told something
    KEEP = "KEEP"  # holds figures under a key alone, nothing that tells who it was


@dataclass(frozen=True)
class Holding:
    """One table's rows about a customer.

    `where` is an SQL condition on the alias `t`, with `%(customer)s` for the key. `columns` are the fields a person
    reads, with their names, and `words` puts a field's value into words where the model's choices do not; the
    machine-readable copy has every column except `secret`. `blank` gives SQL expressions by column. `order` places it
    among the others, small numbers first; an erasure goes the other way round. `file` answers a stored file of a row:
    it goes into the export and is removed at erasure.
    """

    table: str
    title: Promise
    columns: Mapping[str, Promise]
    at_erasure: AtErasure = AtErasure.DELETE
    where: str = "t.customer_id = %(customer)s"
    blank: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    words: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    order: int = 50
    file: Callable[[Mapping[str, Any]], Path | None] | None = None


@dataclass(frozen=True)
class Person:
    """What identified somebody up to the moment of the erasure, for rooms that look for them in texts and files."""

    customer_id: int
    name: str
    number: str
    contacts: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text by which this person can be found, without the empty ones."""
        return tuple(text for text in (self.name, self.number, *self.contacts) if text)


@dataclass(frozen=True)
class Keeping:
    """A kind of data that is kept for a time. `days` is the usual time, `on` whether it counts unless switched off.

    `due(before)` counts what is older than a moment, `go(before)` removes it and answers how many went; both may be
    called at any time, and `go` again after a crash. `sample(before)` names a few of what would go.
    """

    code: str
    title: Promise
    about: Promise
    days: int
    on: bool
    due: Callable[[datetime], int]
    go: Callable[[datetime], int]
    sample: Callable[[datetime], list[str]] | None = None


_holdings: dict[str, Holding] = {}
_forgetters: list[Callable[[Person], None]] = []
_keepings: dict[str, Keeping] = {}


def hold(*holdings: Holding) -> None:
    """Say which tables of a room hold something about a customer."""
    for one in holdings:
        if (one.at_erasure is AtErasure.BLANK) != bool(one.blank):
            raise ValueError(f"{one.table}: BLANK, and only BLANK, names what to blank")
        _holdings[one.table] = one


def forget_by(forget: Callable[[Person], None]) -> None:
    """Call this too at an erasure, in its transaction and before any row goes; a second call must change nothing."""
    _forgetters.append(forget)


def keep_for(*keepings: Keeping) -> None:
    """Say what is kept for a time only."""
    _keepings.update({one.code: one for one in keepings})


def holdings() -> list[Holding]:
    """Every table that holds something about customers, in the order of the export."""
    return sorted(_holdings.values(), key=lambda one: (one.order, one.table))


def keepings() -> list[Keeping]:
    """Every kind of data that is kept for a time."""
    return list(_keepings.values())


def rows_about(holding: Holding, customer_id: int) -> list[dict[str, Any]]:
    """A table's rows about a customer, as JSON values, in the order they were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(t)::text FROM {holding.table} t WHERE {holding.where} ORDER BY 1",
            {"customer": customer_id},
        )
        rows: list[dict[str, Any]] = [json.loads(row) for (row,) in cursor.fetchall()]
    return [{name: value for name, value in row.items() if name not in holding.secret} for row in rows]


def forget(person: Person) -> list[Path]:
    """Remove or blank everything held about a person, in the caller's transaction.

    Answers the stored files that must go once it is committed.
    """
    for react in _forgetters:
        react(person)
    files: list[Path] = []
    # The customer's own row goes last: what points at it is found by it.
    for holding in reversed(holdings()):
        if holding.file is not None:
            found = (holding.file(row) for row in rows_about(holding, person.customer_id))
            files += [path for path in found if path is not None]
        _forget_rows(holding, person.customer_id)
    return files


def _forget_rows(holding: Holding, customer_id: int) -> None:
    with connection.cursor() as cursor:
        if holding.at_erasure is AtErasure.DELETE:
            cursor.execute(f"DELETE FROM {holding.table} t WHERE {holding.where}", {"customer": customer_id})
        elif holding.at_erasure is AtErasure.BLANK:
            changes = ", ".join(f'"{name}" = {value}' for name, value in holding.blank.items())
            cursor.execute(f"UPDATE {holding.table} t SET {changes} WHERE {holding.where}", {"customer": customer_id})
