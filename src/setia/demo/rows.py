"""Customers, contact points and notes as rows, block by block in the order of first sight.

Telephone numbers begin with 0861 to 0866: the right length and form for an Indonesian mobile, in a range that no
operator has been given, so that nothing sent from a demo can reach a person. E-mail addresses end in example.com,
example.net or example.org, which RFC 2606 keeps for this.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setia.demo import people, places, shop
from setia.demo.baskets import epoch
from setia.demo.history import History, bought_something
from setia.demo.truth import Bools, Ints, generator

BLOCK = 50_000
NOTE = "NOTE"

_STREETS = (
    "Melati",
    "Kenanga",
    "Cempaka",
    "Flamboyan",
    "Anggrek",
    "Mawar",
    "Dahlia",
    "Teratai",
    "Bougenvil",
    "Cendana",
)
_DOMAINS = ("example.com", "example.net", "example.org")
# Times a rank below 10⁸ gives another number below 10⁸, each once: 61,803,399 has no factor 2 or 5.
_SPREAD, _SUBSCRIBERS = 61_803_399, 10**8


@dataclass(frozen=True)
class Keys:
    """The ids the rows get; `user` writes the notes."""

    source: str
    first_customer: int
    industries: Ints
    user: int | None


@dataclass(frozen=True)
class Block:
    """Some customers with their contact points and notes; column names are the tables', ids of the latter two open."""

    customers: pa.Table
    contact_points: pa.Table
    notes: pa.Table


def blocks(history: History, keys: Keys, *, zone: ZoneInfo) -> Iterator[Block]:
    """All customers of a history, `BLOCK` at a time."""
    active = bought_something(history)
    for number, start in enumerate(range(0, history.customers, BLOCK)):
        rank = np.arange(start, min(start + BLOCK, history.customers))
        random = generator(history.seed, 6, number)
        customers = _customers(history, keys, rank, epoch(history, zone), random)
        contact_points = _contact_points(history, keys, rank, customers, random)
        yield Block(customers, contact_points, _notes(history, keys, rank, active[rank], epoch(history, zone), random))


def _customers(history: History, keys: Keys, rank: Ints, epoch_second: int, random: np.random.Generator) -> pa.Table:
    count = len(rank)
    company = history.people.is_company[rank]
    who = _either(company, people.companies(random, count), people.persons(random, count))
    moment = pa.array(history.seen[rank] + epoch_second).cast(pa.timestamp("s", "UTC"))
    regions = np.array(list(places.REGIONS.values()), dtype=np.float64)
    luck = random.random(count)
    recommended = (random.random(count) < 0.18) & (rank > 0)
    own = ~recommended & (random.random(count) < 0.2)
    table = {
        "id": pa.array(keys.first_customer + rank),
        "kind": _of(("PERSON", "COMPANY"), company),
        "source": pa.repeat(keys.source, count),
        "number": pc.binary_join_element_wise("KN", _padded(rank + 1, 7), ""),
        # A few are known by their number alone, as in real files.
        "name": pc.if_else(pa.array((luck < 0.004) & ~company), "", who["name"]),
        "call_name": pc.if_else(pa.array(luck < 0.3), "", who["call_name"]),
        "title": who["title"],
        "role": _of(
            ("EXTERNAL", "INTERMEDIARY", "INTERNAL"),
            np.where(company & (luck < 0.55), 1, np.where(~company & (luck > 0.995), 2, np.where(luck > 0.985, 1, 0))),
        ),
        "relation": _of(
            ("", "CLIENT", "BUYER"),
            np.where(
                random.random(count) < np.where(company, 0.6, 0.06), 1, np.where(random.random(count) < 0.2, 2, 0)
            ),
        ),
        "industry_id": pa.array(
            keys.industries[random.integers(0, len(keys.industries), count)],
            mask=~company | (random.random(count) < 0.15),
        ),
        "acquisition": _of(("", "RECOMMENDED", "OWN"), np.where(recommended, 1, np.where(own, 2, 0))),
        "recommended_by_id": pa.array(
            keys.first_customer + (random.random(count) * rank).astype(np.int64),
            mask=~recommended | (random.random(count) < 0.3),
        ),
        "gender": pc.if_else(pa.array(random.random(count) < 0.2), "", who["gender"]),
        "birthday": pc.if_else(
            pa.array(company), pa.scalar(None, pa.date32()), people.birthdays(random, count, history.latest_date)
        ),
        "region": pc.if_else(
            pa.array(random.random(count) < 0.06),
            "",
            _of(tuple(places.REGIONS), random.choice(len(regions), count, p=regions / regions.sum())),
        ),
        "notes": pa.repeat("", count),
        "created_at": moment,
        "updated_at": moment,
    }
    return pa.table(_with_named(table, history, rank))


