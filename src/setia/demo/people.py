"""Simulated people and firms, drawn part by part from `traditions`; any likeness with somebody living is chance."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia.demo.traditions import FEMALE, MALE, TRADITIONS, Tradition, words
from setia.demo.truth import Ints

_DEGREES = words(
    "S.E. S.Kom. S.Pd. S.H. S.T. S.Sos. S.Farm.,_Apt. M.M. S.E.,_M.M. S.H.,_M.Kn. S.Pd.,_M.Pd. Ph.D. A.Md. S.Ked."
)
_BEFORE = words("dr. Ir. Drs. drg. Prof. Dr.")
_STEMS = words(
    "Sumber Maju Berkah Sinar Mitra Cahaya Karya Anugerah Surya Bintang Rejeki Harapan Sentosa Mulia Jaya Lestari Tunas"
    " Gemilang Prima Abadi"
)
_BRANCHES = words(
    "Jaya Abadi Sejahtera Makmur Bersama Sentosa Mandiri Utama Nusantara Lestari Raya Persada Gemilang Pratama Sakti"
    " Kencana Perkasa Timur Barat Selatan"
)
_TRADES = words(
    "Kopi Rasa Boga Pangan Niaga Griya Hotel Kedai Warung Distribusi Kantin Retail Logistik Resto Kuliner Wisata Busana"
    " Teknik Medika Cipta"
)
_FORMS = words("PT CV UD Toko Koperasi Yayasan")
_FORM_SHARES = np.array([0.30, 0.27, 0.18, 0.17, 0.05, 0.03])


def persons(random: np.random.Generator, count: int) -> pa.Table:
    """`count` people: columns name, call_name, title, gender (FEMALE, MALE)."""
    weights = np.array([one.weight for one in TRADITIONS])
    tradition = random.choice(len(TRADITIONS), count, p=weights / weights.sum())
    gender = (random.random(count) < 0.46).astype(np.int64)
    muslim = np.array([one.muslim_share for one in TRADITIONS])[tradition]
    parts = [_part(random, tradition, gender, which) for which in ("before", "given", "more", "second", "family")]
    title = _titles(random, gender, muslim)
    return pa.table(
        {
            "name": pc.binary_join_element_wise(*parts, " ", null_handling="skip"),
            "call_name": parts[1],
            "title": title,
            "gender": pa.array(["FEMALE", "MALE"]).take(pa.array(gender)),
        }
    )


def companies(random: np.random.Generator, count: int) -> pa.Table:
    """`count` firms: columns name, call_name, title, gender (the last three empty)."""
    form = random.choice(len(_FORMS), count, p=_FORM_SHARES)
    trade = np.where(random.random(count) < 0.75, random.integers(0, len(_TRADES), count), -1)
    stem = random.integers(0, len(_STEMS), count)
    branch = random.integers(0, len(_BRANCHES), count)
    doubled = np.array(_STEMS)[stem] == np.array(_BRANCHES)[branch]
    name = pc.binary_join_element_wise(
        _pick(_FORMS, form),
        _pick(_STEMS, stem),
        _pick(_TRADES, trade),
        _pick(_BRANCHES, np.where(doubled, (branch + 1) % len(_BRANCHES), branch)),
        " ",
        null_handling="skip",
    )
    blank = pa.array([""]).take(pa.array(np.zeros(count, dtype=np.int64)))
    return pa.table({"name": name, "call_name": blank, "title": blank, "gender": blank})


def _part(random: np.random.Generator, tradition: Ints, gender: Ints, which: str) -> pa.Array:
    """One part of every name, null where the name has none."""
    pool: list[str] = []
    chosen: Ints = np.full(len(tradition), -1)
    luck, draw = random.random(len(tradition)), random.random(len(tradition))
    for place, one in enumerate(TRADITIONS):
        for sex in (FEMALE, MALE):
            words, share = _list(one, sex, which)
            if not words:
                continue
            mine = np.flatnonzero((tradition == place) & (gender == sex) & (luck < share))
            # Within a list the first names are the common ones.
            chosen[mine] = len(pool) + (draw[mine] ** 1.4 * len(words)).astype(np.int64)
            pool += words
    return _pick(tuple(pool), chosen)


def _list(one: Tradition, sex: int, which: str) -> tuple[tuple[str, ...], float]:
    """The words of one part of a name, and how many have that part."""
    if which == "given":
        return one.given[sex], 1.0
    if which == "more":  # a second given name; where the order of birth is the given name there is none
        return one.given[sex], 0.0 if one.second_share == 1.0 else 0.3
    if which == "family":
        return one.family, one.family_share
    if which == "before":
        return one.before[sex], one.before_share
    return one.second[sex], one.second_share


def _titles(random: np.random.Generator, gender: Ints, muslim: NDArray[np.float64]) -> pa.Array:
    """Titles as `customers` keeps them: what stands before the name, a comma, what stands after it."""
    count = len(gender)
    luck = random.random(count)
    pilgrim = random.random(count) < 0.09 * muslim
    haji = np.where(pilgrim, 6 + (1 - gender), -1)
    before = np.where(luck < 0.05, random.integers(0, len(_BEFORE), count), haji)
    before = np.where((before == 2) & (gender == FEMALE), 8, before)
    after = np.where((luck > 0.03) & (luck < 0.12), random.integers(0, len(_DEGREES), count), -1)
    words = (*_BEFORE, "H.", "Hj.", "Dra.")
    front, back = _pick(words, before), _pick(_DEGREES, after)
    return pc.coalesce(pc.binary_join_element_wise(front, back, ", "), front, back, "")


def _pick(words: tuple[str, ...], places: Ints) -> pa.Array:
    """`words` at `places`; null at −1."""
    return pa.array(words, pa.string()).take(pa.array(places, mask=places < 0))


def birthdays(random: np.random.Generator, count: int, today: date) -> pa.Array:
    """Birthdays of buyers between 17 and 75, most about thirty-five; null for the two in five who never told."""
    age = 17 + 58 * random.beta(2.0, 3.6, count)
    day = today.toordinal() - date(1970, 1, 1).toordinal() - (age * 365.2425).astype(np.int64)
    return pa.array(day.astype(np.int32), pa.date32(), mask=random.random(count) < 0.4)
