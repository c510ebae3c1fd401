"""What a file is. Every refusal says what was found, where, and what to do instead."""

from __future__ import annotations

import csv
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Literal

from setia.intake.reading import fields as known
from setia.intake.reading.delimited import split_aligned
from setia.intake.reading.encoding import decoder, detect
from setia.intake.reading.layout import Format, Layout, fold, unique_names
from setia.intake.reading.moments import looks_like_date
from setia.intake.reading.problems import Note, Unreadable
from setia.intake.reading.source import GZIP_MAGIC, head, is_gzip
from setia.intake.reading.suggest import is_number

SAMPLE_BYTES = 1 << 20
WIDEST = 1_000
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 400
PREAMBLE = 20
"""A header is looked for in the first so many rows; titles and blank rows may stand above it."""

_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"SQLite format 3\0", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"OggS", "Ogg"),
    (b"RIFF", "RIFF"),
)


def sniff(path: Path, *, sheet: str | None = None) -> Layout:
    """The layout of the file.

    :param sheet: which sheet of a workbook; by default the first visible one that has rows.
    :raises Unreadable: with a code and details; `words.unreadable` says it in the reader's language.
    """
    size = _openable(path)
    compressed = is_gzip(path)
    start, whole = head(path, SAMPLE_BYTES, compressed=compressed)
    if not start:
        raise Unreadable("empty")
    if compressed and start.startswith(GZIP_MAGIC):
        raise Unreadable("gzip_in_gzip")
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if compressed:
            raise Unreadable("packed_workbook")
        from setia.intake.reading import sheets

        return sheets.sniff(path, size=size, sheet=sheet)
    if start.startswith(b"PAR1"):
        if compressed:
            raise Unreadable("packed_workbook")
        from setia.intake.reading import columnar

        return columnar.sniff(path, size=size)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Unreadable("old_workbook")
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            raise Unreadable("not_a_table", kind=kind)
    encoding, notes = detect(start)
    text = decoder(encoding).decode(start, whole)
    if _binary(text):
        raise Unreadable("binary")
    if text.count("\0"):
        notes.append(Note("nul", {}))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n\0"):
        raise Unreadable("empty")
    first = text.lstrip("\ufeff \t\n\0")[:1]
    if first == "{":
        from setia.intake.reading import json_lines

        return json_lines.sniff(path, compressed=compressed, encoding=encoding, size=size, notes=notes)
    if first == "[" and _is_json_list(text):
        raise Unreadable("json_list")
    if first == "<" and text.lstrip("\ufeff \t\n\0")[:200].casefold().startswith(
        ("<!doctype", "<html", "<?xml", "<table")
    ):
        raise Unreadable("not_a_table", kind="HTML/XML")
    return _sniff_text(text, whole=whole, compressed=compressed, encoding=encoding, size=size, notes=notes)


