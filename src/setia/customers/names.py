"""What can be read from an Indonesian name: titles, whether it is a firm, and what to call the person.

One full name and a call name; there is no first and last name. Titles stand apart so that `H. Budi Santoso, S.E.` and
`Budi Santoso` sort and match as one name. Everything here is a suggestion that a person may overrule.
"""

import re
from typing import NamedTuple

from setia.customers.normalise import text


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Before the name, folded and without dots. A single letter counts only where it is a title ("H." haji), since
# "M." is short for Muhammad and "A." for Ahmad.
_BEFORE = _words(
    "bapak bpk bp ibu sdr sdri saudara saudari tuan nyonya nona tn ny nn mr mrs ms h hj kh ust ustaz ustad ustadz"
    " ustazah dr drg drh drs dra ir prof apt pdt pastor romo kyai kiai"
)
_BEFORE_NEEDS_DOT = {"h", "ms"}
# After the name: "S.E.", "M.Kom", "Ph.D.", "Sp.A(K)"; without dots only these.
_DEGREE = re.compile(r"(?:[A-Z][A-Za-z]{0,4}\.)+\s?(?:[A-Z][A-Za-z]{0,5}\.?)?(?:\([A-Z]\))?")
_BARE_DEGREES = _words("SE SH ST SS MM MT MA MBA MH MSc MSi MPd BA BSc PhD SKom SPd SSi SSos STP SIP AMd Ak CA CPA")

_FIRM_BEFORE = _words("pt cv ud pd fa tb firma koperasi yayasan perum perumda bumdes")
_FIRM_AFTER = {"tbk", "ltd", "inc", "llc", "gmbh", "corp", "plc", "(persero)", "persero"}
_FIRM_SHOWN = {"pt": "PT", "cv": "CV", "ud": "UD", "pd": "PD", "fa": "Fa", "tb": "TB"}

# Words at the head of a name by which nobody is called.
_NOT_CALLED = _words(
    "i ni ida gusti anak agung raden ajeng roro rr rd r bagus tubagus teuku cut sri muhammad mohammad mohamad muhamad"
    " mochamad mochammad moch moh muh mhd m md ahmad achmad akhmad a abdul siti"
)


class Name(NamedTuple):
    """A name taken apart. `kind` is a `Customer.Kind`; `title` holds what stood before, then what stood after."""

    kind: str
    name: str
    title: str
    call_name: str


def split(value: str) -> Name:
    """Take a name as found apart."""
    whole = text(value)
    if is_firm(whole):
        return Name("COMPANY", _firm(whole), "", "")
    words, after = _without_degrees(whole)
    before: list[str] = []
    while len(words) > 1 and _is_title(words[0], words[1]):
        before.append(words.pop(0))
    name = " ".join(words)
    title = ", ".join(part for part in (" ".join(before), *after) if part)
    return Name("PERSON", name[:300], title[:100], call_name(name))


def is_firm(value: str) -> bool:
    """Whether a name is a firm's: by its legal form before (PT, CV, UD, …) or after (Tbk, Ltd)."""
    words = [word.strip(".,").lower() for word in value.split()]
    return len(words) > 1 and (words[0] in _FIRM_BEFORE or words[-1] in _FIRM_AFTER or words[-1] in {"pt", "cv", "ud"})


def call_name(name: str) -> str:
    """What to call a person: the first word that is more than a clan, caste or family prefix."""
    words = [word.strip(".,") for word in name.split()]
    called = next((word for word in words if len(word) > 1 and word.lower() not in _NOT_CALLED), "")
    return (called or (words[-1] if words else ""))[:100]


def with_titles(name: str, title: str) -> str:
    """The name as on an envelope: `Ir. Budi Santoso, S.E.` from `Budi Santoso` and `Ir., S.E.`"""
    parts = [part for part in title.split(", ") if part]
    first = parts[0].split()[0].rstrip(".").lower() if parts else ""
    before = parts.pop(0) if first in _BEFORE else ""
    return ", ".join([f"{before} {name}".strip(), *parts])


def _is_title(word: str, following: str) -> bool:
    plain = word.rstrip(".").replace(".", "").lower()
    if plain not in _BEFORE or not following[:1].isalnum():
        return False
    return plain not in _BEFORE_NEEDS_DOT or "." in word


def _without_degrees(whole: str) -> tuple[list[str], list[str]]:
    head, *tails = [part.strip() for part in whole.split(",")]
    words = head.split()
    degrees: list[str] = []
    while len(words) > 1 and _DEGREE.fullmatch(words[-1]) and words[-1].count(".") > 1:
        degrees.insert(0, words.pop())
    for tail in tails:
        if tail and not all(_DEGREE.fullmatch(word) or word in _BARE_DEGREES for word in tail.split()):
            return whole.split(), []  # a comma that is not about degrees: the name stays whole
        degrees += [tail] if tail else []
    return words, degrees


def _firm(whole: str) -> str:
    words = whole.replace(",", " ").split()
    if words[-1].strip(".").lower() in {"pt", "cv", "ud"}:  # "Rasa Nusantara, PT"
        words.insert(0, words.pop())
    form = words[0].strip(".").lower()
    words[0] = _FIRM_SHOWN.get(form, words[0])
    return " ".join(words)[:300]
