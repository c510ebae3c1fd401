"""The comparisons and their levels of agreement, each said twice: as SQL for DuckDB and as Python for one pair.

Levels are tried in order, the first that fits counts; the last is "none of these". A comparison where either side does
not know the thing is left out of the sum. In the SQL, `l(x)` and `r(x)` stand for column x of either record.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from setia.customers.matching.record import Record
from setia.customers.matching.similar import jaro_winkler, within_one

NEAR = 0.90
LOOSE = 0.82
NPWP = 15
NIK = 16
BEFORE = 12
"""Digits of a tax number without the 0 before it, of an identity number, which is a person's tax number since 2024, and
of those before its serial: six of the place, six of the day of birth."""


@dataclass(frozen=True)
class Level:
    """A level of agreement. `identifies` marks things that are given to one holder: the chance that strangers share
    one falls with the number of records."""

    name: str
    sql: str
    identifies: bool = False


@dataclass(frozen=True)
class Comparison:
    """What is compared: when it is unknown (`null`), its levels, and which of them a pair of records has.

    One that does not weigh adds nothing to the sum (another comparison counts the same thing): the guards ask for it.
    """

    name: str
    null: str
    levels: tuple[Level, ...]
    level: Callable[[Record, Record], str | None]
    weighs: bool = True


def sql(text: str, left: str = "l.{}", right: str = "r.{}") -> str:
    """The SQL of a level with the names of a query's own columns put in."""
    text = re.sub(r"\bl\((\w+)\)", lambda found: left.format(found[1]), text)
    return re.sub(r"\br\((\w+)\)", lambda found: right.format(found[1]), text)


def case(comparison: Comparison, left: str = "l.{}", right: str = "r.{}") -> str:
    """A CASE that answers the level's name, NULL where the comparison cannot be made."""
    whens = " ".join(f"WHEN {sql(one.sql, left, right)} THEN '{one.name}'" for one in comparison.levels[:-1])
    return f"CASE WHEN {sql(comparison.null, left, right)} THEN NULL {whens} ELSE '{comparison.levels[-1].name}' END"


# What is left of either name when the words both have are taken away, sorted and joined.
_REST_L = "array_to_string(list_filter(l(tokens), lambda w: NOT list_contains(r(tokens), w)), ' ')"
_REST_R = "array_to_string(list_filter(r(tokens), lambda w: NOT list_contains(l(tokens), w)), ' ')"
_FIRST = "list_transform({0}(tokens), lambda w: w[1])"
_INITIALS = " AND ".join(
    f"(len({one}(initials)) = 0 OR"
    f" list_has_all(list_concat({_FIRST.format(other)}, {other}(initials)), {one}(initials)))"
    for one, other in ("lr", "rl")
)
_SUBSET = f"(list_has_all(l(tokens), r(tokens)) OR list_has_all(r(tokens), l(tokens))) AND {_INITIALS}"
_SMALLER = "least(l(solid), r(solid))"
# One slip leaves the first seven or the last five signs of two long numbers equal: cheap to see, and seldom so.
_ONE_END = (
    "(length(l(phone)) < 13 OR length(r(phone)) < 13"
    " OR left(l(phone), 7) = left(r(phone), 7) OR right(l(phone), 5) = right(r(phone), 5))"
)

_NUMBER = re.compile("[0-9]")
_STREET_L, _STREET_R = "string_split(l(address), ' ')", "string_split(r(address), ' ')"
_HOUSE = "list_filter({}, lambda w: regexp_matches(w, '[0-9]'))"
_HOUSE_L, _HOUSE_R = _HOUSE.format(_STREET_L), _HOUSE.format(_STREET_R)
_LIVES = (
    f"length(array_to_string(list_intersect({_STREET_L}, {_STREET_R}), '')) * 5"
    " >= least(length(replace(l(address), ' ', '')), length(replace(r(address), ' ', ''))) * 3"
    f" AND (len({_HOUSE_L}) = 0 OR len({_HOUSE_R}) = 0 OR list_has_any({_HOUSE_L}, {_HOUSE_R}))"
)
_SERIAL = (
    f"length(l(tax_id)) = {NIK} AND length(r(tax_id)) = {NIK} AND l(tax_id) <> r(tax_id)"
    f" AND left(l(tax_id), {BEFORE}) = left(r(tax_id), {BEFORE})"
)


