"""Texts, ids, choices, contact details: from a cell to clean text that PostgreSQL can hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from setia.intake.reading.fields import Field
from setia.intake.reading.layout import fold
from setia.intake.reading.problems import Cell, Odd

_PLACEHOLDERS_TEXT = (
    "0|-|--|.|?|x|n/a|na|#n/a|nan|null|none|nil|guest|tamu|umum|anonim|anonymous|unknown|"
    "walkin|walk-in|walk in|tunai|cash|customer|pelanggan|pelanggan umum|pelanggan tamu|tidak ada|"
    "tidak diketahui|tanpa nama|no name|no customer|customer umum|cash customer|guest customer|"
    "non member|bukan member"
)
PLACEHOLDERS = frozenset(_PLACEHOLDERS_TEXT.split("|"))
"""Customer ids, folded, that stand for nobody."""
_ZEROS = re.compile(r"0+(?:\.0+)?", re.ASCII)
_FLOAT_ID = re.compile(r"(\d{1,18})\.0+", re.ASCII)
_MISSING = frozenset({"", "\\n", "#n/a", "#null!", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "null", "nan"})
_UNSEEN = {"\u200b", "\u200e", "\u200f", "\u2060", "\ufeff"} | {
    chr(code) for span in (range(0x202A, 0x202F), range(0x2066, 0x206A)) for code in span
}
"""Invisible marks: zero-width spaces, and signs that turn the direction of writing."""

Parser = Callable[[Cell], "str | Odd | None"]


def as_text(cell: Cell) -> str:
    """A typed cell as the text a person would have typed: 536365.0 → `536365`, a day without its midnight."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell == cell and abs(cell) < 1e15 and cell == int(cell):
            return str(int(cell))
        return repr(cell)
    if isinstance(cell, Decimal):
        if not cell.is_finite() or not -30 < cell.adjusted() < 30:
            return str(cell)
        text = f"{cell:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(cell, datetime):
        if cell.time() == time(0) and cell.tzinfo is None:
            return cell.date().isoformat()
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def clean(cell: Cell, *, lines: bool = False) -> str | None:
    """Trimmed text without control, invisible and half characters; None when nothing is left.

    :param lines: keep line ends (notes, addresses); elsewhere they become spaces.
    """
    text = cell if isinstance(cell, str) else as_text(cell)
    text = text.strip()
    if not text.isprintable():
        text = "".join(_kept(letter, lines) for letter in text).strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not lines and "  " in text:
        text = " ".join(filter(None, text.split(" ")))
    return None if text.casefold() in _MISSING else text


def _kept(letter: str, lines: bool) -> str:
    if letter.isprintable():
        return letter
    if letter == "\n" and lines:
        return letter
    if letter.isspace():
        return " "
    if letter in _UNSEEN or unicodedata.category(letter) in {"Cc", "Cs"}:
        return ""
    return letter


def text_parser(field: Field) -> Parser:
    """Text within the field's length; too long is Odd, or cut with a warning where the field allows it."""
    limit, cut, lines = field.limit, field.cut, field.type == "LONG_TEXT"

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell, lines=lines)
        if text is not None and len(text) > limit:
            return Odd("cut", text[: limit - 1].rstrip() + "…", fatal=False) if cut else Odd("too_long")
        return text

    return parse


def id_parser(field: Field, placeholders: frozenset[str], *, drop: bool) -> Parser:
    """An identifier. `13085.0` is 13085, the mark of a spreadsheet; a placeholder is nobody where `drop`."""

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell)
        if text is None:
            return None
        if found := _FLOAT_ID.fullmatch(text):
            text = found[1]
        if drop and is_placeholder(text, placeholders):
            return Odd("placeholder", None, fatal=False)
        if len(text) > field.limit:
            return Odd("too_long")
        return text

    return parse


def name_parser(field: Field, placeholders: frozenset[str], *, drop: bool) -> Parser:
    """A person's name that may be a placeholder."""
    text_of = text_parser(field)

    def parse(cell: Cell) -> str | Odd | None:
        text = text_of(cell)
        if isinstance(text, str) and drop and is_placeholder(text, placeholders):
            return Odd("placeholder", None, fatal=False)
        return text

    return parse


