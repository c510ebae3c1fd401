"""The inside of an XLSX workbook: sheets, shared texts, which styles mean a date, and rows as a stream.

Sheets are read by expat itself, an event at a time: a sheet of a million rows needs the memory of one row, where a tree
of elements, even a cleared one, grows with the sheet. Documents that declare a type or an entity are refused; no
spreadsheet program writes one (ECMA-376 part 2, 8.4.2 forbids it).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from defusedxml.ElementTree import fromstring
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from setia.intake.reading.problems import Unreadable

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
CELL_LIMIT = 1 << 20
BLOCK_BYTES = 1 << 18
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Built-in number formats that are dates or times (ECMA-376 part 1, 18.8.30)."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Sheet:
    """A sheet's name, whether it is shown, and the part of the archive it lies in."""

    name: str
    visible: bool
    part: str


class Workbook:
    """An open workbook. Use it as a context manager. `formulas` tells of the sheet read last."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._parts = {part.filename for part in self._archive.infolist()}
        self._strings: list[str] | None = None
        self.has_formulas = False
        self.has_empty_formulas = False
        book = self._book_part()
        root = fromstring(self._archive.read(book))
        properties = next(iter(_named(root, "workbookPr")), None)
        old = properties is not None and properties.get("date1904") in {"1", "true"}
        self._epoch: datetime = MAC_EPOCH if old else WINDOWS_EPOCH
        targets = self._relations(book)
        self.sheets = [
            Sheet(str(one.get("name") or ""), one.get("state", "visible") == "visible", targets[key])
            for one in _named(root, "sheet")
            if (key := next((value for name, value in one.attrib.items() if name.endswith("}id")), "")) in targets
            and targets[key] in self._parts
            and "worksheets" in targets[key]
        ]
        self._dates = self._date_styles(posixpath.join(posixpath.dirname(book), "styles.xml"))

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def _book_part(self) -> str:
        if "_rels/.rels" in self._parts:
            for one in _named(fromstring(self._archive.read("_rels/.rels")), "Relationship"):
                if str(one.get("Type", "")).endswith("/officeDocument"):
                    return str(one.get("Target", "")).lstrip("/")
        return "xl/workbook.xml"

    def _relations(self, part: str) -> dict[str, str]:
        folder, name = posixpath.split(part)
        found = {}
        for one in _named(fromstring(self._archive.read(f"{folder}/_rels/{name}.rels")), "Relationship"):
            target = str(one.get("Target", ""))
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[str(one.get("Id"))] = whole
        return found

    def _date_styles(self, part: str) -> set[int]:
        if part not in self._parts:
            return set()
        root = fromstring(self._archive.read(part))
        formats = {int(one.get("numFmtId", 0)): str(one.get("formatCode", "")) for one in _named(root, "numFmt")}
        dates = set()
        for cells in _named(root, "cellXfs"):
            for place, style in enumerate(cells):
                number = int(style.get("numFmtId", 0))
                if number in _DATE_FORMATS or (number in formats and is_date_format(formats[number])):
                    dates.add(place)
        return dates

    @property
    def strings(self) -> list[str]:
        """The table of shared texts; read once."""
        if self._strings is None:
            part = next((name for name in self._parts if name.lower().endswith("/sharedstrings.xml")), None)
            self._strings = []
            if part is not None:
                reader = _Strings(self._strings)
                for block in self._blocks(part):
                    reader.feed(block)
                reader.close()
        return self._strings

    def rows(self, sheet: Sheet) -> Iterator[tuple[list[Row], float]]:
        """Rows of a sheet that have cells, in groups, each with its number; and the share of the sheet read."""
        strings = self.strings
        size = max(self._archive.getinfo(sheet.part).file_size, 1)
        self.has_formulas = self.has_empty_formulas = False
        reader = _Rows(strings, self._dates, self._epoch)
        done = 0
        for block in self._blocks(sheet.part):
            done += len(block)
            reader.feed(block)
            self.has_formulas |= reader.formulas
            self.has_empty_formulas |= reader.empty_formulas
            if reader.rows:
                yield reader.rows, done / size
                reader.rows = []
        reader.close()
        yield reader.rows, 1.0

    def _blocks(self, part: str) -> Iterator[bytes]:
        with self._archive.open(part) as file:
            while block := file.read(BLOCK_BYTES):
                yield block


def _named(root: Any, name: str) -> Iterator[Any]:
    """Elements of this local name, in whatever namespace: transitional and strict files differ in it."""
    return (one for one in root.iter() if isinstance(one.tag, str) and one.tag.rpartition("}")[2] == name)


class _Reader:
    """An expat parser that refuses declarations and forgets prefixes."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._shut
        self._parser.CharacterDataHandler = self._text
        self.kept: list[str] = []
        self.length = 0
        self.keeping = False

    def feed(self, block: bytes) -> None:
        self._parser.Parse(block, False)

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _refuse(self, *_: object) -> NoReturn:
        raise Unreadable("xml_entities", name="xl")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        self.start(tag, attributes)

    def _shut(self, tag: str) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        self.end(tag)

    def _text(self, text: str) -> None:
        if self.keeping and self.length <= CELL_LIMIT:
            self.kept.append(text)
            self.length += len(text)

    def taken(self) -> str:
        """The text kept since the last time, with spreadsheet escapes such as `_x000D_` undone."""
        text = "".join(self.kept)
        self.kept, self.length = [], 0
        if "_x" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        return text

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        raise NotImplementedError


