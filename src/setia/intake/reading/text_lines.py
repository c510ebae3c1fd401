"""The lines of a text file, in blocks: any line end, no line without a bound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setia.intake.reading.encoding import Utf8, decoder
from setia.intake.reading.layout import Layout
from setia.intake.reading.source import Source

LINE_LIMIT = 8 << 20
"""Characters. A longer line is kept only in its beginning and rejected, so memory stays bounded."""
KEPT = 2_000


@dataclass
class Lines:
    """Some lines of the file. `cut` are the places in `lines` of those too long to keep whole."""

    lines: list[str]
    cut: list[int]
    bytes_read: int
    final: bool
    mended: bool


def read_lines(path: Path, layout: Layout) -> Iterator[Lines]:
    """All lines, in blocks of about two megabytes; CR LF, LF and a lone CR each end one.

    The last block has `final` set, and may be empty. A line end at the very end of the file begins no further line.
    """
    source = Source(path, compressed=layout.compressed)
    text = decoder(layout.encoding)
    pending: list[str] = []
    length = 0
    too_long = False
    held_cr = ""
    for raw in source:
        block = held_cr + text.decode(raw)
        held_cr = "\r" if block.endswith("\r") else ""
        if held_cr:
            block = block[:-1]  # its LF may be in the next block
        if "\r" in block:
            block = block.replace("\r\n", "\n").replace("\r", "\n")
        lines = block.split("\n")
        rest = lines.pop()
        cut: list[int] = []
        if lines:
            if pending:
                lines[0] = "".join(pending) + lines[0]
            if too_long:
                lines[0] = lines[0][:KEPT]
                cut.append(0)
            pending, length, too_long = [], 0, False
        if not too_long:
            pending.append(rest)
            length += len(rest)
            if length > LINE_LIMIT:
                pending, length, too_long = ["".join(pending)[:KEPT]], KEPT, True
        if lines:
            yield Lines(lines, cut, source.position, False, _mended(text))
    tail = text.decode(b"", True).replace("\r", "\n")
    lines = ("".join(pending) + ("\n" if held_cr else "") + tail).split("\n")
    if not lines[-1]:
        lines.pop()
    yield Lines(lines, [0] if too_long and lines else [], source.position, True, _mended(text))


def _mended(text: object) -> bool:
    return isinstance(text, Utf8) and text.mended > 0
