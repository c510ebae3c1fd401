"""Recency, frequency, money: `setia_insight.rfm` for customers on many machines.

SQL's NTILE over all customers sends every row to one task. Here the line of customers is cut into slices first: any
rough measure will do that never puts a better customer into an earlier slice. The place of a customer is then the
number of customers in earlier slices plus the place within the slice, so only the slices' sizes meet in one spot, and
the groups are NTILE's to the row.
"""

from __future__ import annotations

import pyarrow as pa

from setia_insight.rfm import CELLS, cell_name
from setia_insight.tables._engine import MONEY, Engine, Table

_PARTS = 256
"""Customers with the same recency, or the same frequency, are sliced by number into so many parts."""

_GROUPS = 5


def rfm(customers: Table) -> Table:
    """Quintiles and named cell of each customer of a summary: `customer`, `r`, `f`, `m` (int8, 5 best), `cell`.

    Recency is the latest purchase day, frequency purchase days, money the total; ties go by customer number. The
    summary is kept (see `Table.keep`), since the line is walked three times.
    """
    engine, summary = customers.engine, customers.keep()
    values = {
        "r": ("-silence", f"-silence * {_PARTS} + part"),
        "f": ("purchase_days", f"purchase_days * {_PARTS} + part"),
        "m": ("total_value", _magnitude("cast(total_value as double)")),
    }
    sliced = ", ".join(f"cast({rough} as bigint) as slice_{name}" for name, (_, rough) in values.items())
    lines = ", ".join(
        f"row_number() over (partition by slice_{name} order by {best}, customer) - 1 as place_{name}"
        for name, (best, _) in values.items()
    )
    joins = " ".join(
        f"""
        join (
            select slice_{name}, coalesce(sum(size) over (order by slice_{name}
                       rows between unbounded preceding and 1 preceding), 0) as earlier_{name}
            from (select slice_{name}, count(*) as size from sliced group by slice_{name}) as sized
        ) as offset_{name} on offset_{name}.slice_{name} = line.slice_{name}
        """
        for name in values
    )
    scores = ", ".join(f"{_group(engine, f'place_{name} + earlier_{name}', 'n')} as {name}" for name in values)
    sql = f"""
        with customer_line as (
            select customer, T - t_x as silence, purchase_days, total_value from ({summary.sql}) as summary
        ),
        edges as (
            select count(*) as n, cast(min(customer) as double) as low, cast(max(customer) as double) as high
            from customer_line
        ),
        sliced as (
            select customer, silence, purchase_days, total_value, n, {sliced}
            from (
                select customer_line.*, n,
                       cast(floor((cast(customer as double) - low) / (high - low + 1) * {_PARTS - 1}) as bigint) as part
                from customer_line cross join edges
            ) as parted
        ),
        line as (select customer, n, slice_r, slice_f, slice_m, {lines} from sliced),
        scored as (select line.customer, {scores} from line {joins})
        select customer, cast(r as tinyint) as r, cast(f as tinyint) as f, cast(m as tinyint) as m, {_cell()} as cell
        from scored
        """
    kinds = {"customer": pa.int64(), "r": pa.int8(), "f": pa.int8(), "m": pa.int8(), "cell": pa.string()}
    return Table(engine, sql, pa.schema(kinds))


def rfm_map(scored: Table, customers: Table) -> pa.Table:
    """The cells of the map that hold customers: `r`, `f`, `cell`, `customers` (int64), `value` (money together).

    In the order of r and f; a cell without customers has no row.
    """
    found = scored.engine.arrow(
        f"""
        select r, f, cell, count(*) as customers, cast(sum(total_value) as decimal(24, 4)) as value
        from ({scored.sql}) as scored
        join (select customer, total_value from ({customers.sql}) as summary) as valued
             on valued.customer = scored.customer
        group by r, f, cell
        """
    )
    kinds = {"r": pa.int8(), "f": pa.int8(), "cell": pa.string(), "customers": pa.int64(), "value": MONEY}
    return found.cast(pa.schema(kinds)).sort_by([("r", "ascending"), ("f", "ascending")]).combine_chunks()


def _magnitude(amount: str) -> str:
    """Some thirty slices for every factor of e; losses before gains."""
    return f"floor(32 * case when {amount} < 0 then -ln(1 - {amount}) else ln(1 + {amount}) end)"


def _group(engine: Engine, place: str, customers: str) -> str:
    """NTILE of a place counted from 0: the earlier groups are larger by one where the customers do not divide."""
    size, rest = engine.whole(customers, str(_GROUPS)), f"({customers} % {_GROUPS})"
    beyond = f"({place}) - {rest} * ({size} + 1)"
    return f"""case when {beyond} < 0 then {engine.whole(place, f"{size} + 1")} + 1
                    else {rest} + {engine.whole(beyond, f"greatest({size}, 1)")} + 1 end"""


def _cell() -> str:
    by_name: dict[str, list[str]] = {name: [] for name in CELLS}
    for r in range(1, 6):
        for f in range(1, 6):
            by_name[cell_name(r, f)].append(str(10 * r + f))
    cases = " ".join(f"when 10 * r + f in ({', '.join(places)}) then '{name}'" for name, places in by_name.items())
    return f"case {cases} end"