def _name(a: Record, b: Record) -> str | None:
    if not a.key or not b.key:
        return None
    if a.key == b.key or a.line == b.line:
        return "same"
    left, right = set(a.tokens), set(b.tokens)
    subset = (left <= right or right <= left) and _initials_fit(a, b) and _initials_fit(b, a)
    smaller = min(a.solid, b.solid)
    if subset and smaller >= 2:
        return "part"
    rest_a = " ".join(one for one in a.tokens if one not in right)
    rest_b = " ".join(one for one in b.tokens if one not in left)
    if (rest_a and rest_b and (within_one(rest_a, rest_b) or jaro_winkler(rest_a, rest_b) >= NEAR)) or jaro_winkler(
        a.line, b.line
    ) >= 0.96:
        return "near"
    if subset and smaller == 1:
        return "one_word"
    if left & right:
        return "some"
    return "alike" if max(jaro_winkler(a.key, b.key), jaro_winkler(a.line, b.line)) >= LOOSE else "different"


def _initials_fit(a: Record, b: Record) -> bool:
    """Whether every lone letter of one name begins a word of the other."""
    return not a.initials or {one[0] for one in b.tokens}.union(b.initials).issuperset(a.initials)


def _phone(a: Record, b: Record) -> str | None:
    if not a.phones or not b.phones:
        return None
    if _any(a.phones_own, b.phones_own):
        return "own"
    if _any(a.phones_few, b.phones_few):
        return "few"
    if _any(a.phones, b.phones):
        return "many"
    return "digit" if within_one(a.phone, b.phone) else "different"


def _email(a: Record, b: Record) -> str | None:
    if not a.emails or not b.emails:
        return None
    if _any(a.emails_own, b.emails_own):
        return "own"
    if _any(a.emails, b.emails):
        return "many"
    return "local" if _any(a.locals, b.locals) else "different"


def _handle(a: Record, b: Record) -> str | None:
    if not a.handles or not b.handles:
        return None
    return "same" if _any(a.handles, b.handles) else "different"


def _birthday(a: Record, b: Record) -> str | None:
    if a.birthday is None or b.birthday is None:
        return None
    if a.birthday == b.birthday:
        return "january" if (a.birthday.month, a.birthday.day) == (1, 1) else "same"
    x, y = a.birthday, b.birthday
    alike = (x.year == y.year) + (x.month == y.month) + (x.day == y.day)
    swapped = x.year == y.year and (x.month, x.day) == (y.day, y.month)
    first = x.year == y.year and (1, 1) in ((x.month, x.day), (y.month, y.day))
    return "near" if alike == 2 or swapped or first else "different"


def _tax(a: Record, b: Record) -> str | None:
    if not a.tax_id or not b.tax_id or {len(a.tax_id), len(b.tax_id)} == {NPWP, NIK}:
        return None
    if a.tax_id == b.tax_id:
        return "same"
    return "near" if within_one(a.tax_id, b.tax_id) else "different"


def _serial(a: Record, b: Record) -> str | None:
    x, y = a.tax_id, b.tax_id
    return "other" if len(x) == len(y) == NIK and x[:BEFORE] == y[:BEFORE] and x != y else None


def _address(a: Record, b: Record) -> str | None:
    if not a.address or not b.address:
        return None
    if a.address == b.address:
        return "same"
    return "near" if jaro_winkler(a.address, b.address) >= 0.88 or _lives(a.address, b.address) else "different"


def _lives(a: str, b: str) -> bool:
    """Whether the words both have make up most of the shorter address, a number among them where both have one."""
    left, right = set(a.split()), set(b.split())
    shared = left & right
    numbers = [{one for one in words if _NUMBER.search(one)} for words in (left, right)]
    if all(numbers) and not numbers[0] & numbers[1]:
        return False
    shorter = min(len(a.replace(" ", "")), len(b.replace(" ", "")))
    return sum(map(len, shared)) * 5 >= shorter * 3


def _equal(what: str) -> Callable[[Record, Record], str | None]:
    def level(a: Record, b: Record) -> str | None:
        left, right = getattr(a, what), getattr(b, what)
        return None if not left or not right else "same" if left == right else "different"

    return level


