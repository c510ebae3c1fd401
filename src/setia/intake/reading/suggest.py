"""What the columns of a file probably mean, by their names in two languages and by what stands in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from setia.intake.reading.fields import CONSENT, FIELDS, Field, Type
from setia.intake.reading.layout import Layout, fold
from setia.intake.reading.moments import guess_order, looks_like_date
from setia.intake.reading.numbers import Signs, guess_signs, is_missing, number_parser
from setia.intake.reading.own import field_named
from setia.intake.reading.plan import CANCEL_WORDS, Cancelled, Plan
from setia.intake.reading.problems import Cell, Odd, Unreadable
from setia.intake.reading.texts import as_text

_PHONE = re.compile(r"(?:\+?62|0)8[\d\s.\-]{7,14}|\+\d[\d\s.\-()]{6,18}")
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_CANCEL_NUMBER = re.compile(r"C\d+")
_CURRENCY_SIGNS = (
    *(("rp", "IDR"), ("idr", "IDR"), ("s$", "SGD"), ("us$", "USD"), ("usd", "USD"), ("€", "EUR"), ("eur", "EUR")),
    *(("£", "GBP"), ("gbp", "GBP"), ("rm", "MYR")),
)
CROWD_SHARE = 0.01
CROWD_ORDERS = 2_000
CROWD_NAMES = 5


@dataclass
class Column:
    """What a sample says about one column; the shares are of its filled cells."""

    place: int
    name: str
    cells: list[Cell]
    filled: list[Cell]
    dates: float = 0
    numbers: float = 0
    phones: float = 0
    emails: float = 0
    fractions: float = 0
    distinct: int = 0

    @property
    def texts(self) -> list[str]:
        return [as_text(cell).strip() for cell in self.filled]


def suggest(
    what: str,
    layout: Layout,
    sample_rows: Sequence[Sequence[Cell]],
    remembered: Mapping[str, Any] | None = None,
    own: Sequence[Field] = (),
) -> Plan:
    """A plan for the file. `missing()` tells what a person still has to say.

    :param what: ORDERS, CUSTOMERS, PRODUCTS, SUBSCRIPTIONS, UNITS, CONTRACTS, CONCERNS or PROSPECTS.
    :param remembered: the JSON of the plan used for the latest file of this shape. Its columns and choices are kept;
        how dates and numbers are written is looked at again, because the same shape may come from another computer.
    :param own: the firm's own fields (`own.own_fields`), suggested by their labels and codes.
    """
    columns = _describe(layout, sample_rows)
    kept = _remembered(what, layout, remembered)
    fields = dict(kept.fields) if kept else _assign(what, layout, columns, own)
    by_place = {column.place: column for column in columns}
    types = {name: field_named(what, name).type for name in fields}
    unsure: list[str] = []

    dates = [
        cell
        for name, place in fields.items()
        if types[name] in {Type.MOMENT, Type.DATE} and place in by_place
        for cell in by_place[place].filled
    ]
    order, settled = guess_order(dates)
    if not settled:
        if kept:
            order = kept.date_order
        else:
            unsure.append("date_order")
    numbers = [
        [cell for cell in by_place[place].filled if isinstance(cell, str)]
        for name, place in fields.items()
        if types[name] is Type.NUMBER and place in by_place
    ]
    signs, settled = guess_signs(numbers)
    if not settled:
        if kept:
            signs = Signs(kept.decimal, kept.thousands)
        else:
            unsure.append("number_signs")

    plan = Plan(
        what=what,
        fields=fields,
        date_order=order,
        decimal=signs.decimal,
        thousands=signs.thousands,
        header=layout.header,
        fingerprint=layout.fingerprint,
        sheet=layout.sheet,
        unsure=tuple(unsure),
    )
    if kept:
        return replace(
            plan,
            cancelled=kept.cancelled,
            placeholders=kept.placeholders,
            placeholder_ids=kept.placeholder_ids,
            keep_ids=kept.keep_ids,
            currency=kept.currency,
            match=kept.match,
        )
    if what == "ORDERS":
        plan = replace(
            plan,
            cancelled=_cancelled(plan, by_place),
            placeholder_ids=_crowds(plan, sample_rows),
            currency=_currency(plan, by_place),
        )
    if what == "SUBSCRIPTIONS":
        plan = replace(plan, currency=_currency(plan, by_place))
    return plan


def _remembered(what: str, layout: Layout, data: Mapping[str, Any] | None) -> Plan | None:
    if data is None:
        return None
    try:
        plan = Plan.from_json(data, what=what, header=layout.header)
    except Unreadable:
        return None
    return plan if plan.what == what else None


def _describe(layout: Layout, rows: Sequence[Sequence[Cell]]) -> list[Column]:
    columns = []
    for place, name in enumerate(layout.header):
        cells = [row[place] for row in rows]
        filled = [cell for cell in cells if cell is not None and not (isinstance(cell, str) and is_missing(cell))]
        column = Column(place, name, cells, filled)
        looked = filled[:300]
        if looked:
            texts = [as_text(cell).strip() for cell in looked]
            count = len(looked)
            column.dates = sum(looks_like_date(cell) for cell in looked) / count
            column.numbers = sum(is_number(cell) for cell in looked) / count
            column.phones = sum(_PHONE.fullmatch(text) is not None for text in texts) / count
            column.emails = sum(_EMAIL.fullmatch(text) is not None for text in texts) / count
            column.fractions = sum("." in text or "," in text for text in texts) / count
            column.distinct = len(set(texts))
        columns.append(column)
    return columns


_NEARLY = {"number_not_finite", "number_too_large"}
_SIGNS = (number_parser(Signs(".", ",")), number_parser(Signs(",", ".")))


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number by either convention of signs, be it one that is too large to keep."""
    found = [parse(cell) for parse in _SIGNS]
    return any(isinstance(one, str) or (isinstance(one, Odd) and one.code in _NEARLY) for one in found)