def is_placeholder(text: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a customer id stands for nobody. `more` are further ids, case-folded, that the mapping names."""
    folded = text.casefold()
    return folded in PLACEHOLDERS or folded in more or _ZEROS.fullmatch(folded) is not None


def choice_parser(field: Field) -> Parser:
    """One of the field's stored choices, by any word for it; an unknown word is left out with a warning.

    Of a field that a row cannot do without, it rejects the row.
    """
    words = {word: value for value, known in field.choices for word in (*known, value.casefold())}

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell)
        if text is None or text == "-":
            return None
        found = words.get(fold(text))
        if found is None:
            return Odd("kind_unknown") if field.required else Odd("choice", None, fatal=False)
        return found

    return parse


def currency_parser(cell: Cell) -> str | Odd | None:
    """An ISO 4217 code."""
    text = clean(cell)
    if text is None:
        return None
    code = {"RP": "IDR", "RP.": "IDR", "RUPIAH": "IDR", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "S$": "SGD",
            "RM": "MYR"}.get(text.upper(), text.upper())  # fmt: skip
    return code if re.fullmatch("[A-Z]{3}", code, re.ASCII) else Odd("currency")


def contact_parser(normalise: Callable[[str], str | None], code: str) -> Parser:
    """A contact point in its stored form; what cannot be one is left out with a warning, and the row stays.

    :param normalise: from text as found to the stored form, or None: the customers' room decides what a number is.
    :param code: of the warning: `phone`, `email`, `tax` or `handle`.
    """

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell)
        if text is None or text in {"-", "0"}:
            return None
        stored = normalise(text[:500])
        return stored if stored else Odd(code, None, fatal=False)

    return parse


def owner_parser(known: Mapping[str, tuple[int, bool]]) -> Parser:
    """The key of a person of the firm, named by e-mail address or name (`own.people`). One who has left is left out."""

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell)
        if text is None or text == "-":
            return None
        found = known.get(text.casefold())
        if found is None:
            return Odd("owner")
        return str(found[0]) if found[1] else Odd("owner_left", None, fatal=False)

    return parse


def percent_parser(number: Parser) -> Parser:
    """A number that may have the percent sign behind it."""
    return lambda cell: number(cell.rstrip().removesuffix("%") if isinstance(cell, str) else cell)


TAG_SIGN = "|"
"""What stands between the tags of one customer, once read."""


def tags_parser(field: Field) -> Parser:
    """Several tags in a cell, with `;` or `|` between them, else commas; each once, as `|` joins them."""

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell, lines=True)
        if text is None:
            return None
        if len(text) > field.limit:
            return Odd("too_long")
        sign = r"[|\n]" if "|" in text else r"[;\n]" if ";" in text else r"[,\n]"
        names = [" ".join(one.split()).lstrip("#").strip() for one in re.split(sign, text)]
        if any(len(one) > 60 for one in names):
            return Odd("tag_long")
        kept = {one.casefold(): one for one in reversed(names) if one and one != "-"}
        return TAG_SIGN.join(reversed(kept.values())) or None

    return parse


_CHANNELS = {
    "phone": "PHONE", "telephone": "PHONE", "telepon": "PHONE", "telp": "PHONE", "hp": "PHONE", "sms": "PHONE",
    "whatsapp": "WHATSAPP", "wa": "WHATSAPP", "email": "EMAIL", "surel": "EMAIL", "mail": "EMAIL",
    "instagram": "INSTAGRAM", "ig": "INSTAGRAM", "facebook": "FACEBOOK", "fb": "FACEBOOK", "telegram": "TELEGRAM",
    "line": "LINE", "tiktok": "TIKTOK", "address": "ADDRESS", "alamat": "ADDRESS", "post": "ADDRESS", "pos": "ADDRESS",
}  # fmt: skip
_EVERY_CHANNEL = frozenset({"all", "semua", "allchannels", "semuasaluran", "semuakanal"})


def channels_parser(field: Field) -> Parser:
    """One or several ways to reach a customer, as `|` joins them; a word that is none makes the whole cell odd."""

    def parse(cell: Cell) -> str | Odd | None:
        text = clean(cell)
        if text is None:
            return None
        if fold(text) in _EVERY_CHANNEL:
            return TAG_SIGN.join(sorted(set(_CHANNELS.values())))
        found = [_CHANNELS.get(fold(one)) for one in re.split(r"[|;,+/&]", text) if fold(one)]
        if not found or None in found or len(text) > field.limit:
            return Odd("channel")
        return TAG_SIGN.join(sorted({one for one in found if one}))

    return parse
