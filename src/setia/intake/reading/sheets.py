"""XLSX workbooks, row by row, after a look at the archive that no bomb survives.

An XLSX file is a ZIP of XML parts. Both can be made to explode: by compression, by thousands of parts, by XML entities.
The sizes are checked before anything is unpacked, and a part never yields more than its declared size.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from setia.intake.reading.layout import Format, Layout, unique_names
from setia.intake.reading.problems import Cell, Note, Reject, Unreadable, shown
from setia.intake.reading.source import FREE_BYTES, RATIO
from setia.intake.reading.table import BLOCK_ROWS, Block, fit, is_blank
from setia.intake.reading.texts import as_text
from setia.intake.reading.workbook import CELL_LIMIT, Sheet, Workbook

MOST_PARTS = 5_000
LARGEST_PART = 2 << 30
LARGEST_STRINGS = 128 << 20
"""The table of shared texts is held in memory as a whole."""
WIDEST = 1_000
LOOKED_AT = 400
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, ExpatError, OSError, EOFError, RuntimeError, AssertionError),
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
)
"""What the parts of a broken workbook make their readers raise."""


def sniff(path: Path, *, size: int, sheet: str | None) -> Layout:
    """The layout of a workbook's sheet: the one named, else the first visible one with rows. Raises Unreadable."""
    with _guarded():
        _check(path, size)
        with Workbook(path) as book:
            names = [one.name for one in book.sheets]
            if sheet and sheet not in names:
                raise Unreadable("no_sheet", name=sheet, names=", ".join(names[:20]))
            wanted = [one for one in book.sheets if (one.name == sheet if sheet else one.visible)]
            for one in wanted or book.sheets:
                start, whole = _start(book, one)
                if any(map(_has_text, start)):
                    return _layout(book, one, start, names, size, whole=whole)
    raise Unreadable("empty")


def _has_text(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)


def _start(book: Workbook, one: Sheet) -> tuple[list[list[str]], bool]:
    """The first rows as texts, empty ones between them included, and whether that is all of the sheet."""
    found: list[list[str]] = []
    for rows, _share in book.rows(one):
        for number, cells in rows:
            if number > LOOKED_AT:
                return found, False
            found.extend([] for _ in range(number - 1 - len(found)))
            texts = [as_text(_typed(cell))[:1_000] for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            found.append(texts)
    return found, True


def _layout(book: Workbook, one: Sheet, start: list[list[str]], names: list[str], size: int, *, whole: bool) -> Layout:
    from setia.intake.reading.sniff import find_header, width_of

    width = width_of(start)
    header_row, has_header = find_header(start, width, 0)
    if has_header:
        width = max(width, len(start[header_row]))
    if width > WIDEST:
        raise Unreadable("too_wide", columns=width, limit=WIDEST)
    notes: list[Note] = []
    if has_header:
        row = start[header_row]
        header, notes = unique_names([*row, *([""] * (width - len(row)))])
    else:
        header = tuple(f"Column {place}" for place in range(1, width + 1))
        notes.append(Note("no_header", {}))
    if whole and not any(map(_has_text, start[header_row + (1 if has_header else 0) :])):
        raise Unreadable("header_alone", names=", ".join(header[:8]))
    if has_header and header_row:
        notes.append(Note("rows_above", {"row": header_row + 1}))
    others = [name for name in names if name != one.name]
    if others:
        notes.append(Note("other_sheets", {"sheet": one.name, "names": ", ".join(others[:8])}))
    if book.has_empty_formulas:
        notes.append(Note("formulas_empty", {}))
    elif book.has_formulas:
        notes.append(Note("formulas", {}))
    return Layout(
        format=Format.XLSX,
        compressed=False,
        encoding="",
        delimiter="",
        quote="",
        header=header,
        has_header=has_header,
        header_row=header_row + 1 if has_header else 0,
        skip_rows=header_row,
        sheet=one.name,
        sheets=tuple(names),
        size=size,
        problems=tuple(notes),
    )


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """The rows below the header, numbered as the spreadsheet numbers them."""
    first_data = layout.skip_rows + (1 if layout.has_header else 0)
    rows: list[Sequence[Cell]] = []
    numbers: list[int] = []
    bad: list[Reject] = []
    with _guarded():
        _check(path, layout.size)
        with Workbook(path) as book:
            one = next((sheet for sheet in book.sheets if sheet.name == layout.sheet), None)
            if one is None:
                known = ", ".join(sheet.name for sheet in book.sheets[:20])
                raise Unreadable("no_sheet", name=layout.sheet, names=known)
            empty: list[tuple[list[tuple[int, list[Any]]], float]] = [([], 1.0)]
            for group, share in chain(book.rows(one), empty):
                for number, cells in group:
                    if number <= first_data:
                        continue
                    typed = [_typed(cell) for cell in cells]
                    fitting = fit(typed, layout.width)
                    if any(cell.__class__ is str and len(cell) > CELL_LIMIT for cell in typed):
                        bad.append(_reject(number, "cell_too_long", typed))
                    elif fitting is None:
                        bad.append(_reject(number, "cell_count", typed))
                    elif not is_blank(fitting):
                        rows.append(fitting)
                        numbers.append(number)
                if not group or len(rows) + len(bad) >= BLOCK_ROWS:
                    told = {"formulas_empty": 1} if book.has_empty_formulas else {}
                    yield Block(rows, numbers, bad, int(layout.size * share), told)
                    rows, numbers, bad = [], [], []


def _reject(row: int, code: str, cells: list[Any]) -> Reject:
    kept = tuple(as_text(cell)[:2_000] for cell in cells[: WIDEST + 50])
    return Reject(row, code, "", shown(kept[0] if kept else ""), kept)


def _typed(cell: Any) -> Any:
    return str(cell) if isinstance(cell, timedelta) else cell


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever a broken workbook makes its readers raise becomes one plain refusal."""
    try:
        yield
    except Unreadable:
        raise
    except DefusedXmlException as error:
        raise Unreadable("xml_entities", name="xl") from error
    except _BROKEN as error:
        raise Unreadable("zip_damaged") from error


def _check(path: Path, size: int) -> None:
    """Refuse an archive that is no workbook or would explode. Nothing is unpacked beyond each part's beginning."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise Unreadable("zip_entries", count=len(parts), limit=MOST_PARTS)
        names = {part.filename for part in parts}
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("encrypted")
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise Unreadable("zip")
        total = sum(part.file_size for part in parts)
        if total > FREE_BYTES and total > RATIO * max(size, 1):
            raise Unreadable("bomb", ratio=total // max(size, 1))
        for part in parts:
            limit = LARGEST_STRINGS if not part.filename.startswith("xl/worksheets/") else LARGEST_PART
            if part.file_size > limit and part.filename.endswith((".xml", ".rels")):
                raise Unreadable("zip_entry_large", name=part.filename, size=part.file_size >> 20, limit=limit >> 20)
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as file:
                    if _DOCTYPE.search(file.read(1 << 16)):
                        raise Unreadable("xml_entities", name=part.filename)
