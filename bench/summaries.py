"""The summary of customers beside what people count it with: Polars, DuckDB and `lifetimes`.

Everybody gets the same orders, in memory, a tenth as many customers as orders, in no order; and answers x, t_x, T and
the mean money of repeat days of each customer (ours has ten columns more). The answers are compared, customer by
customer. One thread each, seconds of the processor; the JIT's first compile is done before the clock starts.
"""

import json
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.report import Row
from bench.timing import median
from bench.workshop import Unavailable, Workshop, peer
from setia_insight.summary import summarise

AS_OF = date(2026, 6, 30)
SIZES = (1_000_000, 10_000_000)
_POLARS, _DUCKDB, _LIFETIMES = "polars==2.1.0", "duckdb==1.5.5", "lifetimes==0.11.3"
_NAMES = {"polars": "Polars", "duckdb": "DuckDB", "lifetimes": "lifetimes"}
_NEVER_SLOWER = {"polars", "duckdb"}


def lifetimes(folder: Path) -> Path:
    """The Python of an environment with `lifetimes` and what it still runs with. Raises `Unavailable`."""
    return peer(folder, "lifetimes", _LIFETIMES, "numpy<2", "pandas<2.1", "scipy<1.12")


def measure(shop: Workshop, *, most: int, repeat: int) -> list[Row]:
    """A row for each size of at most `most` orders beside each peer."""
    rows = []
    for count in [size for size in SIZES if size <= most]:
        orders = _orders(count)
        summarise(orders.slice(0, 1000), as_of=AS_OF)
        seconds = median(lambda orders=orders: summarise(orders, as_of=AS_OF), repeat)
        answer = summarise(orders, as_of=AS_OF)
        given = shop.folder / "orders.npz"
        np.savez(given, as_of=str(AS_OF), **{name: _plain(orders[name]) for name in orders.column_names})
        for engine, name in _NAMES.items():
            value, version, note = None, "", ""
            try:
                value, version, theirs = _asked(shop.folder, engine, given, repeat)
                _compare(engine, answer, theirs)
                note = f"one thread each; equal for all {answer.num_rows:,} customers"
            except Unavailable as why:
                note = str(why)
            rows.append(
                Row(
                    f"summary of customers, {count:,} orders",
                    seconds,
                    peer=f"{name} {version}".strip(),
                    peer_value=value,
                    ratio_limit=1 if engine in _NEVER_SLOWER else None,
                    note=note,
                )
            )
        given.unlink()
    return rows


def _asked(folder: Path, engine: str, given: Path, repeat: int) -> tuple[float, str, dict[str, np.ndarray]]:
    """A peer's seconds, version and answer."""
    python = lifetimes(folder) if engine == "lifetimes" else peer(folder, "tables", _POLARS, _DUCKDB, "numpy<3")
    kept = folder / "summary.npz"
    command = [python, "-P", Path(__file__).with_name("summaries_peer.py"), engine, given, kept, str(max(repeat, 3))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"{engine}: {done.stderr.strip().splitlines()[-1]}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    with np.load(kept) as found:
        theirs = dict(found)
    kept.unlink()
    return said["seconds"], said["version"], theirs


def _compare(engine: str, ours: pa.Table, theirs: dict[str, np.ndarray]) -> None:
    """Raises `ArithmeticError` unless both say the same of each customer: a wrong answer needs no speed."""
    order = np.argsort(theirs["customer"])
    if len(order) != ours.num_rows:
        raise ArithmeticError(f"{engine} counts {len(order):,} customers, we {ours.num_rows:,}")
    for name in ("customer", "x", "t_x", "T"):
        if apart := int((theirs[name][order] != ours[name].to_numpy()).sum()):
            raise ArithmeticError(f"{engine} has another {name} for {apart:,} customers")
    again = ours["x"].to_numpy() > 0
    if not np.allclose(theirs["repeat_value"][order][again], ours["repeat_value"].to_numpy()[again], rtol=1e-9, atol=0):
        raise ArithmeticError(f"{engine} has another mean money of repeat days")


def _orders(count: int) -> pa.Table:
    """Orders of a tenth as many customers, on random days of two years."""
    random = np.random.default_rng(8)
    day = (AS_OF - date(1970, 1, 1)).days - random.integers(0, 730, count)
    return pa.table(
        {
            "customer": random.integers(1, count // 10, count),
            "day": pa.array(day.astype(np.int32), pa.date32()),
            "amount": random.gamma(5.0, 30_000.0, count),
        }
    )


def _plain(column: pa.ChunkedArray) -> np.ndarray:
    """A column as numbers, days since 1970 where it holds days."""
    return column.cast(pa.int32()).to_numpy() if pa.types.is_date(column.type) else column.to_numpy()
