"""What kind of field a column would make that Setia has no field for: by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from setia.intake.reading.moments import looks_like_date
from setia.intake.reading.numbers import Signs, guess_signs, is_missing
from setia.intake.reading.problems import Cell
from setia.intake.reading.suggest import is_number
from setia.intake.reading.texts import as_text

MOST_OPTIONS = 8
_MONEY = re.compile(r"(?:rp\.?|idr|us\$|s\$|€|\$)\s*[\d.,-]+|[\d.,-]+\s*(?:idr|usd|eur|sgd)", re.IGNORECASE)
_CODE = re.compile(r"0\d+|\d{16,}")


class Guess(NamedTuple):
    """The kind of an own field (`TEXT`, `NUMBER`, `MONEY`, `DATE` or `CHOICE`), the options of a choice, and the
    signs numbers are written with."""

    type: str
    options: tuple[str, ...] = ()
    signs: Signs | None = None


def guess(cells: Sequence[Cell]) -> Guess | None:
    """The kind that fits a sample of a column; None where nothing stands in it.

    Digits that begin with 0, or are longer than a number is, are a code and stay text. Few words that come back again
    and again are a choice.
    """
    filled = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and is_missing(cell))]
    if not filled:
        return None
    texts = [as_text(cell).strip() for cell in filled]
    if sum(map(looks_like_date, filled)) > 0.95 * len(filled):
        return Guess("DATE")
    if sum(_MONEY.fullmatch(text) is not None for text in texts) > 0.95 * len(texts):
        return Guess("MONEY", signs=guess_signs([texts])[0])
    if not any(_CODE.fullmatch(text) for text in texts) and sum(map(is_number, filled)) > 0.95 * len(filled):
        return Guess("NUMBER", signs=guess_signs([texts])[0])
    words: dict[str, str] = {}
    for text in texts:
        words.setdefault(text.casefold(), text)
    if len(words) <= MOST_OPTIONS and len(texts) >= 5 * len(words) and all(len(text) <= 60 for text in texts):
        return Guess("CHOICE", tuple(sorted(words.values())))
    return Guess("TEXT")
