"""A prospect in one line, as somebody types it between two calls.

“Sari Wijaya 0812-3456-7890 Medan, from Instagram, wants a demo”: the name stands before the first contact, a place may
follow it, a part that begins with *from* or *dari* is the source, `#word` the campaign, and the rest is what they want.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from setia.core.text import line
from setia.customers.queries import email, handle, phone

_EMAIL = re.compile(r"[^\s,;<>]+@[^\s,;<>]+\.[^\s,;<>]+")
_PHONE = re.compile(r"(?<![\w+])\+?[0-9(][0-9()\s.\-]{6,20}[0-9]")
_HANDLE = re.compile(r"(?<!\S)@([A-Za-z0-9._]{2,30})")
_CAMPAIGN = re.compile(r"(?<!\S)#([^\s#,;]{1,60})")
_FROM = re.compile(r"(?:from|via|by way of|dari|lewat|melalui)\s+(.{1,60})", re.IGNORECASE)
_PLACE = re.compile(r"(?:in|at|di)\s+(.{1,100})", re.IGNORECASE)
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("EMAIL", _EMAIL, email),
    ("WHATSAPP", _PHONE, phone),
    ("INSTAGRAM", _HANDLE, lambda value: handle(value, "INSTAGRAM")),
)
_PART = re.compile(r"[,;\n]+")


@dataclass(frozen=True)
class Quick:
    """What a line says: who, how to reach them, where, whence, and what they want."""

    name: str = ""
    contacts: list[tuple[str, str]] = field(default_factory=list)
    region: str = ""
    source: str = ""
    campaign: str = ""
    note: str = ""


def read_quick(text: str) -> Quick:
    """Read a line. What cannot be told apart goes into the note, so that nothing typed is lost."""
    text = line(text)[:1000]
    contacts, text, first = _contacts(text)
    campaign = _CAMPAIGN.search(text)
    if campaign:
        text = _blanked(text, campaign)
    head = len(_PART.split(text, maxsplit=1)[0])
    name = line(text[: min(first, head)]).strip(" -:(")
    region, source, wants = "", "", []
    for index, part in enumerate(_PART.split(text[min(first, head) :])):
        words = line(part).strip(" -:()")
        if not words:
            continue
        if not source and (found := _FROM.fullmatch(words)):
            source = found[1]
        elif not region and (found := _PLACE.fullmatch(words)):
            region = found[1]
        elif index == 0 and not region and first < head and len(words.split()) <= 4:
            region = words  # after the contact, before the first comma
        else:
            wants.append(words)
    return Quick(name, contacts, region, source, campaign[1] if campaign else "", ", ".join(wants))


def _contacts(text: str) -> tuple[list[tuple[str, str]], str, int]:
    """The contacts in a line, the line with blanks in their place, and where the first of them stood."""
    found: list[tuple[str, str]] = []
    first = len(text)
    for kind, pattern, reads in _KINDS:
        for match in list(pattern.finditer(text)):
            value = match[match.lastindex or 0].strip()
            if reads(value) is None:
                continue
            if (kind, value) not in found:
                found.append((kind, value))
            first = min(first, match.start())
            text = _blanked(text, match)
    return found, text, first


def _blanked(text: str, match: re.Match[str]) -> str:
    """Blanks of the same length, so that what stands before and after keeps its place."""
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]