def _with_named(table: dict[str, pa.Array], history: History, rank: Ints) -> dict[str, pa.Array]:
    mine = {place - int(rank[0]): one for place, one in history.named.items() if rank[0] <= place <= rank[-1]}
    if not mine:
        return table
    for column in ("kind", "role", "name", "call_name", "title", "gender", "region", "birthday"):
        values = table[column].to_pylist()
        for place, one in mine.items():
            values[place] = getattr(one, column)
        table[column] = pa.array(values, table[column].type)
    return table


def _contact_points(
    history: History, keys: Keys, rank: Ints, customers: pa.Table, random: np.random.Generator
) -> pa.Table:
    """A telephone for most, an address for some; the first of them is the preferred one."""
    count = len(rank)
    company = history.people.is_company[rank]
    called = pc.if_else(pa.array(company), "info", pc.utf8_lower(customers["call_name"]))
    plain = pc.replace_substring_regex(called, "[^a-z]", "")
    plain = pc.if_else(pc.equal(plain, ""), "halo", plain)
    email = pc.binary_join_element_wise(
        pc.binary_join_element_wise(plain, pa.array(rank + 1).cast(pa.string()), "."), _of(_DOMAINS, rank % 3), "@"
    )
    named = {place - int(rank[0]): one for place, one in history.named.items() if rank[0] <= place <= rank[-1]}
    if named:
        given = email.to_pylist()
        for place, one in named.items():
            given[place] = one.email
        email = pa.chunked_array([given])
    sure = np.isin(np.arange(count), list(named))
    subscriber = _padded(rank * _SPREAD % _SUBSCRIBERS, 8)
    prefix = pa.array(861 + rank % 6).cast(pa.string())
    phone = pc.binary_join_element_wise("+62", prefix, subscriber, "")
    spaced = pc.binary_join_element_wise(
        pc.binary_join_element_wise("0", prefix, ""),
        pc.utf8_slice_codeunits(subscriber, 0, 4),
        pc.utf8_slice_codeunits(subscriber, 4, 8),
        " ",
    )
    handle = pc.binary_join_element_wise(plain, pa.array(rank + 1).cast(pa.string()), "_")
    street = pc.binary_join_element_wise(
        "Jl.", _of(_STREETS, random.integers(0, len(_STREETS), count)),
        pa.array(random.integers(1, 180, count)).cast(pa.string()), " ",
    )  # fmt: skip
    kinds = (
        ("WHATSAPP", phone, spaced, (random.random(count) < 0.62) | sure),
        ("PHONE", phone, spaced, random.random(count) < np.where(company, 0.75, 0.25)),
        ("EMAIL", email, email, (random.random(count) < np.where(company, 0.85, 0.45)) | sure),
        ("INSTAGRAM", handle, pc.binary_join_element_wise("@", handle, ""), random.random(count) < 0.08),
        ("ADDRESS", street, street, random.random(count) < np.where(company, 0.7, 0.22)),
    )
    seen = np.zeros(count, dtype=np.bool_)
    tables = []
    for kind, value, shown, has in kinds:
        preferred = has & ~seen & (random.random(count) < 0.8)
        seen |= has
        which = pa.array(np.flatnonzero(has))
        tables.append(
            pa.table(
                {
                    "customer_id": customers["id"].take(which),
                    "kind": pa.repeat(kind, len(which)),
                    "value": value.take(which),
                    "shown": shown.take(which),
                    "preferred": preferred[has],
                }
            )
        )
    return pa.concat_tables(tables)


def _notes(
    history: History, keys: Keys, rank: Ints, active: Bools, epoch_second: int, random: np.random.Generator
) -> pa.Table:
    """A note about one buyer in ten."""
    about = rank[active & (random.random(len(rank)) < 0.1)]
    texts = [json.dumps({"text": text}, ensure_ascii=False) for text in shop.NOTES]
    latest = int(history.seconds[-1]) if history.orders else 0
    second = history.seen[about] + (random.random(len(about)) * np.maximum(latest - history.seen[about], 0))
    return pa.table(
        {
            "customer_id": pa.array(keys.first_customer + about),
            "kind": pa.repeat(NOTE, len(about)),
            "at": pa.array(second.astype(np.int64) + epoch_second).cast(pa.timestamp("s", "UTC")),
            "by_id": pa.repeat(pa.scalar(keys.user, pa.int64()), len(about)),
            "data": _of(tuple(texts), random.integers(0, len(texts), len(about))),
        }
    )


def _either(first: Bools, yes: pa.Table, no: pa.Table) -> dict[str, pa.Array]:
    which = pa.array(first)
    return {name: pc.if_else(which, yes[name], no[name]).combine_chunks() for name in yes.column_names}


def _padded(numbers: Ints, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")


def _of(words: tuple[str, ...], which: Bools | Ints) -> pa.Array:
    return pa.array(words).take(pa.array(which.astype(np.int64)))
