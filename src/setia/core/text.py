"""Text as a person reads it, before it is stored: nothing unseen in it, one Unicode spelling, single spaces."""

import re
import unicodedata

# Control characters, zero-width ones and those that change the direction of what follows: a name must not be able to
# look like another, nor break the line it is shown in.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def line(value: str) -> str:
    """One line of text, NFC, every run of white space a single space."""
    return _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFC", value))).strip()


def paragraph(value: str) -> str:
    """Like `line`, with line breaks kept."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line(one) for one in lines).strip()
