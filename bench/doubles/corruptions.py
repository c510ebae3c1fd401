"""What goes wrong when a customer is written down a second time: one table of chances, and a function for each row.

A chance is the probability that the row happens to a double that has the thing at all (a birthday that is not known
cannot be mistyped). Several may happen to one double. The numbers are assumptions, chosen to be rather worse than a
shop's own list: where a published figure exists for other countries (typing errors in a tenth of hand-keyed names) the
table is above it.
"""

import random
import re
from collections.abc import Callable

CHANCES: dict[str, float] = {
    # the name of a person
    "title": 0.18,
    "muhammad": 0.60,
    "old spelling": 0.06,
    "order of words": 0.04,
    "word left out": 0.08,
    "initial": 0.05,
    "typing error": 0.15,
    "sound": 0.07,
    "words joined": 0.02,
    # the name of a firm
    "legal form": 0.55,
    "and": 0.50,
    "branch": 0.05,
    # the writing of any name
    "case": 0.20,
    # how to reach them
    "phone left out": 0.06,
    "another phone": 0.06,
    "digit": 0.03,
    "e-mail left out": 0.25,
    "another e-mail": 0.08,
    "mail domain": 0.06,
    "dots in the mail": 0.05,
    "handle left out": 0.30,
    # who they are
    "birthday left out": 0.20,
    "day and month": 0.03,
    "birthday digit": 0.03,
    "first of January": 0.03,
    "tax number left out": 0.40,
    "region left out": 0.20,
    "way of naming the region": 0.20,
    "moved": 0.05,
    "gender left out": 0.40,
}
"""The table of corruptions: what may happen to a double, and how often."""

_TITLES = ("Bpk", "Bapak", "Ibu", "H.", "Hj.", "Sdr.", "Ir.", "dr.", "Drs.")
_DEGREES = ("S.E.", "SE", "S.Kom", "S.Pd.", "SH", "M.M.", "S.T.", "A.Md")
_VARIANTS = {
    "muhammad": ("Moh.", "M.", "Muh.", "Mohammad", "Muhamad", "Mochamad", "Mhd.", "Muhammad"),
    "ahmad": ("Achmad", "Akhmad", "Ahmad", "Ach."),
    "abdul": ("Abd.", "Abdoel", "Abdul"),
    "siti": ("St.", "Sitti", "Siti"),
}
_OLD = (("u", "oe"), ("j", "dj"), ("c", "tj"), ("y", "j"))
_SOUNDS = (
    ("sy", "s"), ("z", "s"), ("f", "p"), ("v", "f"), ("kh", "h"), ("th", "t"), ("i", "ie"), ("dh", "d"), ("y", "i"),
    ("ks", "x"), ("q", "k"), ("nn", "n"), ("n", "nn"), ("a", "ah"), ("s", "ss"), ("i", "y"),
)  # fmt: skip
_KEYS = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "xa",
}  # fmt: skip
_DOMAINS = {"gmail.com": ("gmial.com", "gmail.co", "yahoo.com"), "yahoo.com": ("yahoo.co.id", "ymail.com")}


def title(name: str, luck: random.Random) -> str:
    """A title before the name, a degree after it, or both."""
    front = f"{luck.choice(_TITLES)} " if luck.random() < 0.7 else ""
    return f"{front}{name}, {luck.choice(_DEGREES)}" if not front or luck.random() < 0.2 else front + name


def muhammad(name: str, luck: random.Random) -> str:
    """Muhammad, Ahmad, Abdul and Siti in another of their spellings; unchanged where there is none of them."""
    words = name.split()
    for place, word in enumerate(words[:-1]):
        if variants := _VARIANTS.get(word.lower()):
            words[place] = luck.choice(variants)
    return " ".join(words)


def old_spelling(name: str, luck: random.Random) -> str:
    """Spelled as before 1972: oe for u, dj for j, tj for c, j for y; one of them, throughout one word."""
    words = name.split()
    choices = [(at, new, old) for at, word in enumerate(words) for new, old in _OLD if new in word.lower()[1:]]
    if choices:
        at, new, old = luck.choice(choices)
        words[at] = words[at][0] + words[at][1:].lower().replace(new, old)
    return " ".join(words)


def order_of_words(name: str, luck: random.Random) -> str:
    """The last word first."""
    words = name.split()
    return " ".join([words[-1], *words[:-1]]) if len(words) > 1 else name


def word_left_out(name: str, luck: random.Random) -> str:
    """One word fewer, never the only one."""
    words = name.split()
    if len(words) > 1:
        words.pop(luck.randrange(len(words)) if luck.random() < 0.4 else -1)
    return " ".join(words)


def initial(name: str, luck: random.Random) -> str:
    """A word after the first, or the first of three, as its first letter."""
    words = name.split()
    if len(words) > 1:
        at = luck.randrange(1, len(words)) if len(words) < 3 or luck.random() < 0.7 else 0
        words[at] = f"{words[at][0]}."
    return " ".join(words)


