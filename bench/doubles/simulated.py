"""A simulated Indonesian customer file with its doubles, and the truth about them.

Everybody is drawn from `setia.demo` (names by tradition, cities by weight). Then come the traps: families on one
telephone, firms whose staff all left the number of the reception desk, namesakes in one town, father and son of one
name at one address, twins, numbers that the network gave to somebody else. A share of the records are doubles:
another writing of somebody who is there, changed by `corruptions`. A seed gives the same file for ever.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from bench.doubles import corruptions
from bench.doubles.corruptions import CHANCES
from setia.demo import people
from setia.demo.places import REGIONS

DOUBLES = 0.15
COMPANIES = 0.12

SHARES: dict[str, float] = {
    "a phone": 0.93,
    "an e-mail": 0.55,
    "a handle": 0.20,
    "a birthday": 0.60,
    "a region": 0.88,
    "a gender": 0.80,
    "a tax number, firms": 0.35,
    "a tax number, people": 0.03,
    "in a family on one phone": 0.12,
    "on the phone of a reception desk": 0.03,
    "a namesake in the same town": 0.03,
    "a namesake in the family": 0.002,
    "a twin in the family": 0.002,
    "a number that was somebody else's": 0.005,
    "a double that keeps something to know it by": 0.80,
}
"""What customers have, and how many of them stand in a trap."""

_TODAY = date(2026, 11, 1)
_PREFIX = {"MALE": (("Muhammad", 0.16), ("Ahmad", 0.05), ("Abdul", 0.02)), "FEMALE": (("Siti", 0.06),)}
_MAIL = ("gmail.com",) * 7 + ("yahoo.com", "yahoo.co.id", "outlook.com")
_DESK_MAIL = ("info", "admin", "sales", "office")
_KNOWN_BY = ("phone", "email", "handle", "birthday", "tax_id")


@dataclass
class Record:
    """One row of the file. `entity` says who it is; `happened` names the corruptions of a double, `trap` the trap."""

    id: int
    entity: int
    kind: str
    name: str
    phone: str | None = None
    email: str | None = None
    handle: str | None = None
    birthday: str | None = None
    region: str | None = None
    gender: str | None = None
    tax_id: str | None = None
    trap: str = ""
    happened: list[str] = field(default_factory=list)


def simulate(records: int = 100_000, *, seed: int, doubles: float = DOUBLES) -> list[Record]:
    """`records` rows, of which the share `doubles` write down again somebody who is there. Shuffled."""
    luck = random.Random(seed)
    entities = records - round(records * doubles)
    everybody = _everybody(entities, luck, np.random.default_rng(seed))
    _traps(everybody, luck)
    again = [_again(luck.choice(everybody), luck) for _double in range(records - entities)]
    rows = everybody + again
    luck.shuffle(rows)
    for place, row in enumerate(rows, start=1):
        row.id = place
    return rows


def _everybody(count: int, luck: random.Random, numbers: np.random.Generator) -> list[Record]:
    firms = round(count * COMPANIES)
    persons = people.persons(numbers, count - firms).to_pylist()
    companies = people.companies(numbers, firms).to_pylist()
    regions, weights = list(REGIONS), list(REGIONS.values())
    homes = luck.choices(regions, weights, k=count)
    rows = []
    taken: set[str] = set()
    for place, (one, home) in enumerate(zip(persons + companies, homes, strict=True)):
        firm = place >= len(persons)
        row = Record(0, place, "COMPANY" if firm else "PERSON", one["name"])
        if firm:
            row.name = _firm_name(row.name, luck)
        else:
            row.name = _with_prefix(row.name, one["gender"], luck)
            row.gender = one["gender"] if luck.random() < SHARES["a gender"] else None
            row.birthday = _birthday(luck) if luck.random() < SHARES["a birthday"] else None
        row.region = home if luck.random() < SHARES["a region"] else None
        row.phone = _phone(luck, landline=firm and luck.random() < 0.6) if luck.random() < SHARES["a phone"] else None
        row.email = _new(_email, row, taken, luck) if luck.random() < SHARES["an e-mail"] else None
        row.handle = _new(_handle, row, taken, luck) if luck.random() < SHARES["a handle"] else None
        taxed = SHARES["a tax number, firms" if firm else "a tax number, people"]
        row.tax_id = "".join(luck.choices("0123456789", k=16)) if luck.random() < taxed else None
        rows.append(row)
    return rows


def _traps(rows: list[Record], luck: random.Random) -> None:
    persons = [row for row in rows if row.kind == "PERSON"]
    firms = [row for row in rows if row.kind == "COMPANY" and row.phone]
    order = persons.copy()
    luck.shuffle(order)
    homes = iter(order)
    left = round(len(persons) * SHARES["in a family on one phone"])
    while left > 0:
        head = next(homes)
        head.phone = head.phone or _phone(luck)
        members = [next(homes) for _member in range(luck.choice((1, 1, 1, 2, 2, 3, 4)))]
        left -= 1 + len(members)
        surname = head.name.split()[-1] if luck.random() < 0.5 and len(head.name.split()) > 1 else ""
        for one in members:
            one.phone, one.region, one.trap = head.phone, head.region, "family on one phone"
            if surname and one.name.split()[-1] != surname:
                one.name = f"{one.name.split()[0]} {surname}"
        head.trap = "family on one phone"
        if luck.random() < SHARES["a namesake in the family"] * 10:
            members[0].name, members[0].gender = head.name, head.gender
            members[0].trap = "namesake in the family"
            if head.birthday:
                members[0].birthday = f"{int(head.birthday[:4]) + 27}{head.birthday[4:8]}{luck.randrange(1, 28):02d}"
        elif luck.random() < SHARES["a twin in the family"] * 10 and head.birthday:
            members[0].birthday, members[0].trap = head.birthday, "twin in the family"
    left = round(len(persons) * SHARES["on the phone of a reception desk"])
    while left > 0 and firms:
        firm = luck.choice(firms)
        staff = [next(homes) for _one in range(min(luck.choice((4, 6, 10, 15, 30, 60)), left))]
        left -= len(staff)
        mail = firm.email if luck.random() < 0.3 else None
        for one in staff:
            one.phone, one.region, one.trap = firm.phone, firm.region, "reception desk"
            one.email = mail or one.email
    for _one in range(round(len(persons) * SHARES["a namesake in the same town"])):
        namesake, other = next(homes), luck.choice(persons)
        namesake.name, namesake.region, namesake.gender = other.name, other.region, other.gender
        namesake.trap = "namesake in the same town"
    for _one in range(round(len(persons) * SHARES["a number that was somebody else's"])):
        new, old = next(homes), luck.choice(persons)
        new.phone, new.trap = old.phone, "number that was somebody else's"


def _again(row: Record, luck: random.Random) -> Record:
    """The same customer written down again, the worse for it."""
    told = replace(row, happened=[])
    table = corruptions.FIRM if row.kind == "COMPANY" else corruptions.PERSON
    for what, change in table:
        if _happens(what, luck):
            changed = change(told.name, luck)
            if changed != told.name:
                told.name = changed
                told.happened.append(what)
    _contacts_again(told, luck)
    _facts_again(told, luck)
    known = [name for name in _KNOWN_BY if getattr(row, name)]
    shared = any(getattr(told, name) == getattr(row, name) for name in known)
    if known and not shared and luck.random() < SHARES["a double that keeps something to know it by"]:
        kept = luck.choice(known)
        setattr(told, kept, getattr(row, kept))
        told.happened.append(f"kept {kept}")
    return told


def _contacts_again(told: Record, luck: random.Random) -> None:
    if told.phone:
        if _happens("phone left out", luck):
            told.phone = None
            told.happened.append("phone left out")
        elif _happens("another phone", luck):
            told.phone = _phone(luck)
            told.happened.append("another phone")
        elif _happens("digit", luck):
            told.phone = corruptions.digit(told.phone, luck)
            told.happened.append("digit")
    if told.email:
        if _happens("e-mail left out", luck):
            told.email = None
            told.happened.append("e-mail left out")
        elif _happens("another e-mail", luck):
            told.email = f"{_plain(told.name)[:6]}{luck.randrange(1000, 9999)}@gmail.com"
            told.happened.append("another e-mail")
        elif _happens("mail domain", luck):
            told.email = corruptions.mail_domain(told.email, luck)
            told.happened.append("mail domain")
        elif _happens("dots in the mail", luck):
            told.email = corruptions.dots_in_the_mail(told.email, luck)
            told.happened.append("dots in the mail")
    if told.handle and _happens("handle left out", luck):
        told.handle = None
        told.happened.append("handle left out")


def _facts_again(told: Record, luck: random.Random) -> None:
    if told.birthday:
        before = told.birthday
        if _happens("birthday left out", luck):
            told.birthday = None
        elif _happens("day and month", luck):
            told.birthday = corruptions.swapped_day(before)
        elif _happens("birthday digit", luck):
            told.birthday = corruptions.birthday_digit(before, luck)
        elif _happens("first of January", luck):
            told.birthday = f"{before[:4]}-01-01"
        if told.birthday != before:
            told.happened.append("birthday")
    if told.tax_id and _happens("tax number left out", luck):
        told.tax_id = None
    if told.region:
        if _happens("region left out", luck):
            told.region = None
        elif _happens("way of naming the region", luck):
            told.region = corruptions.region_named(told.region, luck)
        elif _happens("moved", luck):
            told.region = luck.choice(list(REGIONS))
            told.happened.append("moved")
    if told.gender and _happens("gender left out", luck):
        told.gender = None


def _happens(what: str, luck: random.Random) -> bool:
    return luck.random() < CHANCES[what]


def _with_prefix(name: str, gender: str, luck: random.Random) -> str:
    chance = luck.random()
    for prefix, share in _PREFIX[gender]:
        if chance < share:
            return name if name.startswith(prefix) else f"{prefix} {name}"
        chance -= share
    return name


def _firm_name(name: str, luck: random.Random) -> str:
    words = name.split()
    if len(words) > 3 and luck.random() < 0.06:
        words.insert(2, "&")
    if words[0] == "PT" and luck.random() < 0.04:
        words.append("Tbk")
    return " ".join(words)


def _birthday(luck: random.Random) -> str:
    return f"{round(luck.triangular(1951, 2008, 1990))}-{luck.randrange(1, 13):02d}-{luck.randrange(1, 29):02d}"


def _phone(luck: random.Random, *, landline: bool = False) -> str:
    if landline:
        return f"+62{luck.choice(('21', '22', '24', '31', '61', '361', '274'))}{luck.randrange(2_000_000, 8_999_999)}"
    networks = ("812", "813", "821", "852", "815", "856", "857", "878", "895", "896")
    return f"+62{luck.choice(networks)}{luck.randrange(10_000_000, 99_999_999)}"


def _new(make: Callable[[Record, random.Random], str], row: Record, taken: set[str], luck: random.Random) -> str:
    """An address that nobody has yet: a provider gives each away once, whatever the dots in it."""
    address = make(row, luck)
    while (seen := address.partition("@")[0].replace(".", "") + address.partition("@")[2]) in taken:
        local, at, domain = address.partition("@")
        address = f"{local}{luck.randrange(10)}{at}{domain}"
    taken.add(seen)
    return address


def _email(row: Record, luck: random.Random) -> str:
    if row.kind == "COMPANY":
        return f"{luck.choice(_DESK_MAIL)}@{_plain(row.name)}{luck.randrange(10, 999)}.co.id"
    words = [_plain(word) for word in row.name.split()]
    local = luck.choice((words[0], ".".join(words[:2]), "".join(words[:2]), words[-1] + words[0][:1]))
    tail = luck.choice(("", luck.randrange(10, 99), luck.randrange(1970, 2010), luck.randrange(100, 9999)))
    return f"{local}{tail}@{luck.choice(_MAIL)}"


def _handle(row: Record, luck: random.Random) -> str:
    return f"{_plain(row.name)[:14]}{luck.choice(('', '_', '.id', '88'))}{luck.randrange(10, 9999)}"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()) or "toko"
