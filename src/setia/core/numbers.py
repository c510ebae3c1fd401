"""Numbers as people type them into a form: `125.000`, `1.250.000,50`, `Rp 12,5`, `1,250.75`.

A point or comma alone before exactly three digits could be either; who writes money in Rupiah means thousands, whatever
the language of the screen, since Rupiah has no smaller coin. For other currencies and for quantities the language says
it. (A file's numbers are judged over the whole column, in `intake`.)
"""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from setia.core.queries import current_firm

# The mark of a currency before or after; spaces of every width; what parts thousands without doubt.
_MARKS = re.compile(r"(?i)^\s*(?:rp\.?|idr|[a-z]{3}|[$€£¥])\s*(?=[-−+(]?[\d.,])|(?<=\d)\s*(?:rp|idr|,-|\.-)\s*$")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]")
_SHAPE = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)", re.ASCII)
WHOLE_CURRENCIES = frozenset({"IDR", "JPY", "KRW", "VND"})
"""Currencies nobody writes decimals in; each rupiah's sen left circulation long ago."""


def read_number(text: str, *, decimal: str, thousands_first: bool = False) -> Decimal | None:
    """The number a person typed, None where it is none.

    `decimal` is the language's decimal sign. With `thousands_first` a single sign before exactly three digits parts
    thousands, whichever of the two it is.
    """
    plain = _SPACES.sub("", _MARKS.sub("", text)).replace("−", "-")
    if len(plain) > 40 or not _SHAPE.fullmatch(plain):
        return None
    sign, digits = ("-", plain[1:]) if plain[0] == "-" else ("", plain.lstrip("+"))
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        mark = max(".,", key=digits.rfind)
        other = "," if mark == "." else "."
        if digits.count(mark) > 1:
            return None
        whole, _mark, fraction = digits.partition(mark)
        return _joined(sign, whole, other, fraction)
    mark = "." if points else ","
    if points + commas > 1:
        return _joined(sign, digits, mark, "")
    whole, found, fraction = digits.partition(mark)
    a_group = bool(found) and len(fraction) == 3 and 0 < len(whole) < 4 and not whole.startswith("0")
    if a_group and (thousands_first or mark != decimal):
        return _decimal(sign, whole + fraction, "")
    return _decimal(sign, whole, fraction)


def write_number(value: Decimal, *, decimal: str) -> str:
    """A number for a form's field, so that `read_number` reads the same one: no thousands, no idle zeros."""
    text = f"{value.normalize():f}"
    whole, point, fraction = text.partition(".")
    if not point:
        return text
    return f"{whole}{decimal}{fraction}{'0' if len(fraction) == 3 else ''}"


def decimal_sign() -> str:
    """The decimal sign of the screen's language."""
    return "," if (get_language() or "").startswith("id") else "."


def read_money(text: str) -> Decimal | None:
    """A sum in the firm's currency as a person typed it, None where it is none."""
    return read_number(text, decimal=decimal_sign(), thousands_first=current_firm().currency in WHOLE_CURRENCIES)


def read_quantity(text: str) -> Decimal | None:
    """How many of something as a person typed it, None where it is no number."""
    return read_number(text, decimal=decimal_sign())


class NumberField(forms.DecimalField):
    """A number typed by a person, in the way of the screen's language; `cleaned_data` has a Decimal."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "decimal"}), **options})  # type: ignore[arg-type]

    def read(self, text: str) -> Decimal | None:
        """What the text says."""
        return read_quantity(text)

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # the stubs say int for all numbers
        if value is None or isinstance(value, Decimal):
            return value
        text = str(value).strip()
        if not text:
            return None
        found = self.read(text)
        if found is None:
            raise ValidationError(
                _("“%(text)s” is not a number. Write it like %(example)s."),
                params={"text": text[:40], "example": "1.250" if decimal_sign() == "," else "1,250"},
                code="invalid",
            )
        return found

    def prepare_value(self, value: object) -> object:
        return write_number(value, decimal=decimal_sign()) if isinstance(value, Decimal) else value


class MoneyField(NumberField):
    """A sum in the firm's currency typed by a person: `125.000` is a hundred and twenty-five thousand rupiah."""

    def read(self, text: str) -> Decimal | None:
        return read_money(text)


def _joined(sign: str, grouped: str, mark: str, fraction: str) -> Decimal | None:
    """Digits whose thousands are parted by `mark`; None where the groups are not of three."""
    first, *groups = grouped.split(mark)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        return None
    return _decimal(sign, first + "".join(groups), fraction)


def _decimal(sign: str, whole: str, fraction: str) -> Decimal | None:
    if not (whole + fraction).isdecimal():
        return None
    return Decimal(f"{sign}{whole or 0}.{fraction or 0}")
