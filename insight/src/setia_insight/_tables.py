"""Tables in, whatever holds them: Arrow, pandas, Polars, DuckDB relations, or a dictionary of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from setia_insight.errors import BadInput


def arrow(table: Any) -> pa.Table:
    """The table as Arrow, without a copy where its owner allows that. Raises `BadInput` for what is no table."""
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, Mapping):
        return pa.table(dict(table))
    if hasattr(table, "to_arrow_table"):  # a DuckDB relation
        return table.to_arrow_table()
    if hasattr(table, "__arrow_c_stream__"):  # pandas, Polars and whoever else speaks the Arrow stream interface
        return pa.table(table)
    raise BadInput(f"a table is Arrow, a data frame, a DuckDB relation or a dict of arrays, not {type(table).__name__}")
