"""A first look: some rows one by one with everything odd about them, and single rows asked for by number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from setia.intake.reading.convert import Converter, PreviewRow, Warning_
from setia.intake.reading.layout import Layout
from setia.intake.reading.plan import Plan
from setia.intake.reading.problems import Reject
from setia.intake.reading.table import blocks
from setia.intake.reading.texts import as_text


@dataclass(frozen=True)
class Preview:
    """The first rows for the eye, and the count of what is right and wrong in the part of the file looked at.

    `columns` are the accepted rows, whose numbers in the file are `row_numbers`.
    """

    rows: tuple[PreviewRow, ...]
    looked_at: int
    accepted: int
    rejects: tuple[Reject, ...]
    warnings: tuple[Warning_, ...]
    whole: bool
    columns: dict[str, list[str | None]]
    bytes_read: int
    row_numbers: tuple[int, ...] = ()


def raw_rows(path: Path, layout: Layout, plan: Plan, rows: set[int]) -> dict[int, tuple[str, ...]]:
    """The cells, as found, of the rows with these numbers: for rows that prove wrong only beside others."""
    wanted = set(rows)
    found: dict[int, tuple[str, ...]] = {}
    for block in blocks(path, layout):
        if not wanted:
            break
        if not block.numbers or wanted.isdisjoint(range(block.numbers[0], block.numbers[-1] + 1)):
            continue
        for place, number in enumerate(block.numbers):
            if number in wanted:
                found[number] = tuple(map(as_text, block.row(place)))
                wanted.discard(number)
    return found


def preview(path: Path, layout: Layout, plan: Plan, *, zone: str, rows: int = 100, look_at: int = 20_000) -> Preview:
    """The first `rows` rows one by one, and the first `look_at` (about) counted. Raises as `chunks` does."""
    converter = Converter(layout, plan, zone)
    shown_rows: list[PreviewRow] = []
    rejects: list[Reject] = []
    warnings: dict[tuple[str, str], Warning_] = {}
    columns: dict[str, list[str | None]] = {}
    numbers: list[int] = []
    looked = accepted = bytes_read = 0
    whole = True
    for block in blocks(path, layout):
        if looked >= look_at:
            whole = False
            break
        if len(shown_rows) < rows:
            shown_rows += converter.one_by_one(block, rows - len(shown_rows))
        chunk = converter.convert(block)
        looked += chunk.rows
        bytes_read = chunk.bytes_read
        accepted += len(chunk.row_numbers)
        numbers += chunk.row_numbers
        rejects += chunk.rejects
        for name, values in chunk.columns.items():
            columns.setdefault(name, []).extend(values)
        for one in chunk.warnings:
            warnings.setdefault((one["code"], one["field"]), {**one, "count": 0})["count"] += one["count"]
    told = tuple(warnings.values())
    kept = tuple(numbers)
    return Preview(tuple(shown_rows), looked, accepted, tuple(rejects), told, whole, columns, bytes_read, kept)
