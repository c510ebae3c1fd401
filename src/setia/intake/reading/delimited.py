"""Rows from delimited or aligned text, fast where the text is clean, row by row where it is not.

A quote that is opened and never closed swallows the rest of a file in most readers. Here a record may span at most
`RECORD_LINES` lines and a cell hold at most `CELL_LIMIT` characters; beyond that, or where the swallowed lines are
plainly rows of their own, only the line with the open quote is rejected and reading goes on with the next.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from setia.intake.reading.layout import Format, Layout
from setia.intake.reading.problems import Cell, Reject, shown
from setia.intake.reading.table import BLOCK_ROWS, Block, fit, is_blank
from setia.intake.reading.text_lines import KEPT, Lines, read_lines

if TYPE_CHECKING:
    import pyarrow as pa

CELL_LIMIT = 1 << 20
RECORD_LINES = 500
csv.field_size_limit(CELL_LIMIT)  # the csv module keeps this one limit for the process

_TWO_SPACES = re.compile(r"\s{2,}|\t")


def split_aligned(line: str, delimiter: str) -> list[str]:
    """The cells of a line whose columns are set apart by white space."""
    return line.split() if delimiter == " " else _TWO_SPACES.split(line.strip())


def reader(lines: Iterator[str] | list[str], layout: Layout) -> Iterator[list[str]]:
    """The csv module's reader for a layout."""
    return csv.reader(
        lines,
        delimiter=layout.delimiter,
        quotechar=layout.quote or None,
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        strict=False,
    )


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """The rows below the header, in blocks."""
    state = _State(layout)
    for some in read_lines(path, layout):
        if some.mended:
            state.warnings["encoding_mixed"] = 1
        yield from state.take(some)


@dataclass
class _State:
    layout: Layout
    row: int = 0
    """Number of the latest row read, the header and empty rows counted."""
    carried: list[str] = field(default_factory=list)
    rows: list[Sequence[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[Reject] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)

    def block(self, bytes_read: int) -> Block:
        block = Block(self.rows, self.numbers, self.bad, bytes_read, dict(self.warnings))
        self.rows, self.numbers, self.bad = [], [], []
        return block

    def take(self, some: Lines) -> Iterator[Block]:
        lines = some.lines
        cut = set(some.cut)
        if self.carried:
            cut = {place + len(self.carried) for place in cut}
            lines = self.carried + lines
            self.carried = []
        first_data = self.layout.skip_rows + (1 if self.layout.has_header else 0)
        if self.layout.format is Format.ALIGNED:
            self._aligned(lines, cut, first_data)
        elif cut or self.row < first_data or (table := self._fast(lines)) is None:
            self._careful(lines, cut, first_data, final=some.final)
        else:
            if self.rows or self.bad:
                yield self.block(some.bytes_read)
            numbers = range(self.row + 1, self.row + 1 + len(lines))
            self.row += len(lines)
            yield Block([], numbers, [], some.bytes_read, dict(self.warnings), table)
        if some.final or len(self.rows) + len(self.bad) >= BLOCK_ROWS:
            yield self.block(some.bytes_read)

    def _fast(self, lines: list[str]) -> pa.Table | None:
        """All lines at once as an Arrow table of text; None where one is not a row of its own, whole and right."""
        quote = self.layout.quote
        if not lines or max(map(len, lines)) > CELL_LIMIT or (quote and quote in lines[-1] and self._opens(lines[-1])):
            return None
        import pyarrow as pa
        import pyarrow.csv as pc

        text = "\n".join(lines).encode()
        names = [str(place) for place in range(self.layout.width)]
        try:
            table = pc.read_csv(
                pa.BufferReader(text),
                read_options=pc.ReadOptions(column_names=names, use_threads=False, block_size=len(text) + 1),
                parse_options=pc.ParseOptions(
                    delimiter=self.layout.delimiter,
                    quote_char=quote or False,
                    double_quote=True,
                    ignore_empty_lines=False,
                ),
                convert_options=pc.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            return None
        return table if table.num_rows == len(lines) else None

    def _opens(self, line: str) -> bool:
        """Whether a line opens a quote that it does not close. In the middle of a block such a line costs a row."""
        feed = _Feed([line], 0, set())
        next(reader(feed, self.layout))
        return feed.ran_out

    def _aligned(self, lines: list[str], cut: set[int], first_data: int) -> None:
        delimiter, width = self.layout.delimiter, self.layout.width
        for place, line in enumerate(lines):
            self.row += 1
            if self.row <= first_data:
                continue
            cells = split_aligned(line, delimiter)
            if place in cut:
                self._refuse("row_too_long", [line])
            elif len(cells) == width:
                self.rows.append(cells)
                self.numbers.append(self.row)
            elif cells and cells != [""]:
                self._refuse("cell_count", cells)

    def _careful(self, lines: list[str], cut: set[int], first_data: int, *, final: bool) -> None:
        place = 0
        while place < len(lines):
            feed = _Feed(lines, place, cut)
            records = reader(feed, self.layout)
            while place < len(lines):
                if place in cut:
                    self.row += 1
                    self._refuse("row_too_long", [lines[place][:KEPT]])
                    place += 1
                    break
                feed.record = place
                try:
                    cells = next(records)
                except csv.Error:
                    self.row += 1
                    if feed.next - place > 1:
                        self._literal(lines[place])
                    else:
                        self._refuse(
                            "cell_too_long", [cell[:KEPT] for cell in lines[place].split(self.layout.delimiter)]
                        )
                    place += 1
                    break
                except StopIteration:
                    place = len(lines)
                    break
                used = feed.next - place
                if feed.ran_out:
                    waiting = not final and used < RECORD_LINES and feed.next not in cut
                    if waiting and sum(map(len, lines[place:])) < CELL_LIMIT:
                        self.carried = lines[place:]
                        return
                    self.row += 1
                    self._literal(lines[place])
                    place += 1
                    break
                if used > 1 and self._swallowed(lines[place : place + used]):
                    self.row += 1
                    self._literal(lines[place])
                    place += 1
                    break
                place += used
                self.row += 1
                if self.row > first_data:
                    self._row(cells)

    def _row(self, cells: list[str]) -> None:
        fitting = fit(cells, self.layout.width)
        if fitting is None:
            self._refuse("cell_count", cells)
        elif not is_blank(fitting):
            self.rows.append(fitting)
            self.numbers.append(self.row)

    def _literal(self, line: str) -> None:
        """A line whose quote is never closed."""
        self._refuse("quote_open", [cell[:KEPT] for cell in line.split(self.layout.delimiter)])

    def _swallowed(self, lines: list[str]) -> bool:
        """Whether each further line of a record is by itself a row: then the quote before them was never closed."""
        width = self.layout.width
        if width < 3 or (width == 3 and len(lines) == 2):
            return False
        return all(line.count(self.layout.delimiter) == width - 1 for line in lines[1:])

    def _refuse(self, code: str, cells: list[str]) -> None:
        kept = cells[: max(self.layout.width + 50, 100)]
        self.bad.append(Reject(self.row, code, "", shown(kept[0] if kept else ""), tuple(kept)))


class _Feed:
    """Lines for the csv reader one by one. `ran_out` says it asked for more than there are: a quote is still open."""

    def __init__(self, lines: list[str], start: int, cut: set[int]) -> None:
        self.lines = lines
        self.next = start
        self.record = start
        self.cut = cut
        self.ran_out = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.next >= min(len(self.lines), self.record + RECORD_LINES) or self.next in self.cut:
            self.ran_out = True
            raise StopIteration
        self.next += 1
        return self.lines[self.next - 1] + "\n"
