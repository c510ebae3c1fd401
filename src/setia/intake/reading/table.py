"""Rows of cells, whatever the format: one door to the readers of each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from setia.intake.reading.layout import Format, Layout
from setia.intake.reading.problems import Cell, Reject

BLOCK_ROWS = 25_000
_READERS = {  # imported when needed: a reader of workbooks costs memory that a CSV import can do without
    Format.CSV: "setia.intake.reading.delimited",
    Format.ALIGNED: "setia.intake.reading.delimited",
    Format.JSONL: "setia.intake.reading.json_lines",
    Format.XLSX: "setia.intake.reading.sheets",
    Format.PARQUET: "setia.intake.reading.columnar",
}


@dataclass
class Block:
    """Some rows, each of the layout's width, with their numbers in the file; `bad` are rows that have no cells.

    The rows are either lists of cells or, where the text was clean enough, an Arrow table of text columns, which knows
    each column's distinct values without a look at every cell. A row without any content is not counted at all.
    `warnings` counts by code what holds for the file so far.
    """

    rows: list[Sequence[Cell]]
    numbers: Sequence[int]
    bad: list[Reject] = field(default_factory=list)
    bytes_read: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    table: Any = None

    def __len__(self) -> int:
        return len(self.numbers)

    def row(self, place: int) -> Sequence[Cell]:
        """The cells of one row."""
        if self.table is None:
            return self.rows[place]
        return [column[place].as_py() for column in self.table.columns]

    def head(self, count: int) -> list[Sequence[Cell]]:
        """The first rows as lists of cells."""
        if self.table is None:
            return self.rows[:count]
        return list(zip(*(column.slice(0, count).to_pylist() for column in self.table.columns), strict=True))

    def since(self, row: int) -> Block:
        """The block without the rows numbered below `row`."""
        skipped = bisect_left(self.numbers, row)
        return Block(
            self.rows[skipped:],
            self.numbers[skipped:],
            [reject for reject in self.bad if reject.row >= row],
            self.bytes_read,
            self.warnings,
            None if self.table is None else self.table.slice(skipped),
        )


def blocks(path: Path, layout: Layout) -> Iterator[Block]:
    """The file's rows below its header. Raises Unreadable where the file turns out to be damaged further down."""
    return import_module(_READERS[layout.format]).read(path, layout)  # type: ignore[no-any-return]


def sample(path: Path, layout: Layout, rows: int = 2_000) -> list[Sequence[Cell]]:
    """The first rows below the header, at most `rows`."""
    found: list[Sequence[Cell]] = []
    for block in blocks(path, layout):
        found.extend(block.head(rows - len(found)))
        if len(found) >= rows:
            break
    return found


def fit(row: Sequence[Cell], width: int) -> Sequence[Cell] | None:
    """A row of the right width, or None where cells with content stand beyond the last column.

    A short row lacks its last cells: spreadsheets leave empty ones off at the end.
    """
    if len(row) == width:
        return row
    if len(row) < width:
        return [*row, *([""] * (width - len(row)))]
    if any(cell not in ("", None) and str(cell).strip() for cell in row[width:]):
        return None
    return row[:width]


def is_blank(row: Sequence[Cell]) -> bool:
    return not any(cell is not None and (not isinstance(cell, str) or cell.strip()) for cell in row)