def _assign(what: str, layout: Layout, columns: list[Column], own: Sequence[Field]) -> dict[str, int]:
    """Each field at most one column and the other way round, the surest pairs first."""
    pairs: list[tuple[float, int, int, str, int]] = []
    for rank, one in enumerate((*own, *FIELDS[what])):
        for column in columns:
            score = _by_name(one, column) if layout.has_header else 0.0
            if one.label and score < 2:  # a word in common is not enough for a field of the firm's own
                continue
            if score:
                score += _by_content(one, column)
            if score > 0:
                pairs.append((-score, rank, column.place, one.name, column.place))
    fields: dict[str, int] = {}
    for _, _, _, name, place in sorted(pairs):
        if name not in fields and place not in fields.values():
            fields[name] = place
    if "ordered_time" in fields and "ordered_at" not in fields:
        del fields["ordered_time"]
    if not all(name in fields for name in CONSENT):  # half an answer is none; a person may say where the rest stands
        fields = {name: place for name, place in fields.items() if name not in (*CONSENT, "consent_how")}
    _fill_by_content(what, fields, columns)
    return fields


def _by_name(one: Field, column: Column) -> float:
    """3 for a known name (earlier synonyms a little more), less where a known name is part of the column's."""
    name = fold(column.name)
    if name in one.synonyms:
        return 3 - one.synonyms.index(name) / 1000
    words = [fold(word) for word in re.split(r"[^0-9A-Za-z]+|(?<=[a-z])(?=[A-Z])", column.name) if word]
    best = 0.0
    for synonym in one.synonyms:
        if len(synonym) < 3:
            continue
        if any("".join(words[start : start + 3]).startswith(synonym) for start in range(len(words))) and (
            synonym in words or any("".join(words[i : i + 2]) == synonym for i in range(len(words)))
        ):
            best = max(best, 1.2 + len(synonym) / 50)
        elif len(synonym) >= 6 and synonym in name:
            best = max(best, 0.8 + len(synonym) / 50)
    return best


def _by_content(one: Field, column: Column) -> float:
    """What the cells say for (up to 1) or against (a veto, -9) a field."""
    if not column.filled:
        return -0.5
    match one.type:
        case Type.MOMENT | Type.DATE:
            if column.dates > 0.5:
                return 1.0 if column.dates > 0.8 else 0.2
            # A few cells, or some good dates among bad ones, do not outweigh the column's own name.
            return -1.0 if column.dates > 0 or len(column.filled) < 20 else -9
        case Type.NUMBER:
            if column.numbers < 0.5:
                return -1.0 if column.numbers > 0 or len(column.filled) < 20 else -9
            return -1.5 if column.dates > 0.9 and column.fractions == 0 and column.distinct > 1 else 0.5
        case Type.PHONE:
            return 1.0 if column.phones > 0.5 else -0.4
        case Type.EMAIL:
            return 1.0 if column.emails > 0.5 else -0.5 if column.emails else -1.5
        case Type.CANCELLED:
            return _status(column)
        case Type.CURRENCY:
            return 0.5 if all(len(text) <= 7 and not text.isdigit() for text in column.texts[:100]) else -9
        case Type.CHOICE:
            known = {word for value, words in one.choices for word in (*words, value.casefold())}
            hits = sum(fold(text) in known for text in column.texts[:100]) / min(len(column.filled), 100)
            return 0.5 if hits > 0.5 else -9 if column.distinct > 20 else -0.8
        case Type.TIME:
            clocks = sum(re.fullmatch(r"\d{1,2}[:.]\d\d.*", text) is not None for text in column.texts[:50])
            return 1.0 if clocks * 2 >= len(column.texts[:50]) else -9
        case Type.TEXT if one.name in {"customer_name", "name", "customer_region", "region"}:
            return -0.6 if column.numbers > 0.9 else 0.2
    return 0.0