def _openable(path: Path) -> int:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise Unreadable("file_gone") from error
    except OSError as error:
        raise Unreadable("cannot_open", reason=error.strerror or str(error)) from error
    except ValueError as error:
        raise Unreadable("cannot_open", reason=str(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise Unreadable("folder")
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("not_a_file")
    if not os.access(path, os.R_OK):
        raise Unreadable("not_allowed")
    if status.st_size == 0:
        raise Unreadable("empty")
    return status.st_size


def _binary(text: str) -> bool:
    """Whether text is no text: many control characters or undecodable bytes."""
    start = text[:20_000]
    odd = sum(1 for letter in start if (letter < " " and letter not in "\t\n\r\x0b\x0c\x1a") or letter == "\ufffd")
    return odd * 10 > len(start)


def _is_json_list(text: str) -> bool:
    return text.lstrip("\ufeff \t\n\0")[1:].lstrip()[:1] in {"{", "[", "]"}


def _sniff_text(text: str, *, whole: bool, compressed: bool, encoding: str, size: int, notes: list[Note]) -> Layout:
    lines = text.split("\n")
    if not whole and len(lines) > 1:
        lines.pop()  # the sample may end inside a line
    lines = [line[:1_000_000] for line in lines]
    hint, skip = "", 0
    if lines[0].lstrip("\ufeff").casefold().startswith("sep=") and len(lines[0].strip()) <= 5:
        hint, skip = lines[0].strip()[4:] or "\t", 1
    looked = [line for line in lines[skip : skip + LOOKED_AT + PREAMBLE] if line.strip("\0 \t")]
    delimiter, aligned = _delimiter(looked, hint)
    quote = '"'
    if not aligned and delimiter == "\t" and _stray_quotes(looked):
        quote = ""
    records = _records(lines[: LOOKED_AT + PREAMBLE], delimiter, quote, aligned=aligned)
    width = width_of(records[skip:])
    if width > WIDEST:
        raise Unreadable("too_wide", columns=width, limit=WIDEST)
    header_row, has_header = find_header(records, width, skip)
    if has_header:
        names = [*records[header_row], *([""] * (width - len(records[header_row])))]
        width = len(names)
        if width > WIDEST:
            raise Unreadable("too_wide", columns=width, limit=WIDEST)
        header, told = unique_names(names)
        notes += told
    else:
        header = tuple(f"Column {place}" for place in range(1, width + 1))
        notes.append(Note("no_header", {}))
    data_from = header_row + (1 if has_header else 0)
    if whole and not any(any(cell.strip() for cell in record) for record in records[data_from:]):
        raise Unreadable("header_alone", names=", ".join(header[:8]))
    if has_header and header_row > skip:
        notes.append(Note("rows_above", {"row": header_row + 1}))
    return Layout(
        format=Format.ALIGNED if aligned else Format.CSV,
        compressed=compressed,
        encoding=encoding,
        delimiter=delimiter,
        quote="" if aligned else quote,
        header=header,
        has_header=has_header,
        header_row=header_row + 1 if has_header else 0,
        skip_rows=header_row,
        size=size,
        problems=tuple(notes),
    )


def _records(lines: list[str], delimiter: str, quote: str, *, aligned: bool) -> list[list[str]]:
    if aligned:
        return [split_aligned(line, delimiter) for line in lines]
    records: list[list[str]] = []
    rule: Literal[0, 3] = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    try:
        for record in csv.reader(
            (line + "\n" for line in lines), delimiter=delimiter, quotechar=quote or None, quoting=rule
        ):
            records.append(record)
    except csv.Error:
        if not records:
            records = [line[:10_000].split(delimiter) for line in lines]
    return records


def _delimiter(lines: list[str], hint: str) -> tuple[str, bool]:
    """The delimiter, and whether it is white space.

    A delimiter is as good as the share of rows in which it gives the commonest count of cells; the header must have
    that count too, so a decimal comma in a file of semicolons does not win.
    """
    if hint:
        return hint, False
    best: tuple[float, int, str] = (0.0, 0, ",")
    for delimiter in DELIMITERS:
        records = [record for record in _records(lines[:LOOKED_AT], delimiter, '"', aligned=False) if record]
        counts = Counter(map(len, records))
        width, rows = counts.most_common(1)[0] if counts else (1, 0)
        if width < 2:
            continue
        share = rows / len(records)
        if records and len(records[0]) < width:
            share -= 0.3 if len(records[0]) == 1 else 0.1
        best = max(best, (round(share, 2), width, delimiter))
    if best[0] > 0.6:
        return best[2], False
    for aligned in (" ", "  "):
        counts = Counter(len(split_aligned(line, aligned)) for line in lines[:LOOKED_AT])
        width, rows = counts.most_common(1)[0]
        if width >= 2 and rows >= 0.9 * len(lines[:LOOKED_AT]) and len(lines) > 1:
            return aligned, True
    return best[2], False


def _stray_quotes(lines: list[str]) -> bool:
    """Whether quotes in tab-separated text are plain characters (inches, ditto marks) rather than quotes."""
    cells = [cell for line in lines for cell in line.split("\t") if '"' in cell]
    return any(cell.startswith('"') and cell.count('"') % 2 for cell in cells)


def width_of(records: list[list[str]]) -> int:
    """The commonest count of cells; of equally common ones the largest."""
    counts = Counter(len(record) for record in records if any(cell.strip() for cell in record))
    if not counts:
        return 1
    most = counts.most_common(1)[0][1]
    return max(width for width, count in counts.items() if count == most)


SYNONYMS = {name for group in known.FIELDS.values() for one in group for name in one.synonyms}


def find_header(records: list[list[str]], width: int, skip: int) -> tuple[int, bool]:
    """The place of the header's row, and whether there is one; without one, the place of the first row of data."""
    for place in range(skip, min(len(records), skip + PREAMBLE)):
        filled = [cell.strip() for cell in records[place] if cell.strip()]
        if len(filled) < max(1, -(-width * 6 // 10)):
            continue
        return place, looks_like_header(filled, records[place + 1 : place + 50])
    return skip, False


def looks_like_header(filled: list[str], below: list[list[str]]) -> bool:
    """Whether the filled cells of a row are column names: words, and none of them a date or an amount."""
    if any(fold(cell) in SYNONYMS for cell in filled):
        return True
    values = sum(is_number(cell) or looks_like_date(cell) or "@" in cell for cell in filled)
    if values:
        return False
    rows = [row for row in below if any(cell.strip() for cell in row)]
    if not rows:
        return False
    typed = any(is_number(cell) or looks_like_date(cell) or "@" in cell for row in rows for cell in row)
    return typed or len({len(cell) > 40 for cell in filled}) == 1
