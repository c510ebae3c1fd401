"""The file of rejected rows: the same columns and the reason, to be mended and fed again.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, so such cells get an apostrophe in front.
The last column's name marks the file as one of these: read back, the apostrophes and the reason are gone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from setia.intake.reading import words
from setia.intake.reading.layout import REASON, ROW
from setia.intake.reading.problems import Reject

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_HARMLESS = re.compile(r"[+-]?[\d\s.,:/()-]+")


def neutral(cell: str) -> str:
    """A cell no spreadsheet takes for a formula. Plain numbers, also negative ones and phones, stay as they are."""
    if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell):
        return "'" + cell
    return cell


def restored(cell: str) -> str:
    """What `neutral` was given."""
    if cell.startswith("'") and _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell):
        return cell[1:]
    return cell


def is_rejects_header(header: Sequence[str]) -> bool:
    """Whether a header is that of a file of rejected rows."""
    return REASON in header


def write_rejects(path: Path, header: Sequence[str], rejects: Iterable[Reject]) -> int:
    """Write the rows to `path` as UTF-8 CSV with a byte order mark (which spreadsheets need); answer how many."""
    names = [name for name in header if name not in (REASON, ROW)]
    keep = [place for place, name in enumerate(header) if name not in (REASON, ROW)]
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        out = csv.writer(file)
        out.writerow([*names, ROW, REASON])
        for reject in rejects:
            cells = list(reject.cells)
            if len(cells) <= len(header):
                cells += [""] * (len(header) - len(cells))
                cells = [cells[place] for place in keep]
                out.writerow([*map(neutral, cells), reject.row, words.in_both_languages(reject, header)])
            else:  # more cells than columns: what is beyond the last column stands after the reason
                first, rest = [cells[place] for place in keep], cells[len(header) :]
                reason = words.in_both_languages(reject, header)
                out.writerow([*map(neutral, first), reject.row, reason, *map(neutral, rest)])
            count += 1
    return count