def _any(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(one in right for one in left)


COMPARISONS: tuple[Comparison, ...] = (
    # Two identity numbers of one place and day of birth: twins have such, and a typing error in the serial makes them.
    Comparison("serial", f"NOT ({_SERIAL})", (Level("other", "true"),), _serial, weighs=False),
    Comparison(
        "given",
        "l(called) = '' OR r(called) = ''",
        (Level("same", "l(called) = r(called)"), Level("different", "true")),
        _equal("called"),
        weighs=False,
    ),
    Comparison(
        "name",
        "l(key) = '' OR r(key) = ''",
        (
            Level("same", "l(key) = r(key) OR l(line) = r(line)"),
            Level("part", f"{_SMALLER} >= 2 AND {_SUBSET}"),
            Level(
                "near",
                f"({_REST_L} <> '' AND {_REST_R} <> '' AND (damerau_levenshtein({_REST_L}, {_REST_R}) <= 1"
                f" OR jaro_winkler_similarity({_REST_L}, {_REST_R}) >= {NEAR}))"
                " OR jaro_winkler_similarity(l(line), r(line)) >= 0.96",
            ),
            Level("one_word", f"{_SMALLER} = 1 AND {_SUBSET}"),
            Level("some", "list_has_any(l(tokens), r(tokens))"),
            Level(
                "alike",
                f"jaro_winkler_similarity(l(key), r(key)) >= {LOOSE}"
                f" OR jaro_winkler_similarity(l(line), r(line)) >= {LOOSE}",
            ),
            Level("different", "true"),
        ),
        _name,
    ),
    Comparison(
        "phone",
        "len(l(phones)) = 0 OR len(r(phones)) = 0",
        (
            Level("own", "list_has_any(l(phones_own), r(phones_own))", identifies=True),
            Level("few", "list_has_any(l(phones_few), r(phones_few))", identifies=True),
            Level("many", "list_has_any(l(phones), r(phones))", identifies=True),
            Level("digit", f"{_ONE_END} AND damerau_levenshtein(l(phone), r(phone)) <= 1"),
            Level("different", "true"),
        ),
        _phone,
    ),
    Comparison(
        "email",
        "len(l(emails)) = 0 OR len(r(emails)) = 0",
        (
            Level("own", "list_has_any(l(emails_own), r(emails_own))", identifies=True),
            Level("many", "list_has_any(l(emails), r(emails))", identifies=True),
            Level("local", "list_has_any(l(locals), r(locals))"),
            Level("different", "true"),
        ),
        _email,
    ),
    Comparison(
        "handle",
        "len(l(handles)) = 0 OR len(r(handles)) = 0",
        (Level("same", "list_has_any(l(handles), r(handles))", identifies=True), Level("different", "true")),
        _handle,
    ),
    Comparison(
        "birthday",
        "l(birthday) IS NULL OR r(birthday) IS NULL",
        (
            Level("january", "l(birthday) = r(birthday) AND month(l(birthday)) = 1 AND day(l(birthday)) = 1"),
            Level("same", "l(birthday) = r(birthday)"),
            Level(
                "near",
                "(year(l(birthday)) = year(r(birthday)))::int + (month(l(birthday)) = month(r(birthday)))::int"
                " + (day(l(birthday)) = day(r(birthday)))::int = 2 OR (year(l(birthday)) = year(r(birthday)) AND"
                " ((month(l(birthday)) = day(r(birthday)) AND day(l(birthday)) = month(r(birthday)))"
                " OR (month(l(birthday)) = 1 AND day(l(birthday)) = 1)"
                " OR (month(r(birthday)) = 1 AND day(r(birthday)) = 1)))",
            ),
            Level("different", "true"),
        ),
        _birthday,
    ),
    Comparison(
        "tax_id",
        # Somebody's number of the old kind beside the identity number that has taken its place says nothing.
        f"l(tax_id) = '' OR r(tax_id) = '' OR (length(l(tax_id)) IN ({NPWP}, {NIK})"
        f" AND length(l(tax_id)) + length(r(tax_id)) = {NPWP + NIK})",
        (
            Level("same", "l(tax_id) = r(tax_id)", identifies=True),
            Level("near", "damerau_levenshtein(l(tax_id), r(tax_id)) <= 1"),
            Level("different", "true"),
        ),
        _tax,
    ),
    Comparison(
        "address",
        "l(address) = '' OR r(address) = ''",
        (
            Level("same", "l(address) = r(address)"),
            Level("near", f"jaro_winkler_similarity(l(address), r(address)) >= 0.88 OR ({_LIVES})"),
            Level("different", "true"),
        ),
        _address,
    ),
    Comparison(
        "region",
        "l(region) = '' OR r(region) = ''",
        (Level("same", "l(region) = r(region)"), Level("different", "true")),
        _equal("region"),
    ),
    Comparison(
        "gender",
        "l(gender) = '' OR r(gender) = ''",
        (Level("same", "l(gender) = r(gender)"), Level("different", "true")),
        _equal("gender"),
    ),
)
"""Every comparison, in the order in which reasons are told. Decided pairs are kept as one number: a new comparison goes
to the front, where the numbers of those that lack it still read as they did."""
WEIGHED: tuple[Comparison, ...] = tuple(one for one in COMPARISONS if one.weighs)


def weighed(levels: Iterable[str | None]) -> list[tuple[str, str]]:
    """(comparison, level) of those that could be made and count in the sum."""
    pairs = zip(COMPARISONS, levels, strict=True)
    return [(one.name, level) for one, level in pairs if level is not None and one.weighs]
