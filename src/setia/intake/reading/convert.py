"""From rows of cells to chunks of canonical text, column by column.

A file repeats itself: dates, prices, codes and names occur many times, so each field keeps a bounded dictionary from
raw cell to canonical value and most cells cost one look-up. What is odd (a value to reject or to warn of) is an `Odd`
in that dictionary, and only columns that have met one are searched for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Any

from setia.intake.reading.fields import CONSENT, FIELDS, ONE_OF, PEOPLE, Field, Type
from setia.intake.reading.layout import Layout, fold
from setia.intake.reading.moments import date_parser, moment_parser, with_time_parser
from setia.intake.reading.numbers import Signs, number_parser
from setia.intake.reading.own import field_named, people
from setia.intake.reading.plan import Plan
from setia.intake.reading.problems import Cell, Odd, Reject, Unreadable, Why, shown
from setia.intake.reading.rejects import is_rejects_header, restored
from setia.intake.reading.table import Block, blocks, is_blank
from setia.intake.reading.texts import (
    Parser,
    as_text,
    channels_parser,
    choice_parser,
    clean,
    contact_parser,
    currency_parser,
    id_parser,
    name_parser,
    owner_parser,
    percent_parser,
    tags_parser,
    text_parser,
)

MEMO_SIZE = 60_000
MEMO_CELL = 120
"""Longer cells seldom repeat and would make a dictionary's memory unbounded."""
EXPORTED = (*PEOPLE, "SUBSCRIPTIONS", "UNITS")
"""Kinds of files that Setia itself writes."""

Warning_ = dict[str, Any]


@dataclass
class Chunk:
    """Some rows of the file, all accounted for: `rows` = accepted + rejected.

    `columns` holds the accepted rows only, a list a field, every list as long as `row_numbers`. Each value is text that
    PostgreSQL's casts take as it is, or None for a missing one: moments `2011-12-09 12:50:00+07:00`, days `2011-12-09`,
    numbers `-123.45` (finite, within numeric(18,4)), booleans `t` and `f`, texts without control characters and within
    the limits of the models. `warnings` are dicts with `code`, `field` and `count` for this chunk's rows.
    """

    first_row: int
    rows: int
    row_numbers: list[int]
    columns: dict[str, list[str | None]]
    rejects: list[Reject]
    bytes_read: int
    warnings: list[Warning_] = field(default_factory=list)


@dataclass(frozen=True)
class PreviewRow:
    """One row as it would be taken in: its cells as found, its values, and what is odd about them."""

    row: int
    cells: tuple[str, ...]
    values: dict[str, str | None]
    problems: tuple[Why, ...]
    warnings: tuple[Why, ...]
    rejected: bool


class _Memo(dict[Any, Any]):
    """From raw cell to value, worked out once. `odd` says that an `Odd` has been met."""

    def __init__(self, parse: Callable[[Any], object]) -> None:
        super().__init__()
        self.parse = parse
        self.odd = False

    def __missing__(self, raw: Any) -> Any:
        value = self.parse(raw)
        if value.__class__ is Odd:
            self.odd = True
        if raw.__class__ is not str or len(raw) <= MEMO_CELL:
            if len(self) >= MEMO_SIZE:
                self.clear()
            self[raw] = value
        return value


def chunks(path: Path, layout: Layout, plan: Plan, *, zone: str, start_row: int = 0) -> Iterator[Chunk]:
    """Stream the file.

    :param zone: IANA name of the zone in which times without one are meant.
    :param start_row: rows numbered below this are passed over without being counted.
    :raises Unreadable: `unmapped` where the plan lacks a required field, `plan_header` where it was made for a file of
        another shape, and whatever is found to be wrong with the file further down.
    """
    converter = Converter(layout, plan, zone)
    told: dict[str, int] = {}
    for block in blocks(path, layout):
        chunk = converter.convert(block.since(start_row) if start_row else block)
        for code, count in block.warnings.items():
            if count > told.get(code, 0):
                chunk.warnings.append({"code": code, "field": "", "count": count - told.get(code, 0)})
                told[code] = count
        if chunk.rows or chunk.warnings:
            yield chunk


