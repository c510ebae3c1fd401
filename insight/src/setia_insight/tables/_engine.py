"""What an engine must be able to do, and the two things that live in one: orders, and tables made of them.

An engine runs SQL and knows how its dialect says the few things the two say differently: the first five methods of
`Engine`. The questions are built from these and from SQL that both understand in the same way: integers, sums, windows,
CASE. Days are whole numbers since 1970-01-01 and money whole ten-thousandths from the first line on, so that nothing
later depends on how an engine divides a decimal or subtracts a date.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from setia_insight.errors import BadInput

UNITS = 10_000
"""A currency unit in ten-thousandths: the four decimals that prices keep."""

MONEY = pa.decimal128(24, 4)
"""How money leaves: exact, to four decimals."""

_MOST = Decimal((1 << 63) - 1) / UNITS

Batches = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""What a function over the parts of a table looks like."""


def money(units: str) -> str:
    """A whole number of ten-thousandths as money, exactly: multiplied, since dividing decimals rounds by engine."""
    return f"cast(cast({units} as decimal(20, 0)) * cast('0.0001' as decimal(4, 4)) as decimal(24, 4))"


def total(units: str) -> str:
    """A sum as a 64-bit number; one that does not fit is an error in both engines."""
    return f"cast(sum({units}) as bigint)"


class Engine(ABC):
    """Where tables live and questions run: `DuckDB` or `Spark`."""

    def __init__(self) -> None:
        self._numbers = count(1)

    # What the two say differently.

    @abstractmethod
    def day_number(self, date: str) -> str:
        """Days since 1970-01-01 of a DATE, as an integer."""

    @abstractmethod
    def date(self, number: str) -> str:
        """The DATE of such a number."""

    @abstractmethod
    def local_date(self, moment: str, zone: str) -> str:
        """The DATE that a moment (an instant, not a clock's face) falls on in a time zone, whatever the server's is."""

    @abstractmethod
    def whole(self, number: str, divisor: str) -> str:
        """How often the divisor goes into a number, neither negative."""

    @abstractmethod
    def bit(self, place: str) -> str:
        """The BIGINT whose bit `place` (0 to 62) is set."""

    # What an engine does.

    def view(self, source: Any) -> str:
        """A name under which SQL finds the source: a Parquet file or folder, an Arrow table, or a table of its own."""
        if isinstance(source, str | Path) and not Path(source).exists() and "://" not in str(source):
            raise BadInput(f"there is no file or folder {source}")
        return self._view(source)

    @abstractmethod
    def _view(self, source: Any) -> str:
        """A name under which SQL finds the source: a Parquet file or folder, an Arrow table, or a table of its own."""

    @abstractmethod
    def schema(self, sql: str) -> pa.Schema:
        """The columns of a query as Arrow sees them; nothing is computed."""

    @abstractmethod
    def arrow(self, sql: str) -> pa.Table:
        """The answer of a query, in this process's memory."""

    @abstractmethod
    def keep(self, sql: str) -> str:
        """Compute a query once and keep the rows; the name under which SQL finds them."""

    @abstractmethod
    def write(self, sql: str, path: Path) -> None:
        """Compute a query into Parquet: one file on DuckDB, a folder of files on Spark."""

    @abstractmethod
    def map(self, table: Table, function: Batches, schema: pa.Schema) -> Table:
        """A table made by a function over the parts of another, each where it lies. The answer is kept."""

    @abstractmethod
    def release(self) -> None:
        """Give back what `keep` holds. Tables that were kept cannot be asked any more."""

    def name(self) -> str:
        """A name no other view or kept table of this engine has."""
        return f"setia_insight_{id(self):x}_{next(self._numbers)}"

    def orders(self, source: Any, *, zone: str | None = None) -> Orders:
        """Orders of any size, checked.

        `source` is the path of a Parquet file or of a folder of them, an Arrow table, or the engine's own (a DuckDB
        relation, a Spark data frame), with the columns

        - `customer`: whole numbers, null for a walk-in;
        - `day`: a DATE; or a moment, for which `zone` (such as ``Asia/Jakarta``) says where the firm's days begin; or a
          clock's face without a zone, which is taken as the firm's own;
        - `amount`: DECIMAL of at most four decimals, or whole numbers. Floats are refused: write down how they are to
          be rounded (``cast(amount as decimal(18, 4))``), or two engines may do it in two ways.

        Purchases only, one row per order, as everywhere in this library. Looks at the three columns once. Raises
        `BadInput` for a missing column, another type, an empty day or amount, or an amount beyond 9 × 10¹⁴.
        """
        view = self.view(source)
        schema = self.schema(f"select * from {view}")
        if missing := {"customer", "day", "amount"} - set(schema.names):
            raise BadInput(f"the orders table has no column {min(missing)!r}; it has {', '.join(schema.names)}")
        if not pa.types.is_integer(schema.field("customer").type):
            raise BadInput(f"column 'customer' is {schema.field('customer').type}, not whole numbers")
        date = self._date(schema.field("day").type, zone)
        self._check_amount(schema.field("amount").type)
        (found,) = self.arrow(
            f"""
            select count(*) as orders, count(day) as days, count(amount) as amounts,
                   cast(min({self.day_number(date)}) as int) as first_day,
                   cast(max({self.day_number(date)}) as int) as latest_day,
                   cast(min(amount) as decimal(38, 4)) as least, cast(max(amount) as decimal(38, 4)) as most
            from {view}
            """
        ).to_pylist()
        for name, given in (("day", found["days"]), ("amount", found["amounts"])):
            if given < found["orders"]:
                raise BadInput(f"{found['orders'] - given} orders have no {name}")
        if found["orders"] and max(abs(found["least"]), abs(found["most"])) > _MOST:
            raise BadInput(f"an amount lies beyond {_MOST:.0f}, further than money is counted here")
        sql = f"""
            select cast(customer as bigint) as customer,
                   cast({self.day_number(date)} as int) as day,
                   cast(year({date}) * 12 + month({date}) - 1 as int) as month,
                   cast(dayofmonth({date}) as int) as day_of_month,
                   cast(cast(amount as decimal(24, 4)) * {UNITS} as bigint) as units
            from {view}
            """
        return Orders(self, sql, found["orders"], found["first_day"], found["latest_day"])

    def table(self, source: Any) -> Table:
        """A table that was written before (see `Table.write`), to go on with. Rows come in the order of customers."""
        view = self.view(source)
        schema = self.schema(f"select * from {view}")
        return Table(self, f"select * from {view}", schema, schema.names[:1], kept=True)

    def _date(self, kind: pa.DataType, zone: str | None) -> str:
        if pa.types.is_date(kind):
            return "day"
        if not pa.types.is_timestamp(kind):
            raise BadInput(f"column 'day' is {kind}, neither a date nor a moment")
        if kind.tz is None:
            return "cast(day as date)"
        if zone is None:
            raise BadInput("column 'day' holds moments: say in which time zone the firm's days begin (zone=…)")
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as problem:
            raise BadInput(f"there is no time zone {zone!r}") from problem
        return self.local_date("day", zone)

    def _check_amount(self, kind: pa.DataType) -> None:
        if pa.types.is_integer(kind):
            return
        if not pa.types.is_decimal(kind):
            raise BadInput(f"column 'amount' is {kind}: money must be DECIMAL, or it cannot be added up exactly")
        if kind.scale > 4:
            raise BadInput(f"column 'amount' has {kind.scale} decimals; say how it is to be rounded to 4")