def typing_error(name: str, luck: random.Random) -> str:
    """One letter wrong, missing, twice, or changed places with the next; never the first of the name."""
    places = [at for at in range(1, len(name)) if name[at].isalpha()]
    if not places:
        return name
    at = luck.choice(places)
    letter = name[at]
    kind = luck.random()
    if kind < 0.35:
        return name[:at] + luck.choice(_KEYS.get(letter.lower(), "e")) + name[at + 1 :]
    if kind < 0.60:
        return name[:at] + name[at + 1 :]
    if kind < 0.80:
        return name[:at] + letter.lower() + name[at:]
    return name[:at] + name[at + 1 : at + 2] + letter + name[at + 2 :]


def sound(name: str, luck: random.Random) -> str:
    """Written as heard: s for sy, p for f, t for th, a letter doubled."""
    lower = name.lower()
    choices = [(old, new) for old, new in _SOUNDS if lower.find(old, 1) > 0]
    if not choices:
        return name
    old, new = luck.choice(choices)
    at = lower.find(old, 1)
    return name[:at] + new + name[at + len(old) :]


def words_joined(name: str, luck: random.Random) -> str:
    """Two words without the space between them, or a long word with one."""
    words = name.split()
    if len(words) > 1:
        at = luck.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1].lower()]
    return " ".join(words)


def legal_form(name: str, luck: random.Random) -> str:
    """PT, CV and UD with dots, at the end, left out, or with (Persero) and Tbk behind."""
    form, _space, rest = name.partition(" ")
    if form not in ("PT", "CV", "UD"):
        return name
    dotted = ".".join(form) + "."
    return luck.choice(
        (f"{dotted} {rest}", f"{form}. {rest}", f"{rest}, {form}", rest, f"{form} {rest} Tbk", f"{rest} {dotted}")
    )


def conjunction(name: str, luck: random.Random) -> str:
    """`dan` for `&`, and the other way round."""
    return name.replace(" & ", " dan ") if "&" in name else name.replace(" dan ", " & ")


def branch(name: str, luck: random.Random) -> str:
    """The branch written behind the name."""
    return f"{name} {luck.choice(('Cab. Surabaya', '(Pusat)', 'Indonesia', 'Cabang Bandung'))}"


def case(name: str, luck: random.Random) -> str:
    """All capitals, or none."""
    return name.upper() if luck.random() < 0.6 else name.lower()


def digit(number: str, luck: random.Random) -> str:
    """One digit of a telephone number wrong, or two that changed places."""
    at = luck.randrange(6, len(number) - 1)
    if luck.random() < 0.5 and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[:at] + luck.choice([one for one in "0123456789" if one != number[at]]) + number[at + 1 :]


def mail_domain(address: str, luck: random.Random) -> str:
    """Another domain, or the domain mistyped."""
    local, _at, domain = address.partition("@")
    return f"{local}@{luck.choice(_DOMAINS.get(domain, ('gmail.com', 'yahoo.com')))}"


def dots_in_the_mail(address: str, luck: random.Random) -> str:
    """Dots in the first part, or a tag behind a plus."""
    local, _at, domain = address.partition("@")
    if luck.random() < 0.3:
        return f"{local}+{luck.choice(('belanja', 'promo', 'kerja'))}@{domain}"
    at = luck.randrange(1, len(local)) if len(local) > 2 else 1
    return f"{local[:at]}.{local[at:]}@{domain}".replace("..", ".")


def swapped_day(day: str) -> str:
    """Day and month changed places, where that is a day too."""
    year, month, number = day.split("-")
    return f"{year}-{number}-{month}" if int(number) <= 12 and number != month else day


def birthday_digit(day: str, luck: random.Random) -> str:
    """One digit of the year or of the day wrong."""
    year, month, number = day.split("-")
    if luck.random() < 0.5:
        return f"{int(year) + luck.choice((-10, -1, 1, 10))}-{month}-{number}"
    return f"{year}-{month}-{min(max(int(number) + luck.choice((-10, -1, 1, 10)), 1), 28):02d}"


def region_named(region: str, luck: random.Random) -> str:
    """Kab. for Kabupaten, or the bare name."""
    bare = re.sub(r"^(Kota|Kabupaten) ", "", region)
    short = region.replace("Kabupaten ", "Kab. ").replace("Kota ", "")
    return luck.choice((bare, short, bare.upper()))


PERSON: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("muhammad", muhammad),
    ("old spelling", old_spelling),
    ("sound", sound),
    ("typing error", typing_error),
    ("order of words", order_of_words),
    ("word left out", word_left_out),
    ("initial", initial),
    ("words joined", words_joined),
    ("title", title),
    ("case", case),
)
"""What may happen to a person's name, in this order."""

FIRM: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("and", conjunction),
    ("typing error", typing_error),
    ("legal form", legal_form),
    ("branch", branch),
    ("case", case),
)
"""What may happen to a firm's name, in this order."""