class _Strings(_Reader):
    """Shared texts: `si` holds one `t`, or several in runs; a reading aid (`rPh`) is no part of the text."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.strings = strings
        self.aside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "rPh":
            self.aside += 1
        elif tag == "t":
            self.keeping = not self.aside

    def end(self, tag: str) -> None:
        if tag == "t":
            self.keeping = False
        elif tag == "rPh":
            self.aside -= 1
        elif tag == "si":
            self.strings.append(self.taken())


class _Rows(_Reader):
    """Cells of a sheet: `row` holds `c`, which holds a formula `f`, a value `v`, or a text `is`/`t` of its own."""

    def __init__(self, strings: list[str], dates: set[int], epoch: datetime) -> None:
        super().__init__()
        self.strings, self.dates, self.epoch = strings, dates, epoch
        self.rows: list[Row] = []
        self.cells: list[Any] = []
        self.number = 0
        self.column = -1
        self.type = "n"
        self.style = 0
        self.raw: str | None = None
        self.formula = self.formulas = self.empty_formulas = False
        self.aside = 0
        self.columns: dict[str, int] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            place = attributes.get("r")
            self.column = self.column + 1 if place is None else self._column(place)
            self.type = attributes.get("t", "n")
            self.style = int(attributes.get("s") or 0)
            self.raw, self.formula = None, False
        elif tag == "v":
            self.keeping = True
        elif tag == "t":
            self.keeping = not self.aside
        elif tag == "f":
            self.formula = self.formulas = True
        elif tag == "rPh":
            self.aside += 1
        elif tag == "row":
            given = attributes.get("r", "")
            number = int(given) if given.isdigit() and len(given) < 12 else 0
            # A number that goes back, or beyond the last a sheet can have, is no number: the row is the next one.
            self.number = number if self.number < number <= MOST_ROWS else self.number + 1
            self.cells, self.column = [], -1

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self.keeping = False
            if self.kept:
                self.raw = (self.raw or "") + self.taken()
        elif tag == "c":
            self.empty_formulas |= self.formula and self.raw is None
            if self.raw is not None and 0 <= self.column < MOST_COLUMNS:
                while len(self.cells) < self.column:
                    self.cells.append(None)
                value = self._value(self.raw)
                if len(self.cells) == self.column:
                    self.cells.append(value)
                else:
                    self.cells[self.column] = value
        elif tag == "row":
            if self.cells:
                self.rows.append((self.number, self.cells))
        elif tag == "rPh":
            self.aside -= 1

    def _column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        found = self.columns.get(letters)
        if found is None:
            found = 0
            for letter in letters[:4]:
                found = found * 26 + ord(letter.upper()) - 64
            found -= 1
            self.columns[letters] = found
        return found

    def _value(self, raw: str) -> Any:
        match self.type:
            case "s":
                place = int(raw)
                return self.strings[place] if 0 <= place < len(self.strings) else None
            case "n":
                return self._number(raw)
            case "b":
                return "FALSE" if raw.strip() in {"0", "false"} else "TRUE"
        return raw

    def _number(self, raw: str) -> Any:
        if len(raw) > 400:
            return raw
        value: int | float = int(raw) if raw.isdigit() else float(raw)
        if self.style in self.dates:
            try:
                return from_excel(value, self.epoch)
            except (ValueError, OverflowError):
                return value
        return value
