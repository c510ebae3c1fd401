"""Spark: the same tables on many machines. Needs the extra ``setia-insight[spark]`` and Java 17 or newer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from setia_insight.errors import BadInput
from setia_insight.tables._engine import Batches, Engine, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Spark(Engine):
    """Tables in a Spark session, which the caller made and stops.

    Raises `BadInput` for a session in which sums may overflow without a word (``spark.sql.ansi.enabled`` false).
    """

    def __init__(self, session: SparkSession) -> None:
        super().__init__()
        if str(session.conf.get("spark.sql.ansi.enabled")).lower() != "true":
            raise BadInput("sums could overflow silently: set spark.sql.ansi.enabled to true in this Spark session")
        self.session = session
        self._kept: list[DataFrame] = []

    def day_number(self, date: str) -> str:
        return f"unix_date({date})"

    def date(self, number: str) -> str:
        return f"date_from_unix_date(cast({number} as int))"

    def local_date(self, moment: str, zone: str) -> str:
        # As a number: a cast to DATE would go through the session's own time zone once more.
        shifted = f"unix_micros(from_utc_timestamp({moment}, '{zone}'))"
        return f"date_from_unix_date(cast(({shifted} - pmod({shifted}, 86400000000)) div 86400000000 as int))"

    def whole(self, number: str, divisor: str) -> str:
        return f"(({number}) div ({divisor}))"

    def bit(self, place: str) -> str:
        return f"shiftleft(cast(1 as bigint), cast({place} as int))"

    def _view(self, source: Any) -> str:
        if isinstance(source, str | Path):
            frame = self.session.read.parquet(str(source))
        elif isinstance(source, pa.Table):
            from pyspark.sql.pandas.types import from_arrow_schema

            # Left to itself, Spark takes a clock's face for a moment in the session's time zone.
            schema = from_arrow_schema(source.schema, prefer_timestamp_ntz=True)
            frame = self.session.createDataFrame(source, schema=schema)
        elif hasattr(source, "createOrReplaceTempView"):
            frame = source
        else:
            raise BadInput(f"Spark reads Parquet, Arrow tables and its own data frames, not {type(source).__name__}")
        return self._named(frame)

    def schema(self, sql: str) -> pa.Schema:
        return self.session.sql(sql).limit(0).toArrow().schema

    def arrow(self, sql: str) -> pa.Table:
        return self.session.sql(sql).toArrow()

    def keep(self, sql: str) -> str:
        frame = self.session.sql(sql).persist()
        self._kept.append(frame)
        return self._named(frame)

    def write(self, sql: str, path: Path) -> None:
        self.session.sql(sql).write.mode("overwrite").parquet(str(path))

    def map(self, table: Table, function: Batches, schema: pa.Schema) -> Table:
        from pyspark.sql.pandas.types import from_arrow_schema

        frame = self.session.sql(table.sql).mapInArrow(function, from_arrow_schema(schema)).persist()
        self._kept.append(frame)
        return Table(self, f"select * from {self._named(frame)}", schema, table.order, kept=True)

    def release(self) -> None:
        for frame in self._kept:
            frame.unpersist()
        self._kept.clear()

    def _named(self, frame: DataFrame) -> str:
        name = self.name()
        frame.createOrReplaceTempView(name)
        return name