def _status(column: Column) -> float:
    words = {fold(text) for text in column.texts}
    if words & set(CANCEL_WORDS) or any(
        word in text for text in words for word in ("batal", "cancel", "refund", "retur")
    ):
        return 0.5
    return 0.1 if column.distinct <= 20 and column.numbers < 0.5 else -9


def _fill_by_content(what: str, fields: dict[str, int], columns: list[Column]) -> None:
    """Fields that must be there and no name gave away, and contact details, which show what they are."""
    free = [column for column in columns if column.place not in fields.values() and column.filled]

    def take(name: str, chosen: list[Column]) -> None:
        if name not in fields and chosen:
            fields[name] = chosen[0].place
            free.remove(chosen[0])

    names = {one.name for one in FIELDS[what]}
    for name, share in (
        ("customer_email", "emails"),
        ("email", "emails"),
        ("customer_phone", "phones"),
        ("phone", "phones"),
    ):
        if name in names:
            take(name, [column for column in free if getattr(column, share) > 0.8])
    if what != "ORDERS":
        return
    take("ordered_at", [column for column in free if column.dates > 0.9])
    if "unit_price" not in fields and "amount" not in fields:
        numeric = [column for column in free if column.numbers > 0.95 and column.dates < 0.5]
        take("amount", sorted(numeric, key=lambda column: (-column.fractions, -column.place))[:1])
    if not any(name in fields for name in ("customer_number", "customer_name", "customer_phone", "customer_email")):
        repeated = [c for c in free if c.place < fields.get("ordered_at", 0) and 1 < c.distinct < len(c.filled[:300])]
        take("customer_number", repeated)
    if "quantity" not in fields and "ordered_at" in fields:
        whole = [c for c in free if c.numbers > 0.95 and c.fractions == 0 and c.place > fields["ordered_at"]]
        take("quantity", [c for c in whole if all(len(text) <= 4 for text in c.texts[:300])])


def _cancelled(plan: Plan, by_place: dict[int, Column]) -> Cancelled:
    """The file's way to mark a cancelled order.

    A status column wins. Numbers of digits alone among which some begin with C (Online Retail, many cash registers)
    are marked by that letter; the rule is also set when the sample has none yet, for those further down.
    """
    if "cancelled" in plan.fields:
        return Cancelled("COLUMN")
    if "order_number" not in plan.fields:
        return Cancelled()
    texts = by_place[plan.fields["order_number"]].texts
    digits = sum(text.isdigit() for text in texts)
    marked = sum(_CANCEL_NUMBER.fullmatch(text) is not None for text in texts)
    if texts and digits + marked >= 0.95 * len(texts) and digits > marked:
        return Cancelled("PREFIX", "C")
    return Cancelled()


def _crowds(plan: Plan, rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Customer ids that behave like many people: over 1 % of many orders, under several names."""
    number, name = plan.fields.get("customer_number"), plan.fields.get("customer_name")
    order = plan.fields.get("order_number")
    if number is None or name is None:
        return ()
    orders: dict[str, set[str]] = {}
    people: dict[str, set[str]] = {}
    for place, row in enumerate(rows):
        key = as_text(row[number]).strip()
        if key:
            orders.setdefault(key, set()).add(as_text(row[order]) if order is not None else str(place))
            people.setdefault(key, set()).add(as_text(row[name]).strip().casefold())
    total = sum(map(len, orders.values()))
    if total < CROWD_ORDERS:
        return ()
    return tuple(
        key for key, found in orders.items() if len(found) > CROWD_SHARE * total and len(people[key]) >= CROWD_NAMES
    )


def _currency(plan: Plan, by_place: dict[int, Column]) -> str:
    """The currency whose sign stands before the amounts, unless a column says it."""
    if "currency" in plan.fields:
        return ""
    signs: Counter[str] = Counter()
    for name in ("unit_price", "amount", "price"):
        if name in plan.fields:
            for text in by_place[plan.fields[name]].texts[:300]:
                for sign, code in _CURRENCY_SIGNS:
                    if text.casefold().lstrip("(-").startswith(sign):
                        signs[code] += 1
                        break
    return signs.most_common(1)[0][0] if signs else ""
