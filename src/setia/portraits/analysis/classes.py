"""Role, service model, way of interacting, and client or buyer: what is computed, and a person's word in its place.

Client or buyer is decided from five evidences, each for client (1), for buyer (-1) or silent (0); a client has three of
them or more, a buyer has bought and has fewer:

1. system: work agreed one by one (made to order), against purchases that all go through a sales channel;
2. number: a purchase a month or more over the past year, or orders several times as large as the firm's usual one;
3. duration: a year or more between the first and the latest purchase;
4. service: custom-made or standard;
5. way: a direct representative or the sales channels.

What a person says of service or way counts in 4 and 5, so that one word is enough to set the others right.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia.portraits.analysis.rules import ClassRules
from setia.portraits.analysis.shop import Shop
from setia.portraits.queries.known import Known, Ruling

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Replaced = MutableMapping[int, dict[str, Any]]
"""By place of the customer, what was computed where a word or a statement stands in its place, by column."""

ROLES = ("EXTERNAL", "INTERNAL", "INTERMEDIARY")
RELATIONS = ("", "BUYER", "CLIENT")
SERVICES = ("", "STANDARD", "CUSTOM")
INTERACTIONS = ("", "CHANNELS", "DIRECT")
CLIENT_FROM = 3
"""Evidences for client that make one."""


@dataclass(frozen=True)
class Classes:
    """Columns of `portraits_portrait` in the shop's order, the numbers they rest on by name, and what was replaced."""

    columns: dict[str, pa.Array]
    evidence: dict[str, Floats]
    replaced: dict[int, dict[str, Any]]


def typical_order(shop: Shop) -> float | None:
    """What half of the firm's purchases stay below; None without any."""
    amounts = shop.purchases["amount"].to_numpy()
    return round(float(np.median(amounts)), 4) if len(amounts) else None


