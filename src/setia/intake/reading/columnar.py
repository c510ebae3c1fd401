"""Parquet, a batch of rows at a time, read by a child process: a damaged file may end whoever opens it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from setia.intake.reading.layout import Format, Layout, unique_names
from setia.intake.reading.problems import Cell, Note, Reject, Unreadable, shown
from setia.intake.reading.table import Block, is_blank

BATCH_ROWS = 20_000
WIDEST = 1_000
COLUMN_LIMIT = 1 << 30
"""Bytes one column of one row group may unpack to: what has to be in memory at once."""
CELL_LIMIT = 1 << 20
PATIENCE = 60.0
"""Seconds until a file that does not even say what it holds counts as damaged."""
# By its path and isolated: it needs nothing of Setia, and no setting of this process reaches it.
_CHILD = (sys.executable, "-I", str(Path(__file__).with_name("parquet_child.py")))


def sniff(path: Path, *, size: int) -> Layout:
    """The layout of a Parquet file. Raises Unreadable."""
    found = _described(path)
    names: list[str] = found["names"]
    if len(names) > WIDEST:
        raise Unreadable("too_wide", columns=len(names), limit=WIDEST)
    if found["rows"] == 0 or not names:
        raise Unreadable("header_alone", names=", ".join(names[:8]))
    if found["largest"] > COLUMN_LIMIT:
        raise Unreadable("parquet_large", size=found["largest"] >> 20)
    header, notes = unique_names(names)
    nested = [header[place] for place in found["nested"]]
    if nested:
        notes.append(Note("nested", {"names": ", ".join(nested[:8])}))
    return Layout(Format.PARQUET, False, "", "", "", header, True, size=size, problems=tuple(notes))


def _described(path: Path) -> dict[str, Any]:
    try:
        ran = subprocess.run([*_CHILD, "describe", str(path)], capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise _damaged(b"") from None
    if ran.returncode:
        raise _damaged(ran.stderr if ran.returncode > 0 else b"")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _damaged(said: bytes) -> Unreadable:
    """What the child said, in one line; of one that was ended it is not worth repeating."""
    words = " ".join(said.decode("utf-8", "replace").split())[-200:]
    return Unreadable("parquet_damaged", detail=words or "broken inside")


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """The rows, numbered as in a spreadsheet with the column names in row 1."""
    import pyarrow as pa

    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen([*_CHILD, "read", str(path), str(BATCH_ROWS)], stdout=subprocess.PIPE, stderr=said) as child,
    ):
        assert child.stdout is not None
        cause: Exception | None = None
        try:
            yield from _blocks(child.stdout, layout)
        except (pa.ArrowException, OSError, ValueError) as error:
            cause = error
        except GeneratorExit:  # enough was read
            child.kill()
            raise
        code = _ended(child)
        if code or cause:
            said.seek(0)
            words = said.read() if code > 0 else b"" if code else str(cause).encode()
            raise _damaged(words) from cause


def _ended(child: subprocess.Popen[bytes]) -> int:
    """How the child ended. One that still writes what nobody will read is ended, and that is no fault of its own."""
    try:
        return child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        return 0


def _blocks(stream: IO[bytes], layout: Layout) -> Iterator[Block]:
    import pyarrow as pa

    row = 1
    with pa.ipc.open_stream(stream) as batches:
        total = max(int(batches.schema.metadata[b"rows"]), 1)
        for batch in batches:
            columns = [_cells(column) for column in batch.columns]
            rows: list[Sequence[Cell]] = []
            numbers: list[int] = []
            bad: list[Reject] = []
            for cells in zip(*columns, strict=True):
                row += 1
                if any(isinstance(cell, str) and len(cell) > CELL_LIMIT for cell in cells):
                    kept = tuple(shown(cell, 2_000) for cell in cells)
                    bad.append(Reject(row, "cell_too_long", "", shown(kept[0]), kept))
                elif not is_blank(cells):
                    rows.append(cells)
                    numbers.append(row)
            yield Block(rows, numbers, bad, layout.size * (row - 1) // total)


def _cells(column: Any) -> list[Any]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_boolean(kind):
        return [None if cell is None else "TRUE" if cell else "FALSE" for cell in column.to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "ns":  # Python knows microseconds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_duration(kind) or pa.types.is_time(kind):
        return [None if cell is None else str(cell) for cell in column.to_pylist()]
    if pa.types.is_nested(kind):
        return [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        ]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()]
    return list(column.to_pylist())
