"""What a file is: its format, how it is written, and its columns."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from setia.intake.reading.problems import Note

REASON = "alasan / reason"
ROW = "baris / row"
"""The columns that a file of rejected rows has beside those of the original."""
_PLACE_NAME = re.compile(r"Column \d+")


class Format(StrEnum):
    """CSV stands for any delimited text; ALIGNED for columns set apart by white space."""

    CSV = "CSV"
    ALIGNED = "ALIGNED"
    XLSX = "XLSX"
    PARQUET = "PARQUET"
    JSONL = "JSONL"


@dataclass(frozen=True)
class Layout:
    """What `sniff` found.

    `header` holds one name a column, made unique where the file repeats one; a file without a header gets `Column 1`
    and so on. `header_row` is the number of the row that holds the header, as a spreadsheet counts, and 0 without one;
    `skip_rows` are rows above the data that are neither. `size` is the file's size in bytes as it lies on the disk.
    For ALIGNED, `delimiter` is one space (any white space separates) or two (single spaces belong to the value).
    """

    format: Format
    compressed: bool
    encoding: str
    delimiter: str
    quote: str
    header: tuple[str, ...]
    has_header: bool
    header_row: int = 0
    skip_rows: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    size: int = 0
    problems: tuple[Note, ...] = ()

    @property
    def width(self) -> int:
        return len(self.header)

    @property
    def fingerprint(self) -> str:
        """The same for every file of this shape: its column names, folded, in order; without a header, their count.

        A file of rejected rows has the shape of the file its rows came from, so its mapping is remembered too.
        """
        own = [name for name in self.header if name not in (REASON, ROW)]
        if not self.has_header or all(_PLACE_NAME.fullmatch(name) for name in own):
            names = ["", str(len(own))]
        else:
            names = [fold(name) for name in own]
        return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def fold(name: str) -> str:
    """A column name reduced to its lower-case letters and digits: `Customer ID`, `customer_id` → `customerid`."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def unique_names(names: list[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Column names made usable: an empty one is named by its place, a repeated one gets its count."""
    notes: list[Note] = []
    taken: set[str] = set()
    result: list[str] = []
    repeated: list[str] = []
    empty = 0
    for place, name in enumerate(names, 1):
        clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:200]
        if not clean:
            clean = f"Column {place}"
            empty += 1
        unique, count = clean, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{clean} ({count})"
        if count > 1:
            repeated.append(clean)
        taken.add(unique.casefold())
        result.append(unique)
    if repeated:
        notes.append(Note("header_repeated", {"names": ", ".join(dict.fromkeys(repeated)), "count": len(repeated)}))
    if empty:
        notes.append(Note("header_empty", {"count": empty}))
    return tuple(result), notes
