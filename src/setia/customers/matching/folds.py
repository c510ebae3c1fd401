"""Different writings of one thing folded into one key: names, mail addresses, regions, tax numbers.

Folds are for finding and comparing, never for showing. They throw away more than spelling rules allow (Fauzi and Pausi
become one), since the weights of a namesake and of everything else decide afterwards. `VERSION` goes up whenever a fold
changes, so that stored keys are made anew.
"""

import re
import unicodedata
from functools import lru_cache

VERSION = 1


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES = _listed(
    "bapak bpk bp ibu sdr sdri saudara saudari tuan nyonya nona tn ny nn mr mrs ms h hj haji hajah kh ust ustaz ustad"
    " ustadz ustazah dr drg drh drs dra ir prof apt pdt pastor romo kyai kiai rr rd se sh st ss mm mt ma mba mh msc"
    " msi mpd ba bsc phd skom spd ssi ssos stp sip amd ak ca cpa mkom sthi sag spdi sfarm mkn sked"
)
_FORMS = _listed("pt cv ud pd fa tbk persero perseroan ltd inc llc cab cabang pusat dan and bin binti")
_MUHAMMAD = "muhammad mohammad mohamad muhamad muhammed mochamad mochammad mohammed moch moh muh mhd mohd"
# Names that many bear and nobody writes twice alike.
_KIN = {
    **dict.fromkeys(_MUHAMMAD.split(), "muhamad"),
    **dict.fromkeys(("ahmad", "achmad", "akhmad", "ach", "akh", "ahmed"), "ahmad"),
    **dict.fromkeys(("abdul", "abd", "abdoel", "abdoul"), "abdul"),
    **dict.fromkeys(("siti", "sitti"), "siti"),
}
_OLD = (("oe", "u"), ("tj", "c"), ("sj", "sy"), ("nj", "ny"), ("dj", "\0"), ("j", "y"), ("\0", "j"))
_COMMON = frozenset(_KIN.values())
_IS_OLD = re.compile("oe|tj|sj|nj|dj")
_SOUNDS = (
    ("sy", "s"), ("sh", "s"), ("kh", "h"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("ph", "p"), ("gh", "g"),
    ("x", "ks"), ("z", "s"), ("f", "p"), ("v", "p"), ("q", "k"), ("ie", "i"),
)  # fmt: skip
_CH = re.compile(r"ch(?=[^aeiou]|$)")
_LONE_Y = re.compile(r"y(?![aeiou])")
_DOUBLED = re.compile(r"(.)\1+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"\b((?:[a-z]\.){2,})")
_GENERIC = _listed(
    "info admin sales office cs contact kontak marketing hrd finance purchasing order support hello halo mail email"
    " customer service noreply no-reply toko owner"
)
_REGION = re.compile(r"^(?:kota administrasi|kabupaten|kota|kab\.?|adm\.?)\s+", re.IGNORECASE)


def plain(value: str) -> str:
    """Lower case Latin letters and digits, single spaces; marks above letters dropped, everything else a space."""
    if not value.isascii():
        value = unicodedata.normalize("NFKD", value)
        value = "".join(one for one in value if not unicodedata.combining(one))
        if not value.isascii():
            # A name in another script stays as it is: it has no Latin folds, and must not become the empty name.
            return " ".join(value.casefold().split())
    return _NOT_WORD.sub(" ", value.lower()).strip()


@lru_cache(maxsize=200_000)
def word(value: str) -> str:
    """One plain word as it sounds: old spelling, Arabic sounds, doubled letters."""
    if value in _KIN:
        return _KIN[value]
    if not value.isascii() or value.isdigit():
        return value
    if _IS_OLD.search(value):
        # Spelled as before 1972, when j was what y is now.
        for old, new in _OLD:
            value = value.replace(old, new)
    value = _CH.sub("h", value).replace("ch", "c")
    for old, new in _SOUNDS:
        value = value.replace(old, new)
    value = _DOUBLED.sub(r"\1", _LONE_Y.sub("i", value))
    return value[:-1] if len(value) > 3 and value.endswith("h") else value


def name_words(name: str) -> list[str]:
    """The words of a name that say who it is, folded, in their order: no titles, degrees, legal forms.

    A name of nothing else keeps its words.
    """
    lower = _DOTTED.sub(lambda found: found[1].replace(".", "") + " ", name.lower())
    words = plain(lower).split()
    kept = [one for one in words if one not in _TITLES and one not in _FORMS] or words
    if len(words) > 1 and words[0] == "st" and kept is not words:
        kept = ["siti", *kept]  # before a name it is Siti, behind it an engineer's degree
    if len(kept) > 1 and kept[0] == "m":
        kept[0] = "muhamad"
    return [word(one) for one in kept]


def is_solid(folded: str) -> bool:
    """Whether a folded word says who: two letters or more, and none of the names that half of a country bears."""
    return len(folded) > 1 and folded not in _COMMON


def name_key(name: str) -> str:
    """The folded words of a name, sorted: what two writings of one name have in common. '' for no name."""
    return " ".join(sorted(name_words(name)))[:300]


def email_key(address: str) -> str:
    """An address without what its owner may add: a +tag before the @, and at Gmail, which does not see them, dots."""
    local, _at, domain = address.casefold().partition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def is_generic(local: str) -> bool:
    """Whether the part before the @ belongs to an office rather than to somebody, or is too short to say who."""
    return local in _GENERIC or len(local) < 6


@lru_cache(maxsize=50_000)
def region_key(region: str) -> str:
    """A town without `Kota`, `Kabupaten`, `Kab.` before it."""
    return plain(_REGION.sub("", region.strip()))


def tax_key(number: str) -> str:
    """The digits of a tax number (NPWP): the sixteen-digit form of a fifteen-digit one has a 0 before it."""
    digits = re.sub(r"[^0-9]", "", number)
    return digits[1:] if len(digits) == 16 and digits.startswith("0") else digits


def address_key(address: str) -> str:
    """A street address in plain words, sorted; `Jl.` and its kin dropped."""
    words = [one for one in plain(address).split() if one not in ("jl", "jln", "jalan", "no", "rt", "rw")]
    return " ".join(sorted(words))
