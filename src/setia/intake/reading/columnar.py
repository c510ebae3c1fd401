"""Parquet, a batch of rows at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from setia.intake.reading.layout import Format, Layout, unique_names
from setia.intake.reading.problems import Cell, Note, Reject, Unreadable, shown
from setia.intake.reading.table import Block, is_blank

BATCH_ROWS = 20_000
WIDEST = 1_000
COLUMN_LIMIT = 1 << 30
"""Bytes one column of one row group may unpack to: what has to be in memory at once."""
CELL_LIMIT = 1 << 20


def sniff(path: Path, *, size: int) -> Layout:
    """The layout of a Parquet file. Raises Unreadable."""
    with _opened(path) as file:
        schema = file.schema_arrow
        if len(schema.names) > WIDEST:
            raise Unreadable("too_wide", columns=len(schema.names), limit=WIDEST)
        if file.metadata.num_rows == 0 or not schema.names:
            raise Unreadable("header_alone", names=", ".join(schema.names[:8]))
        _check(file.metadata)
        header, notes = unique_names(list(schema.names))
        nested = [name for name, kind in zip(header, schema.types, strict=True) if pa.types.is_nested(kind)]
        if nested:
            notes.append(Note("nested", {"names": ", ".join(nested[:8])}))
    return Layout(Format.PARQUET, False, "", "", "", header, True, size=size, problems=tuple(notes))


def _opened(path: Path) -> Any:
    try:
        return pq.ParquetFile(path, memory_map=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable("parquet_damaged", detail=_short(error)) from error


def _check(metadata: Any) -> None:
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            size = metadata.row_group(group).column(column).total_uncompressed_size
            if size > COLUMN_LIMIT:
                raise Unreadable("parquet_large", size=size >> 20)


def read(path: Path, layout: Layout) -> Iterator[Block]:
    """The rows, numbered as in a spreadsheet with the column names in row 1."""
    row = 1
    with _opened(path) as file:
        total = max(file.metadata.num_rows, 1)
        try:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
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
        except (pa.ArrowException, OSError, ValueError) as error:
            raise Unreadable("parquet_damaged", detail=_short(error)) from error


def _cells(column: Any) -> list[Any]:
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


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(". ")