@dataclass(frozen=True)
class Orders:
    """Orders in an engine, checked: from `Engine.orders`.

    `sql` gives `customer`, `day` (days since 1970-01-01), `month` (months since year 0), `day_of_month` and `units`
    (ten-thousandths). `first_day` and `latest_day` are None where there are no orders.
    """

    engine: Engine
    sql: str
    count: int
    first_day: int | None
    latest_day: int | None


@dataclass(frozen=True)
class Table:
    """A question put to an engine, and its answer once asked: `arrow`, `keep` or `write` compute it.

    `schema` is what `arrow` answers with; `order` the columns that name a row, by which it is put in line.
    """

    engine: Engine
    sql: str
    schema: pa.Schema
    order: list[str] = field(default_factory=lambda: ["customer"])
    kept: bool = False

    def arrow(self) -> pa.Table:
        """All rows in memory, in ascending order of customer."""
        found = self.engine.arrow(self.sql).select(self.schema.names)
        return found.cast(self.schema).sort_by([(name, "ascending") for name in self.order]).combine_chunks()

    def keep(self) -> Table:
        """The same table, computed once, for questions that follow. A table kept already is answered as it is."""
        if self.kept:
            return self
        return Table(self.engine, f"select * from {self.engine.keep(self.sql)}", self.schema, self.order, kept=True)

    def write(self, path: str | Path) -> None:
        """Into Parquet, without passing through this process: one file on DuckDB, a folder of files on Spark."""
        self.engine.write(self.sql, Path(path))


def text(day: dt.date) -> str:
    """A date as SQL."""
    return f"date '{day.isoformat()}'"
