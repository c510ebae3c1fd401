"""Numbers as people and programs write them, to plain decimal text.

`Rp1.234.567,89`, `1,234.56`, `(1.234)`, `250-` and `1 500` are numbers once it is known which sign is the decimal one;
that is decided for the file over a sample (`suggest`), never cell by cell: `1.250` alone could be either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from setia.intake.reading.problems import Cell, Odd

LIMIT = Decimal(10) ** 14
"""What numeric(18,4) holds before its point."""
DECIMALS = 10
"""More decimals than this are the noise of binary fractions; the database keeps four of a unit price."""

_CURRENCY = re.compile(
    r"(?i)^(?:rp\.?|idr|usd|sgd|myr|eur|gbp|us\$|s\$|rm|[$€£¥])|(?:rp|idr|usd|sgd|myr|eur|gbp|[$€£¥])$"
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’_]")
_PLAIN = re.compile(r"-?\d{1,14}(?:\.\d{1,10})?", re.ASCII)
_SCIENCE = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}", re.ASCII)
_NUMBER_WORDS = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"}
_MISSING = {"", "-", "–", "—", "n/a", "na", "#n/a", "null", "none", "nil", "\\n", "kosong", "."}


@dataclass(frozen=True)
class Signs:
    """Which sign is the decimal one, and which parts thousands (`.`, `,` or nothing)."""

    decimal: str = "."
    thousands: str = ","


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return text.strip().casefold() in _MISSING


def number_parser(signs: Signs) -> Callable[[Cell], str | Odd | None]:
    """A function from a cell to plain decimal text, None for a missing value, or Odd with the reason."""
    decimal, thousands = re.escape(signs.decimal), re.escape(signs.thousands)
    grouped = rf"\d{{1,3}}(?:{thousands}\d{{3}})+" if signs.thousands else r"\d+"
    shape = re.compile(rf"(?:({grouped}|\d+)(?:{decimal}(\d*))?|{decimal}(\d+))", re.ASCII)

    def parse(cell: Cell) -> str | Odd | None:
        if not isinstance(cell, str):
            return _typed(cell)
        text = cell.strip()
        if signs.decimal == "." and _PLAIN.fullmatch(text):
            return text
        if is_missing(text):
            return None
        if len(text) > 100:
            return Odd("number_too_large" if text[:100].isdigit() else "number")
        if text.casefold() in _NUMBER_WORDS:
            return Odd("number_not_finite")
        if _SCIENCE.fullmatch(text):
            return _bounded(Decimal(text.replace(",", ".")))
        text, negative = _bare(text)
        found = shape.fullmatch(text)
        if found is None:
            return Odd(_reason(text, signs))
        whole = (found[1] or "0").replace(signs.thousands, "") if signs.thousands else (found[1] or "0")
        part = found[2] or found[3] or ""
        return _bounded(Decimal(f"{'-' if negative else ''}{whole}.{part or 0}"))

    return parse


def _bare(text: str) -> tuple[str, bool]:
    """The digits and signs alone, without currency and spaces, and whether the number is negative."""
    negative = False
    for _ in range(3):
        text = text.strip()
        if text.startswith("(") and text.endswith(")"):
            text, negative = text[1:-1].strip(), not negative
        if text.endswith((",-", ",--")):  # "Rp 5.000,-": no cents
            text = text[: text.rindex(",")]
        if text[:1] in "-−–":
            text, negative = text[1:].strip(), not negative if text else negative
        elif text[:1] == "+":
            text = text[1:].strip()
        if text[-1:] and text[-1:] in "-−":
            text, negative = text[:-1].strip(), not negative
        text = _CURRENCY.sub("", text)
    return _SPACES.sub("", text), negative


def _reason(text: str, signs: Signs) -> str:
    if re.fullmatch(r"[\d.,]+", text):
        return "number_signs"
    if re.fullmatch(r"[\d.,OolI]+", text) and any(letter.isdigit() for letter in text):
        return "number_letter"
    return "number"


def _typed(cell: Cell) -> str | Odd | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return Odd("number")
    if isinstance(cell, int):
        return str(cell) if -LIMIT < cell < LIMIT else Odd("number_too_large")
    if isinstance(cell, float):
        return _bounded(Decimal(repr(cell)))
    if isinstance(cell, Decimal):
        return _bounded(cell)
    return Odd("number")


def _bounded(value: Decimal) -> str | Odd:
    if not value.is_finite():
        return Odd("number_not_finite")
    if value.adjusted() >= 14 and value != 0:
        return Odd("number_too_large")
    if value == 0:
        return "0"
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if exponent < -DECIMALS:
        if value.adjusted() < -DECIMALS:
            return "0"
        value = round(value, DECIMALS)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def guess_signs(columns: Iterable[Iterable[str]]) -> tuple[Signs, bool]:
    """The signs that fit the sample, and whether the sample settles them.

    A number with both signs tells: the later one is decimal. So does one sign that occurs twice (thousands), or that is
    not followed by exactly three digits (decimal). If every cell is like `1.250`, thousands are meant: prices in
    rupiah look like that, and three decimals are rare in money.
    """
    votes = {",": 0, ".": 0}
    weak = {",": 0, ".": 0}
    for column in columns:
        for cell in column:
            text, _ = _bare(cell)
            if not re.fullmatch(r"[\d.,]+", text):
                continue
            comma, point = text.rfind(","), text.rfind(".")
            if comma >= 0 and point >= 0:
                votes["," if comma > point else "."] += 2
                continue
            for sign, place in ((",", comma), (".", point)):
                if place < 0:
                    continue
                other = "." if sign == "," else ","
                if text.count(sign) > 1:
                    votes[other] += 1
                elif len(text) - place - 1 != 3 or place > 3 or text[:place] in {"", "0"}:
                    votes[sign] += 1
                else:
                    weak[sign] += 1
    if votes[","] != votes["."]:
        decimal = "," if votes[","] > votes["."] else "."
        return Signs(decimal, "." if decimal == "," else ","), True
    if weak["."] != weak[","]:
        decimal = "," if weak["."] > weak[","] else "."
        return Signs(decimal, "." if decimal == "," else ","), False
    return Signs(), True
