"""What can be wrong with a file, a row or a cell: codes with their details. The words are in `words`.

Codes rather than sentences, because one reader wants Indonesian, another English, and the rejects file both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = object
"""A raw cell: `str` from text files; also int, float, Decimal, date, datetime or None from typed formats."""


class Unreadable(Exception):
    """The file as a whole cannot be taken in. `code` and `params` become a sentence in `words.unreadable`."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        from setia.intake.reading import words

        return words.unreadable(self.code, self.params)

    def to_json(self) -> dict[str, object]:
        """The form kept with a run, to be put into words in the reader's language later."""
        return {"code": self.code, **{name: _plain(value) for name, value in self.params.items()}}


@dataclass(frozen=True)
class Note:
    """Something the user should know about the file although it can be read: `words.note` says it."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Why:
    """One reason for which a row is rejected: the rule, the field, and the value as found (at most 200 characters)."""

    code: str
    field: str
    value: str


@dataclass(frozen=True)
class Reject:
    """A row that is not taken in.

    `row` is its number in the file as a spreadsheet counts (the first row is 1, the header included). `cells` are its
    cells as found, for the file of rejected rows. `also` holds further reasons in the same row.
    """

    row: int
    code: str
    field: str
    value: str
    cells: tuple[str, ...]
    also: tuple[Why, ...] = ()

    @property
    def reasons(self) -> tuple[Why, ...]:
        return (Why(self.code, self.field, self.value), *self.also)


class Odd:
    """A cell that is not simply a value: `fatal` rejects the row, otherwise `value` is used and a warning counted."""

    __slots__ = ("code", "fatal", "value")

    def __init__(self, code: str, value: str | None = None, *, fatal: bool = True) -> None:
        self.code = code
        self.value = value
        self.fatal = fatal


def shown(cell: Cell, limit: int = 200) -> str:
    """A cell as a person may see it in a message: at most `limit` characters, on one line."""
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else str(cell)
    text = " ".join(text[: limit * 2].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)
