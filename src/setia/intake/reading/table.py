"""Rows of cells, whatever the format: one door to the readers of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from setia.intake.reading.layout import Format, Layout
from setia.intake.reading.problems import Cell, Reject

BLOCK_ROWS = 25_000


@dataclass
class Block:
    """Some rows, each of the layout's width, with their numbers in the file; `bad` are rows that have no cells.

    A row without any content is neither. `warnings` counts by code what holds for the file so far.
    """

    rows: list[Sequence[Cell]]
    numbers: Sequence[int]
    bad: list[Reject] = field(default_factory=list)
    bytes_read: int = 0
    warnings: dict[str, int] = field(default_factory=dict)


def blocks(path: Path, layout: Layout) -> Iterator[Block]:
    """The file's rows below its header. Raises Unreadable where the file turns out to be damaged further down."""
    match layout.format:
        case Format.CSV | Format.ALIGNED:
            from setia.intake.reading.delimited import read
        case Format.JSONL:
            from setia.intake.reading.json_lines import read
        case Format.XLSX:
            from setia.intake.reading.sheets import read
        case Format.PARQUET:
            from setia.intake.reading.columnar import read
    return read(path, layout)


def sample(path: Path, layout: Layout, rows: int = 2_000) -> list[Sequence[Cell]]:
    """The first rows below the header, at most `rows`."""
    found: list[Sequence[Cell]] = []
    for block in blocks(path, layout):
        found.extend(block.rows[: rows - len(found)])
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
