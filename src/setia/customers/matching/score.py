"""The certainty that two records are one customer, from their levels of agreement, with the reasons.

Sum of weights first, then the guards: cases in which a sum of independent chances is known to be wrong, because the
things are not independent. Members of a family share a phone *and* a town *and* a family name; a namesake shares a name
*and* a town *and* a gender. There the certainty is capped, whatever the sum says.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from setia.customers.matching.levels import COMPARISONS, weighed
from setia.customers.matching.record import Record, with_crowds
from setia.customers.matching.weights import BUILT_IN, Weights

UNSURE = 0.5
"""What a guard leaves: worth a look by a person, never enough to be merged in bulk."""

Levels = tuple[str | None, ...]
"""The level of each of `COMPARISONS`, None where it cannot be made."""

_PLACE = {one.name: place for place, one in enumerate(COMPARISONS)}
NAME = _PLACE["name"]
_NAMED = ("same", "part", "near")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a comparison, its level, and its weight in bits; positive speaks for one customer, negative against."""

    comparison: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One record beside another. `certainty` is a probability; `guard` names what capped it, '' for nothing."""

    id: int
    certainty: float
    reasons: tuple[Reason, ...]
    guard: str = ""


def levels_of(a: Record, b: Record) -> Levels:
    """The level of agreement in every comparison."""
    return tuple(one.level(a, b) for one in COMPARISONS)


@lru_cache(maxsize=100_000)
def judged(levels: Levels, weights: Weights, records: int) -> tuple[float, str, tuple[Reason, ...]]:
    """Bits for one customer (the prior among them), the guard that applies ('' for none), and the reasons.

    `records` is how many there are to choose from. The frequency of the name is not in it: see `name_bits`.
    """
    reasons = tuple(Reason(name, level, weights.bits(name, level, records)) for name, level in weighed(levels))
    return weights.prior_bits(records) + sum(one.bits for one in reasons), guard(levels), reasons


def name_bits(times: int, weights: Weights, records: int) -> float:
    """What a name borne by `times` of `records` adds to the weight of an equal one: more when rare, less when common.

    The two records themselves count as one bearer; the built-in frequency stands in for 2,000 records more, so that a
    small firm does not think every name rare or common by one case.
    """
    average = weights.u("name", "same")
    seen = (max(times - 1, 0) + average * 2_000) / (records + 2_000)
    return math.log2(average / max(seen, 1e-7))


def certainty(bits: float, guarded: str) -> float:
    """The probability that so many bits mean, capped where a guard applies."""
    if bits < -60:
        return 0.0
    sure = 1.0 if bits > 60 else 1 / (1 + 2.0**-bits)
    return min(sure, UNSURE) if guarded else sure


def guard(levels: Levels) -> str:
    """Which guard applies: '' for none, else its name.

    `other_name`: names that are not writings of each other, so that what is shared is a family's or an office's.
    `tax_id`: two tax numbers. `birthday`: another birthday, as father and son or strangers of one name have.
    `gender`: the same for gender. `namesake`: nothing but the name, the town and the gender agrees; a mail name made
    of the same name, or a birthday that is nearly the same, is not enough beside it.
    `contested`: a shared phone speaks for, another mail address or handle against. `one_word`, `part`: one name is part
    of the other, as a son's is of his father's, and what else agrees is shared.
    """
    (serial, given, name, phone, email, handle, birthday, tax_id, address, _region, gender) = levels
    lives = address in ("same", "near")
    personal = (email == "own") + (handle == "same") + (tax_id in ("same", "near"))
    own = personal + (birthday == "same") + (phone == "own")
    if tax_id == "same" and (name in (*_NAMED, "one_word", None) or own + lives + (phone == "few") >= 2):
        return ""
    if serial == "other" and name not in ("same", "part") and given != "same":
        return "tax_id"
    if tax_id == "different" and not _mistyped(given, name, birthday, own + lives):
        return "tax_id"
    if name in ("some", "alike", "different"):
        twice = own + lives + (birthday == "near") + (phone == "few") >= 2
        single = lives and given != "different"  # twins live together, and are not called the same
        known = personal or (birthday == "same" and (single or (phone == "own" and name == "alike")))
        return "" if known and twice and name != "different" else "other_name"
    if birthday == "different" and own + lives < 2:
        return "birthday"
    if gender == "different" and own < 2:
        return "gender"
    shared = (phone in ("few", "many", "digit")) + (email == "many") + lives
    half = (birthday in ("near", "january")) + (email == "local")
    if own + shared == 0 and half < 2:
        return "namesake"
    if name == "one_word" and own + (shared > 0 and half > 0) == 0:
        return "one_word"
    against = (email == "different") + (handle == "different")
    shared_only = phone in ("few", "many") and own + half == 0
    if against and (shared_only or (own == 1 and phone == "own" and (name != "same" or birthday == "near"))):
        return "contested"
    if name == "part" and phone in ("few", "many") and own + half == 0:
        return "part"
    return ""


def _mistyped(given: str | None, name: str | None, birthday: str | None, agree: int) -> bool:
    """Whether so much else agrees that two tax numbers are one and a typing error, not two people.

    A family shares its phone and address, twins their birthday too. They do not share a whole name: with that, the
    birthday or two other things are enough. Where one name is a single word, it must be the given name.
    """
    if name in ("same", "part"):
        return birthday == "same" or agree >= 2
    return agree >= 2 and (name == "near" or (name == "one_word" and given == "same"))


def score_all(
    record: Record,
    others: Iterable[Record],
    *,
    records: int,
    weights: Weights = BUILT_IN,
    named_alike: int | None = None,
) -> list[Scored]:
    """Every one of `others` beside `record`, the most certain first.

    `records` is how many customers there are, `named_alike` how many of them bear this name; when not said, those among
    `others`. Who shares a phone is counted among `others`, so they must hold everybody who has one of the record's.
    """
    together = with_crowds([record, *others])
    first, rest = together[0], together[1:]
    times = named_alike if named_alike is not None else sum(one.key == first.key for one in rest)
    scored = []
    for other in rest:
        levels = levels_of(first, other)
        bits, guarded, reasons = judged(levels, weights, records)
        if levels[NAME] == "same":
            bits += (extra := name_bits(times + 1, weights, records))
            reasons = (Reason("name", "same", reasons[0].bits + extra), *reasons[1:])
        scored.append(Scored(other.id, certainty(bits, guarded), reasons, guarded))
    return sorted(scored, key=lambda one: (-one.certainty, one.id))


def as_mapping(levels: Levels) -> Mapping[str, str]:
    """The levels by comparison, those that could be made."""
    return {one.name: level for one, level in zip(COMPARISONS, levels, strict=True) if level is not None}


def encode(levels: Sequence[str | None]) -> int:
    """Levels as one number, as `batch` keeps them."""
    code = 0
    for one, level in zip(COMPARISONS, levels, strict=True):
        place = 0 if level is None else 1 + [each.name for each in one.levels].index(level)
        code = code * (len(one.levels) + 1) + place
    return code


@lru_cache(maxsize=100_000)
def decode(code: int) -> Levels:
    """The levels of `encode`."""
    levels: list[str | None] = []
    for one in reversed(COMPARISONS):
        code, place = divmod(code, len(one.levels) + 1)
        levels.append(None if place == 0 else one.levels[place - 1].name)
    return tuple(reversed(levels))
