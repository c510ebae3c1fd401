"""JSON Lines: one object a line. The columns are the keys of the first rows, in the order they appear."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from setia.intake.reading.layout import Format, Layout, fold, unique_names
from setia.intake.reading.problems import Cell, Note, Reject, Unreadable, shown
from setia.intake.reading.table import BLOCK_ROWS, Block, is_blank
from setia.intake.reading.text_lines import KEPT, read_lines

LOOKED_AT = 1_000
WIDEST = 1_000
DEPTH = 1


def sniff(path: Path, *, compressed: bool, encoding: str, size: int, notes: list[Note]) -> Layout:
    """The layout of a file whose first character is `{`. Raises Unreadable where the first line is no object."""
    bare = Layout(Format.JSONL, compressed, encoding, "", "", (), True, size=size)
    keys: dict[str, None] = {}
    nested: dict[str, None] = {}
    rows = row = 0
    for some in read_lines(path, bare):
        for line in some.lines:
            row += 1
            if not line.strip("\ufeff \t\0"):
                continue
            record = _record(line)
            if record is None:
                if rows == 0:
                    raise Unreadable("json", row=row)
                continue
            rows += 1
            for key, value in _flat(record).items():
                keys.setdefault(key)
                if isinstance(value, list | dict):
                    nested.setdefault(key)
            if len(keys) > WIDEST:
                raise Unreadable("too_wide", columns=len(keys), limit=WIDEST)
            if rows >= LOOKED_AT:
                break
        if rows >= LOOKED_AT:
            break
    if not keys:
        raise Unreadable("header_alone", names="{}")
    header, told = unique_names(list(keys))
    if nested:
        told.append(Note("nested", {"names": ", ".join(list(nested)[:8])}))
    return Layout(Format.JSONL, compressed, encoding, "", "", header, True, size=size, problems=(*notes, *told))


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """The objects as rows in the order of the layout's columns."""
    places = {fold(name): place for place, name in enumerate(layout.header)}
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    bad: list[Reject] = []
    warnings: dict[str, int] = {}
    row = 0
    for some in read_lines(path, layout):
        cut = set(some.cut)
        for place, line in enumerate(some.lines):
            row += 1
            line = line.strip("\ufeff \t\0")
            if not line:
                continue
            record = None if place in cut else _record(line)
            if record is None:
                code = "row_too_long" if place in cut else "not_json"
                bad.append(Reject(row, code, "", shown(line), (line[:KEPT],)))
                continue
            cells: list[Cell] = [None] * layout.width
            for key, value in _flat(record).items():
                at = places.get(fold(key))
                if at is None:
                    warnings["json_new_key"] = warnings.get("json_new_key", 0) + 1
                else:
                    cells[at] = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
            if not is_blank(cells):
                rows.append(cells)
                numbers.append(row)
        if some.mended:
            warnings["encoding_mixed"] = 1
        if some.final or len(rows) >= BLOCK_ROWS:
            yield Block(rows, numbers, bad, some.bytes_read, dict(warnings))
            rows, numbers, bad = [], [], []


def _record(line: str) -> dict[str, Any] | None:
    try:
        # Whole numbers stay text: their digits need no reading, and one of a million digits would be refused here.
        record = json.loads(line.strip("\ufeff \t\0"), parse_float=_decimal, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _decimal(digits: str) -> Decimal | str:
    return Decimal(digits) if len(digits) < 60 and "e" not in digits.casefold() else digits


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """The record with objects one level down spread out: {"buyer": {"name": …}} → `buyer.name`."""
    if not any(isinstance(value, dict) for value in record.values()):
        return {key: _plain(value) for key, value in record.items()}
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": _plain(one) for inner, one in value.items()})
        else:
            flat[key] = _plain(value)
    return flat


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value
