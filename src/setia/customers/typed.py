"""Values of custom fields: how text becomes one, how `Customer.extra` keeps it, how the database reads it back.

`extra` is one JSON object a customer. A key is the letter of the type and the number of the field (`n12`), so that the
database itself can refuse a wrong value (the check of `customers_extra_ok`) without knowing the fields: a number and an
amount of money are JSON numbers, a day is `YYYY-MM-DD`, a choice is the number of its option, a reference the number of
a customer. A field without a value has no key.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, CharField, DecimalField, F, Field, Func
from django.utils.translation import gettext_lazy as _

Value = str | int | Decimal | date
"""A value in Python: text, the key of an option or a customer, a number or money, a day."""

TEXT_LENGTH = 500
INDEXED_LENGTH = 100
"""So much of a text is sorted by, and compared with when a filter asks how it begins."""
MOST = Decimal(10) ** 15
KEY = re.compile(r"[tnmdcr][1-9][0-9]{0,8}")
_NUMBER = re.compile(r"[+-]?[0-9.,\s]*[0-9][0-9.,\s]*")


class Encoder(json.JSONEncoder):
    """Writes an `extra` with its decimals as JSON numbers, digit by digit: never through a float."""

    def encode(self, o: Any) -> str:
        """The object as JSON."""
        if isinstance(o, Mapping):
            return "{" + ",".join(f"{super(Encoder, self).encode(str(k))}:{self.encode(v)}" for k, v in o.items()) + "}"
        if isinstance(o, Decimal):
            return format(o, "f")
        return super().encode(o.isoformat() if isinstance(o, date) else o)


class Decoder(json.JSONDecoder):
    """Reads JSON numbers as decimals, whole ones as `int`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "parse_float": Decimal})


def stored(letter: str, value: Value) -> str | int | Decimal:
    """A value as `extra` keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    if letter in "nm":
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else number.normalize()
    return value


def loaded(letter: str, kept: Any) -> Value:
    """What `extra` keeps, as a value."""
    if letter == "d":
        return date.fromisoformat(kept)
    return Decimal(kept) if letter in "nm" else kept


def number(text: str, *, places: int) -> Decimal:
    """A number as people write it: `1.250.000`, `1,250,000.50`, `1250000,5`. Raises `ValidationError`.

    The sign that stands last, once, and is not followed by exactly three digits is the decimal one; of a lone sign
    before three digits, a point parts thousands, as Indonesian does, unless nothing but a zero stands before it.
    """
    bare = re.sub(r"^(?:rp\.?|idr)\s*", "", text.strip(), flags=re.IGNORECASE).replace(" ", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(bare):
        raise ValidationError(
            _("“%(text)s” is not a number. Write it as 1250000 or 1.250.000."), params={"text": text[:60]}
        )
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0:
        sign, tail, head = bare[last], bare[last + 1 :], bare[:last].lstrip("+-")
        other = "," if sign == "." else "."
        groups = bare.count(sign) > 1 or (len(tail) == 3 and other not in bare and head not in ("", "0"))
        bare = bare.replace(other, "")
        bare = bare.replace(sign, "") if groups else bare.replace(sign, ".")
    try:
        found = Decimal(bare)
    except InvalidOperation as error:
        raise ValidationError(
            _("“%(text)s” is not a number. Write it as 1250000 or 1.250.000."), params={"text": text[:60]}
        ) from error
    return limited(found, places=places)


def limited(found: Decimal, *, places: int) -> Decimal:
    """The number, if it is finite, below a thousand million million, and has no more decimals than that."""
    if not found.is_finite() or abs(found) >= MOST:
        raise ValidationError(_("This number is too large to keep."))
    if found != found.quantize(Decimal(1).scaleb(-places)):
        raise ValidationError(_("Give at most %(places)s decimals."), params={"places": places})
    return found


PLACES = {"n": 6, "m": 4}
"""Decimals kept of a number and of money."""

_OUTPUT: dict[str, "Field[Any, Any]"] = {
    "t": CharField(),
    "n": DecimalField(max_digits=30, decimal_places=6),
    "m": DecimalField(max_digits=30, decimal_places=4),
    "d": CharField(),
    "c": BigIntegerField(),
    "r": BigIntegerField(),
}


def sql(key: str) -> str:
    """The SQL that an index of this field is made of; `expression` writes the same, so that the index is used."""
    if not KEY.fullmatch(key):
        raise ValueError(key)
    read = f"extra ->> '{key}'"
    return {
        "t": f"lower(left({read}, {INDEXED_LENGTH}))",
        "n": f"(({read})::numeric)",
        "m": f"(({read})::numeric)",
        "d": f"({read})",
        "c": f"(({read})::bigint)",
        "r": f"(({read})::bigint)",
    }[key[0]]


def expression(key: str, path: str = "extra") -> Func:
    """The typed value of a field, for filters and orders of customers (or of what has a customer, by `path`)."""
    template = sql(key).replace("extra", "%(expressions)s", 1)
    return Func(F(path), template=template, output_field=_OUTPUT[key[0]])


def whole_text(key: str) -> Func:
    """All of a text, folded, for a filter by any part of it; an index of trigrams has the same."""
    if not KEY.fullmatch(key) or key[0] != "t":
        raise ValueError(key)
    return Func(F("extra"), template=f"lower(%(expressions)s ->> '{key}')", output_field=CharField())
