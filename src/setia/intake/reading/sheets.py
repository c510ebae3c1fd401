"""XLSX workbooks, row by row, after a look at the archive that no bomb survives.

An XLSX file is a ZIP of XML parts. Both can be made to explode: by compression, by thousands of parts, by XML entities.
The sizes are checked before anything is unpacked (a part never yields more than its declared size), and entities are
refused twice: by a look at each part's beginning and by defusedxml, which openpyxl uses where it is installed.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException

from setia.intake.reading.layout import Format, Layout, unique_names
from setia.intake.reading.problems import Cell, Note, Reject, Unreadable, shown
from setia.intake.reading.source import FREE_BYTES, RATIO
from setia.intake.reading.table import BLOCK_ROWS, Block, fit, is_blank
from setia.intake.reading.texts import as_text

MOST_PARTS = 5_000
LARGEST_PART = 2 << 30
LARGEST_STRINGS = 256 << 20
"""The table of shared texts is held in memory as a whole."""
MOST_ROWS = 1_048_576
WIDEST = 1_000
CELL_LIMIT = 1 << 20
LOOKED_AT = 400
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<f[ />]")
_FORMULA_EMPTY = re.compile(rb"</f>\s*(?:</c>|<v\s*/>|<v></v>)|<f[^>]*/>\s*(?:</c>|<v\s*/>|<v></v>)")
FORMULA_BYTES = 32 << 20
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, RuntimeError, AssertionError),
    *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
)
"""openpyxl leaves many mistakes of a file to whatever Python makes of them."""


def sniff(path: Path, *, size: int, sheet: str | None) -> Layout:
    """The layout of a workbook's sheet: the one named, else the first visible one with rows. Raises Unreadable."""
    with _guarded():
        _check(path, size)
        book = _open(path)
        try:
            names = [one.title for one in book.worksheets]
            if sheet and sheet not in names:
                raise Unreadable("no_sheet", name=sheet, names=", ".join(names[:20]))
            wanted = [one for one in book.worksheets if (one.title == sheet if sheet else one.sheet_state == "visible")]
            for one in wanted or book.worksheets:
                start = _start(one)
                if not all(map(is_blank_text, start)):
                    return _layout(path, one, start, names, size)
        finally:
            book.close()
    raise Unreadable("empty")


def is_blank_text(row: Sequence[str]) -> bool:
    """Whether a row of texts holds nothing."""
    return not any(cell.strip() for cell in row)


def _start(one: Any) -> list[list[str]]:
    found: list[list[str]] = []
    one.reset_dimensions()
    for row in one.iter_rows(values_only=True, max_row=LOOKED_AT):
        cells = [as_text(_typed(cell))[:1_000] for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        found.append(cells)
    return found


def _layout(path: Path, one: Any, start: list[list[str]], names: list[str], size: int) -> Layout:
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
    if all(map(is_blank_text, start[header_row + (1 if has_header else 0) :])) and len(start) < LOOKED_AT:
        raise Unreadable("header_alone", names=", ".join(header[:8]))
    if has_header and header_row:
        notes.append(Note("rows_above", {"row": header_row + 1}))
    others = [name for name in names if name != one.title]
    if others:
        notes.append(Note("other_sheets", {"sheet": one.title, "names": ", ".join(others[:8])}))
    notes += _formulas(path, one._worksheet_path)
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
        sheet=one.title,
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
        book = _open(path)
        try:
            one = book[layout.sheet]
            told = one.max_row or MOST_ROWS
            one.reset_dimensions()
            row = 0
            for row, found in enumerate(one.iter_rows(values_only=True, max_row=MOST_ROWS), 1):
                if row <= first_data:
                    continue
                cells = [_typed(cell) for cell in found]
                fitting = fit(cells, layout.width)
                if any(cell.__class__ is str and len(cell) > CELL_LIMIT for cell in cells):
                    bad.append(_reject(row, "cell_too_long", cells))
                elif fitting is None:
                    bad.append(_reject(row, "cell_count", cells))
                elif not is_blank(fitting):
                    rows.append(fitting)
                    numbers.append(row)
                if len(rows) + len(bad) >= BLOCK_ROWS:
                    yield Block(rows, numbers, bad, int(layout.size * min(row / told, 1)))
                    rows, numbers, bad = [], [], []
            yield Block(rows, numbers, bad, layout.size)
        except KeyError as error:
            raise Unreadable("no_sheet", name=layout.sheet, names=", ".join(book.sheetnames[:20])) from error
        finally:
            book.close()


def _reject(row: int, code: str, cells: list[Any]) -> Reject:
    kept = tuple(as_text(cell)[:2_000] for cell in cells[: WIDEST + 50])
    return Reject(row, code, "", shown(kept[0] if kept else ""), kept)


def _typed(cell: Any) -> Any:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, timedelta):
        return str(cell)
    return cell


def _open(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions it leaves out
        return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever a broken workbook makes openpyxl raise becomes one plain refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Unreadable:
        raise
    except _BROKEN as error:
        cause: BaseException | None = error  # openpyxl wraps what defusedxml raises
        while cause is not None and not isinstance(cause, DefusedXmlException):
            cause = cause.__cause__
        if cause is not None:
            raise Unreadable("xml_entities", name="XML") from error
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


def _formulas(path: Path, part: str) -> list[Note]:
    """Whether the sheet has formulas, and some without a result saved beside them."""
    some = False
    tail = b""
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as file:
        read_bytes = 0
        while read_bytes < FORMULA_BYTES and (block := file.read(1 << 20)):
            read_bytes += len(block)
            block = tail + block
            if _FORMULA_EMPTY.search(block):
                return [Note("formulas_empty", {})]
            some = some or _FORMULA.search(block) is not None
            tail = block[-4096:]
    return [Note("formulas", {})] if some else []