class Converter:
    """Turns blocks of cells into chunks for one file and plan. Keeps the dictionaries between blocks."""

    def __init__(self, layout: Layout, plan: Plan, zone: str) -> None:
        if missing := plan.missing():
            raise Unreadable("unmapped", fields=missing)
        if any(place >= layout.width for place in plan.fields.values()):
            raise Unreadable("plan_header", columns=layout.width)
        if plan.fingerprint and plan.fingerprint != layout.fingerprint:
            raise Unreadable("plan_header", columns=layout.width)
        self.layout = layout
        self.plan = plan
        # Setia's own files have a mark before text that a spreadsheet would take for a formula: rejected rows, exports.
        self.restore = plan.what in EXPORTED or is_rejects_header(layout.header)
        self.timed = plan.what == "ORDERS" and "ordered_time" in plan.fields
        self.memos: dict[str, _Memo] = {}
        for name in sorted(plan.fields, key=lambda name: plan.fields[name]):  # reasons come in the order of columns
            if name != "ordered_time":
                parse = self._parser(field_named(plan.what, name), zone)
                self.memos[name] = _Memo(self._restoring(parse) if self.restore and name != "ordered_at" else parse)
        self.cancel = _Memo(self._cancel_rule()) if plan.what == "ORDERS" else _Memo(str)

    def _parser(self, one: Field, zone: str) -> Callable[[Any], object]:
        plan = self.plan
        drop = plan.placeholders == "DROP"
        more = frozenset(value.casefold() for value in plan.placeholder_ids)
        match one.type:
            case Type.MOMENT:
                make = with_time_parser if self.timed else moment_parser
                return make(plan.date_order, zone)
            case Type.DATE:
                return date_parser(plan.date_order)
            case Type.NUMBER:
                number = number_parser(Signs(plan.decimal, plan.thousands))
                return percent_parser(number) if one.name == "discount_percent" else number
            case Type.ID:
                return self._keeping(id_parser(one, more, drop=drop and one.placeholder))
            case Type.TEXT if one.placeholder:
                return name_parser(one, more, drop=drop)
            case Type.CHOICE:
                return choice_parser(one)
            case Type.CURRENCY:
                return currency_parser
            case Type.EMAIL | Type.HANDLE | Type.PHONE | Type.TAX:
                return self._contact(one)
            case Type.OWNER:
                return owner_parser(people())
            case Type.CHANNELS:
                return channels_parser(one)
            case Type.TAGS:
                return tags_parser(one)
            case Type.CANCELLED:
                return clean
            case _:
                return text_parser(one)

    def _contact(self, one: Field) -> Parser:
        from setia.customers.queries import (
            email,
            handle,
            phone,
            tax_number,
        )  # here, because it needs Django to be set up

        if one.type is Type.EMAIL:
            return contact_parser(email, "email")
        if one.type is Type.PHONE:
            return contact_parser(phone, "phone")
        if one.type is Type.TAX:
            return contact_parser(tax_number, "tax")
        return contact_parser(lambda text: handle(text, one.name.upper()), "handle")

    def _keeping(self, parse: Parser) -> Parser:
        keep = {value.strip() for value in self.plan.keep_ids}
        if not keep:
            return parse

        def keeping(cell: Cell) -> str | Odd | None:
            text = clean(cell)
            return text if text in keep else parse(cell)

        return keeping

    def _restoring(self, parse: Callable[[Any], object]) -> Callable[[Any], object]:
        return lambda cell: parse(restored(cell) if isinstance(cell, str) else cell)

    def _cancel_rule(self) -> Callable[[str | None], str]:
        rule = self.plan.cancelled
        if rule.kind == "PREFIX":
            return lambda number: "t" if number is not None and _has_prefix(number, rule.prefix) else "f"
        words = set(rule.words)
        long = tuple(word for word in words if len(word) >= 5)

        def by_words(cell: str | None) -> str:
            if cell is None:
                return "f"
            folded = fold(cell)
            said = (
                folded in words
                or folded in {"t", "true", "y", "ya", "yes", "1"}
                or any(word in folded for word in long)
            )
            return "t" if said and not folded.startswith(("tidak", "not", "bukan", "no")) else "f"

        return by_words if rule.kind == "COLUMN" else lambda _: "f"

    def convert(self, block: Block) -> Chunk:
        """One block, column by column."""
        count = len(block)
        cells: list[Sequence[Any]] = []
        if block.table is None:
            cells = list(zip(*block.rows, strict=True)) if count else [()] * self.layout.width
        wrong: dict[int, list[Why]] = {}
        warned: dict[tuple[str, str], int] = {}
        columns: dict[str, list[str | None]] = {}
        for name, memo in self.memos.items():
            if block.table is not None and not (name == "ordered_at" and self.timed):
                raw, values, odd = self._by_distinct(block.table.column(self.plan.fields[name]), memo)
            else:
                if block.table is not None:
                    cells = [column.to_pylist() for column in block.table.columns]
                raw = self._raw(name, cells)
                values = list(map(memo.__getitem__, raw))
                odd = memo.odd
            if odd:
                self._odd(name, raw, values, wrong, warned)
            columns[name] = values
        if count:
            self._between(columns, count, wrong)
        rejects: list[Reject] = []
        for place, why in wrong.items():
            row = block.row(place)
            if not is_blank(row):
                rejects.append(self._reject(block.numbers[place], row, why))
        blank = len(wrong) - len(rejects)
        numbers = list(block.numbers)
        if wrong:
            kept = [place not in wrong for place in range(count)]
            columns = {name: list(compress(values, kept)) for name, values in columns.items()}
            numbers = list(compress(numbers, kept))
        rejects += block.bad
        rejects.sort(key=lambda reject: reject.row)
        warnings = [{"code": code, "field": name, "count": times} for (code, name), times in warned.items()]
        first = min([*block.numbers[:1], *(reject.row for reject in rejects[:1])], default=0)
        total = count - blank + len(block.bad)
        return Chunk(first, total, numbers, columns, rejects, block.bytes_read, warnings)

    def _by_distinct(self, column: Any, memo: _Memo) -> tuple[Sequence[Any], list[Any], bool]:
        """The raw cells, the values, and whether any is odd, with one look-up a distinct cell."""
        import numpy as np

        encoded = column.combine_chunks().dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        values = list(map(memo.__getitem__, distinct))
        odd = memo.odd and any(value.__class__ is Odd for value in values)
        places = encoded.indices.to_numpy()
        spread = np.empty(len(values), dtype=object)
        spread[:] = values
        return column if odd else (), spread[places].tolist(), odd

    def one_by_one(self, block: Block, limit: int) -> list[PreviewRow]:
        """The first rows of a block with everything that is odd about each."""
        found: list[PreviewRow] = []
        for number, row in zip(block.numbers, block.head(limit), strict=False):
            cells = [(cell,) for cell in row]
            wrong: dict[int, list[Why]] = {}
            warnings: list[Why] = []
            values: dict[str, list[str | None]] = {}
            for name, memo in self.memos.items():
                raw = self._raw(name, cells)
                value = memo[raw[0]]
                if isinstance(value, Odd):
                    why = Why(value.code, name, self._shown(raw[0], value.code))
                    if value.fatal:
                        wrong.setdefault(0, []).append(why)
                        value = None
                    else:
                        warnings.append(why)
                        value = value.value
                values[name] = [value]
            self._between(values, 1, wrong)
            if wrong and is_blank(row):
                continue
            single = {name: column[0] for name, column in values.items()}
            shown_cells = tuple(shown(as_text(cell), 80) for cell in row)
            found.append(PreviewRow(number, shown_cells, single, tuple(wrong.get(0, ())), tuple(warnings), bool(wrong)))
        for reject in block.bad:
            if len(found) < limit or reject.row < found[-1].row:
                cells_shown = tuple(shown(cell, 80) for cell in reject.cells[: self.layout.width])
                found.append(PreviewRow(reject.row, cells_shown, {}, reject.reasons, (), True))
        return sorted(found, key=lambda one: one.row)[:limit]

    def _raw(self, name: str, cells: Sequence[Sequence[Any]]) -> Sequence[Any]:
        raw = cells[self.plan.fields[name]]
        if name == "ordered_at" and self.timed:
            return list(zip(raw, cells[self.plan.fields["ordered_time"]], strict=True))
        return raw

    def _shown(self, raw: Any, code: str) -> str:
        """The cell a reason is about; of a date and a time of day, the one that is wrong."""
        if hasattr(raw, "as_py"):  # a cell of an Arrow column
            raw = raw.as_py()
        if isinstance(raw, tuple):
            raw = raw[1] if code == "time" else raw[0]
        return shown(as_text(raw))

    def _odd(
        self,
        name: str,
        raw: Sequence[Any],
        values: list[Any],
        wrong: dict[int, list[Why]],
        warned: dict[tuple[str, str], int],
    ) -> None:
        for place, value in enumerate(values):
            if value.__class__ is Odd:
                if value.fatal:
                    wrong.setdefault(place, []).append(Why(value.code, name, self._shown(raw[place], value.code)))
                    values[place] = None
                else:
                    key = (value.code, name)
                    warned[key] = warned.get(key, 0) + 1
                    values[place] = value.value

    def _between(self, columns: dict[str, list[str | None]], count: int, wrong: dict[int, list[Why]]) -> None:
        """Rules of whole rows: what must be there, defaults, and what is derived from other fields."""
        plan = self.plan
        for one in FIELDS[plan.what]:
            if one.required and None in columns[one.name]:
                for place, value in enumerate(columns[one.name]):
                    if value is None and not any(why.field == one.name for why in wrong.get(place, ())):
                        wrong.setdefault(place, []).append(Why("missing", one.name, ""))
        for names, code in ONE_OF.get(plan.what, ()):
            self._need_one_of(names, code, columns, wrong)
        if plan.what == "ORDERS":
            number = columns.get("order_number")
            source = columns["cancelled"] if plan.cancelled.kind == "COLUMN" else number
            columns["cancelled"] = (
                list(map(self.cancel.__getitem__, source))
                if source is not None and plan.cancelled.kind != "NONE"
                else ["f"] * count
            )
            quantity = columns.get("quantity")
            if quantity is None:
                columns["quantity"] = ["1"] * count
            elif None in quantity:
                columns["quantity"] = ["1" if value is None else value for value in quantity]
        elif plan.what in PEOPLE and all(name in columns for name in CONSENT):
            for place, (answer, *rest) in enumerate(zip(*(columns[name] for name in CONSENT), strict=True)):
                if answer is not None and None in rest and place not in wrong:
                    lacking = next(name for name, value in zip(CONSENT[1:], rest, strict=True) if value is None)
                    wrong.setdefault(place, []).append(Why("consent_part", lacking, ""))

    def _need_one_of(
        self, names: Sequence[str], code: str, columns: dict[str, list[str | None]], wrong: dict[int, list[Why]]
    ) -> None:
        there = [columns[name] for name in names if name in columns]
        if not all(None in column for column in there):
            return
        for place, values in enumerate(zip(*there, strict=True)):
            if not any(value is not None for value in values) and place not in wrong:
                wrong.setdefault(place, []).append(Why(code, next(name for name in names if name in columns), ""))

    def _reject(self, number: int, row: Sequence[Cell], why: list[Why]) -> Reject:
        first, *others = why
        cells = tuple(as_text(cell) for cell in row)
        return Reject(number, first.code, first.field, first.value, cells, tuple(others))


def _has_prefix(number: str, prefix: str) -> bool:
    """`C536379` is a cancellation; `CUST-1` in a file whose numbers are words is not marked by its C."""
    if not prefix or not number.casefold().startswith(prefix.casefold()):
        return False
    return number[len(prefix) : len(prefix) + 1].isdigit() or not prefix[-1:].isalpha()