def classify(
    shop: Shop, summary: pa.Table, customers: pa.Table, known: Known, *, typical: float | None, rules: ClassRules
) -> Classes:
    """The classes of every customer of the shop. `typical` is `typical_order` of the whole firm."""
    n = len(shop.customer)
    at = shop.place(summary["customer"].to_numpy())

    def spread(name: str) -> Floats:
        column = np.zeros(n)
        column[at] = summary[name].to_numpy()
        return column

    def told(counts: Mapping[int, int]) -> Floats:
        column = np.zeros(n)
        for customer, count in counts.items():
            if (place := _place(shop, customer)) is not None:
                column[place] = count
        return column

    def fact(name: str) -> NDArray[Any]:
        return customers[name].combine_chunks().to_numpy(zero_copy_only=False)[shop.rank]  # type: ignore[no-any-return]

    purchases, year, spent = spread("orders"), spread("orders_12_months"), spread("total_value")
    duration = spread("t_x")
    bought = purchases > 0
    special, sells_for, sold_by = (told(each) for each in (known.made_to_order, known.sells_for, known.sold_for_by))
    credited = told(known.credited)
    looked_after = fact("looked_after").astype(np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = spent / purchases
        through = np.full(n, np.nan) if shop.channelled is None else shop.channelled / purchases
    large = mean >= rules.client_large_orders * typical if typical else np.zeros(n, dtype=np.bool_)
    replaced: dict[int, dict[str, Any]] = {}

    service = np.where(bought, np.where(2 * special >= purchases, 2, 1), 0).astype(np.int8)
    service = _ruled(shop, service, SERVICES, "service", known, replaced)
    direct = np.where(np.isnan(through), looked_after, through < 0.5)
    silent = np.where(np.isnan(through), ~looked_after, False)
    interaction = np.where(silent, 0, np.where(direct, 2, 1)).astype(np.int8)
    interaction = _ruled(shop, interaction, INTERACTIONS, "interaction", known, replaced)

    votes = {
        "system": np.where(special > 0, 1, np.where(through == 1, -1, 0)),
        "number": np.where((year >= rules.client_purchases) | (bought & large), 1, np.where(bought, -1, 0)),
        "duration": np.where(duration >= rules.client_days, 1, np.where(bought, -1, 0)),
        "service": np.choose(service, (0, -1, 1)),
        "way": np.choose(interaction, (0, -1, 1)),
    }
    for_client = sum((vote == 1).astype(np.int8) for vote in votes.values())
    relation = np.where(bought, np.where(for_client >= CLIENT_FROM, 2, 1), 0).astype(np.int8)
    relation = _stated(relation, RELATIONS, "relation", fact("relation"), replaced)
    relation = _ruled(shop, relation, RELATIONS, "relation", known, replaced)

    in_chain = (sells_for > 0) | (sold_by > 0) | (credited > 0)
    resells = fact("company").astype(np.bool_) & large & (year >= rules.client_purchases)
    role = np.where(in_chain, 1, np.where(resells, 2, 0)).astype(np.int8)
    stated = fact("role")
    # End user is what a record says while nobody said anything, so it states nothing.
    role = _stated(role, ROLES, "role", np.where(stated == "EXTERNAL", "", stated), replaced)
    role = _ruled(shop, role, ROLES, "role", known, replaced)

    evidence = {
        **{f"vote_{name}": np.where(vote == 0, np.nan, vote).astype(np.float64) for name, vote in votes.items()},
        "year": np.where(bought, year, np.nan),
        "mean": mean,
        "typical": np.where(bought, np.nan if typical is None else typical, np.nan),
        "days": np.where(bought, duration, np.nan),
        "through": through,
        "special": _some(special),
        "looked_after": _some(looked_after.astype(np.float64)),
        "sells_for": _some(sells_for),
        "sold_by": _some(sold_by),
        "credited": _some(credited),
    }
    columns = {"service": (SERVICES, service), "interaction": (INTERACTIONS, interaction)}
    columns |= {"relation": (RELATIONS, relation), "role": (ROLES, role)}
    return Classes(
        {name: pa.array(words).take(pa.array(code)) for name, (words, code) in columns.items()}, evidence, replaced
    )


def overrule(
    shop: Shop, table: pa.Table, month_start: pa.Array, known: Known, replaced: Replaced
) -> tuple[pa.Table, pa.Array]:
    """The columns `stage` and `traits`, and the stage at the start of the month, with people's words in their place.

    A word counts at the start of the month if it was said by then, so that it makes no move of its own later on.
    """
    touched = [
        (place, rulings) for customer, rulings in known.rulings.items() if (place := _place(shop, customer)) is not None
    ]
    if not touched:
        return table, month_start
    stage, traits, before = (column.to_pylist() for column in (table["stage"], table["traits"], month_start))
    for place, rulings in touched:
        computed = replaced.setdefault(place, {})
        early = [one for one in rulings if one.since <= shop.month_start]
        if before[place]:
            before[place] = overruled_stage(before[place], early, {})
        stage[place] = overruled_stage(stage[place], rulings, computed)
        names = [name for name in traits[place].strip("{}").split(",") if name]
        traits[place] = "{" + ",".join(overruled_traits(names, rulings, computed)) + "}"
    for name, values in (("stage", stage), ("traits", traits)):
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table, pa.array(before, pa.string())


def overruled_stage(stage: str, rulings: Sequence[Ruling], computed: MutableMapping[str, Any]) -> str:
    """The stage that counts; what was computed goes into `computed` where it is not that one's own."""
    for one in rulings:
        if one.what == "STAGE":
            computed["stage"] = stage
            return one.value
    return stage


def overruled_traits(names: Sequence[str], rulings: Sequence[Ruling], computed: MutableMapping[str, Any]) -> list[str]:
    """The traits that count, in the order computed ones come in and then as said."""
    found = list(names)
    for one in rulings:
        if one.value == "YES" and one.what not in found:
            found.append(one.what)
        elif one.value == "NO" and one.what in found:
            found.remove(one.what)
    if any(one.value in ("YES", "NO") for one in rulings):
        computed["traits"] = list(names)
    return found


def _stated(codes: Codes, words: tuple[str, ...], name: str, stated: NDArray[Any], replaced: Replaced) -> Codes:
    """What the record states, where it states something."""
    says = np.zeros(len(codes), dtype=np.int8)
    for code, word in enumerate(words):
        says[stated == word] = code
    said = (stated != "") & (stated != None)  # noqa: E711 — an array compares by element
    for place in np.flatnonzero(said & (says != codes)):
        replaced.setdefault(int(place), {})[name] = words[codes[place]]
    return np.where(said, says, codes).astype(np.int8)


def _ruled(shop: Shop, codes: Codes, words: tuple[str, ...], name: str, known: Known, replaced: Replaced) -> Codes:
    """What people say, where somebody does."""
    codes = codes.copy()
    for customer, rulings in known.rulings.items():
        for one in rulings:
            if one.what == name.upper() and one.value in words and (place := _place(shop, customer)) is not None:
                replaced.setdefault(place, {}).setdefault(name, words[codes[place]])
                codes[place] = words.index(one.value)
    return codes


def _place(shop: Shop, customer: int) -> int | None:
    place = int(np.searchsorted(shop.customer, customer))
    return place if place < len(shop.customer) and shop.customer[place] == customer else None


def _some(counts: Floats) -> Floats:
    return np.where(counts > 0, counts, np.nan)
