"""DuckDB: one machine, tables larger than its memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from setia_insight.errors import BadInput
from setia_insight.tables._engine import Batches, Engine, Table

if TYPE_CHECKING:
    import duckdb

_BATCH = 200_000
"""Customers that a function is given at a time."""


class DuckDB(Engine):
    """Tables in DuckDB. Without a connection it opens one of its own, in memory, which spills onto the disk."""

    def __init__(self, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        super().__init__()
        if connection is None:
            import duckdb  # the library goes without it until somebody asks for this engine

            connection = duckdb.connect()
        self.connection = connection
        self._kept: list[str] = []

    def day_number(self, date: str) -> str:
        return f"datediff('day', date '1970-01-01', {date})"

    def date(self, number: str) -> str:
        return f"(date '1970-01-01' + cast({number} as int))"

    def local_date(self, moment: str, zone: str) -> str:
        return f"cast(timezone('{zone}', {moment}) as date)"

    def whole(self, number: str, divisor: str) -> str:
        return f"(({number}) // ({divisor}))"

    def bit(self, place: str) -> str:
        return f"(cast(1 as bigint) << ({place}))"

    def _view(self, source: Any) -> str:
        name = self.name()
        if isinstance(source, str | Path):
            files = f"{source}/*.parquet" if Path(source).is_dir() else str(source)
            self.connection.read_parquet(files).create_view(name)
        elif isinstance(source, pa.Table):
            self.connection.register(name, source)
        elif hasattr(source, "create_view"):
            source.create_view(name)
        else:
            raise BadInput(f"DuckDB reads Parquet, Arrow tables and its own relations, not {type(source).__name__}")
        return name

    def schema(self, sql: str) -> pa.Schema:
        return self.connection.sql(f"select * from ({sql}) as asked limit 0").to_arrow_table().schema

    def arrow(self, sql: str) -> pa.Table:
        return self.connection.sql(sql).to_arrow_table()

    def keep(self, sql: str) -> str:
        name = self.name()
        self.connection.execute(f"create temporary table {name} as {sql}")
        self._kept.append(name)
        return name

    def write(self, sql: str, path: Path) -> None:
        self.connection.sql(sql).write_parquet(str(path))

    def map(self, table: Table, function: Batches, schema: pa.Schema) -> Table:
        # A connection reads or writes: what goes in is fetched before anything that comes out is written.
        given = self.arrow(table.sql).to_batches(_BATCH)
        passing, name = self.name(), self.name()
        self.connection.register(passing, pa.RecordBatchReader.from_batches(schema, function(iter(given))))
        self.connection.execute(f"create temporary table {name} as select * from {passing}")
        self.connection.unregister(passing)
        self._kept.append(name)
        return Table(self, f"select * from {name}", schema, table.order, kept=True)

    def release(self) -> None:
        for name in self._kept:
            self.connection.execute(f"drop table if exists {name}")
        self._kept.clear()
