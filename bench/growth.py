"""How the analytics grow, from ten thousand customers to ten million: processor time and memory of each step.

    python -m bench.growth --customers 10000,100000,1000000,10000000 --engines arrays,duckdb,spark

(or `make bench`, without Spark, up to ten times the customers of the rest).

Each size of shop is drawn once as Parquet (BG/NBD by day, some 4.2 orders a customer). Each engine works on it in a
process of its own: `arrays` is the library on arrays in memory, `duckdb` and `spark` are `setia_insight.tables` on the
files. A step is done once, with what is compiled compiled before. Seconds are of the processor, over all threads and
child processes, since they hold on a busy machine as well; memory is the most that was resident during the step, with
what the step works on. What is found goes to docs/scaling.md; a cell that was measured before stays until it is again.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.processes import cpu_seconds, tree
from bench.proofs import keep, parts, table
from bench.report import Row
from bench.workshop import ROOT
from setia_insight import cohort, repeat, rfm, summary, tables

PAGE = ROOT / "docs" / "scaling.md"
TITLE = "Growth, from ten thousand customers to ten million"
AS_OF = dt.date(2026, 6, 30)
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
ENGINES = {"arrays": "Arrays in memory", "duckdb": "DuckDB on Parquet", "spark": "Spark on Parquet, two local threads"}
_SPARK_MOST = 1_000_000
_PART = 1_000_000
_HORIZON = 90.0
_MEMORY = "6GB"
_MODEL = repeat.ModifiedBetaGeometricNBD.given(r=0.4, alpha=50.0, a=0.8, b=2.4)


def main() -> int:
    """Measure, print and keep; `--child` is what this program calls itself with."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--customers", default=",".join(map(str, SIZES)))
    parser.add_argument("--engines", default="arrays,duckdb")
    parser.add_argument("--child", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        engine, folder = wanted.child
        print(json.dumps(_CHILDREN[engine](Path(folder))))
        return 0
    sizes = [int(size) for size in wanted.customers.split(",")]
    for row in measure(sizes, wanted.engines.split(",")):
        print(*row.cells()[:2], row.note, sep=" | ")
    return 0


def measure(sizes: list[int], engines: list[str]) -> list[Row]:
    """Rows of the largest size, and the tables of docs/scaling.md brought up to date."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="setia-growth-") as folder:
        for size in sizes:
            files, orders = _shop(Path(folder) / str(size), size)
            for engine in engines:
                if engine == "spark" and size > _SPARK_MOST:
                    continue
                command = [sys.executable, "-m", "bench.growth", "--child", engine, str(files)]
                done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
                if done.returncode != 0:
                    rows.append(Row(f"{engine}, {size:,} customers", None, note=f"ended with {done.returncode}"))
                    continue
                found: dict[str, tuple[float, float]] = json.loads(done.stdout.strip().splitlines()[-1])
                _keep(engine, size, orders, found)
                print(engine, f"{size:,}", found, file=sys.stderr, flush=True)
                if size == max(sizes):
                    rows += [
                        Row(f"{what}, {size:,} customers, {engine}", seconds, note=f"{mib:,.0f} MiB")
                        for what, (seconds, mib) in found.items()
                    ]
    return rows


def _shop(folder: Path, customers: int) -> tuple[Path, int]:
    """The orders as Parquet in files of at most a million customers; and how many they are."""
    folder.mkdir(parents=True)
    orders = 0
    for part, start in enumerate(range(0, customers, _PART)):
        n = min(_PART, customers - start)
        random = np.random.default_rng([part, customers])
        age = random.integers(30, 730, n).astype(np.float64)
        rate, leaving = random.gamma(0.8, 1 / 40, n), random.beta(0.8, 2.5, n)
        who, ago, now = [np.arange(n)], [age], np.zeros(n)
        alive = np.arange(n)
        while len(alive):
            now[alive] += random.exponential(size=len(alive)) / rate[alive]
            alive = alive[now[alive] < age[alive]]
            who.append(alive)
            ago.append(np.floor(age[alive] - now[alive]))
            alive = alive[random.random(len(alive)) >= leaving[alive]]
        customer, day = np.concatenate(who) + start, np.concatenate(ago)
        mixed = random.permutation(len(customer))
        units = random.gamma(2.0, 900_000.0, len(customer)).astype(np.int64) + 1
        written = pa.table(
            {
                "customer": customer[mixed],
                "day": pa.array(((AS_OF - dt.date(1970, 1, 1)).days - day[mixed]).astype(np.int32), pa.date32()),
                "amount": pc.multiply(
                    pa.array(units).cast(pa.decimal128(19, 0)), pa.scalar("0.0001").cast(pa.decimal128(4, 4))
                ).cast(pa.decimal128(18, 4)),
            }
        )
        pq.write_table(written, folder / f"part-{part:04}.parquet")
        orders += len(customer)
    return folder, orders


class _Steps:
    """Runs steps; keeps of each its processor seconds and the most memory, of this process and its children."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[float, float]] = {}

    def __call__(self, name: str, work: Callable[[], Any]) -> Any:
        pids = tree([os.getpid()])
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget the highest mark
        before = cpu_seconds(pids[1:])  # of children, by the kernel's hundredths
        begun = time.process_time()
        answer = work()
        own = time.process_time() - begun
        pids = tree([os.getpid()])
        self.found[name] = own + cpu_seconds(pids[1:]) - before, sum(map(_highest_mib, pids))
        return answer


def _highest_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _arrays(files: Path) -> dict[str, tuple[float, float]]:
    read = f"select customer, day, amount::double as amount from '{files}/*.parquet'"
    few = duckdb.sql(f"{read} limit 20000").to_arrow_table()
    _array_steps(few, lambda _name, work: work())  # what is compiled is compiled before
    steps = _Steps()
    _array_steps(duckdb.sql(read).to_arrow_table(), steps)
    return steps.found


def _array_steps(orders: pa.Table, step: Callable[[str, Callable[[], Any]], Any]) -> None:
    customers = step("summary", lambda: summary.summarise(orders, as_of=AS_OF))
    step("cohorts by month", lambda: cohort.monthly(orders, as_of=AS_OF))
    x, t_x, age = (customers[name].to_numpy() for name in ("x", "t_x", "T"))
    often, money, ids = (customers[name].to_numpy() for name in ("purchase_days", "total_value", "customer"))
    step("RFM", lambda: rfm.score(age - t_x, often, money, ids))
    fitted = {
        name: step(f"{name} fit", lambda kind=kind: kind().fit(x, t_x, age))
        for name, kind in (
            ("BG/NBD", repeat.BetaGeometricNBD),
            ("MBG/NBD", repeat.ModifiedBetaGeometricNBD),
            ("Pareto/NBD", repeat.ParetoNBD),
        )
    }
    for name, model in fitted.items():
        step(f"P(alive) and purchases by {name}", lambda model=model: model.predict(x, t_x, age, _HORIZON))


def _duckdb(files: Path) -> dict[str, tuple[float, float]]:
    engine = tables.DuckDB()
    engine.connection.execute(f"set temp_directory = '{files.parent / 'spill'}'; set memory_limit = '{_MEMORY}'")
    return _table_steps(engine, files)


def _spark(files: Path) -> dict[str, tuple[float, float]]:
    from bench.scaling import session

    with session(files.parent, "local[2]", {"spark.driver.memory": "3g"}, say=sys.stderr) as spark:
        return _table_steps(tables.Spark(spark), files)


def _table_steps(engine: tables.Engine, files: Path) -> dict[str, tuple[float, float]]:
    def computed(asked: tables.Table) -> tables.Table:
        engine.arrow(f"select count(*) as n from ({asked.sql}) as kept")
        return asked

    step = _Steps()
    orders = engine.orders(files)
    customers = step("summary", lambda: computed(tables.summarise(orders, as_of=AS_OF).keep()))
    step("cohorts by month", lambda: tables.cohorts(orders, as_of=AS_OF))
    step("RFM", lambda: computed(tables.rfm(customers).keep()))
    step("P(alive) and purchases", lambda: computed(tables.predict(customers, _MODEL, horizon=_HORIZON)))
    engine.release()
    return step.found


_CHILDREN = {"arrays": _arrays, "duckdb": _duckdb, "spark": _spark}


def _keep(engine: str, size: int, orders: int, found: dict[str, tuple[float, float]]) -> None:
    """Write one column into the table of its engine, leaving the others."""
    known = parts(TITLE, PAGE)
    columns: dict[str, dict[str, str]] = {}
    for line in known.get(ENGINES[engine], []):
        if line.startswith("| ") and not line.startswith("| |"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not columns:
                columns = {head: {} for head in cells[1:]}
                continue
            for head, cell in zip(columns, cells[1:], strict=True):
                columns[head][cells[0]] = cell
    columns[f"{size:,}"] = {"orders": f"{orders:,}"} | {
        what: f"{_seconds(seconds)}, {mib:,.0f} MiB" for what, (seconds, mib) in found.items()
    }
    heads = sorted(columns, key=lambda head: int(head.replace(",", "")))
    rows = [(what, *(columns[head].get(what, "") for head in heads)) for what in ("orders", *found)]
    known[ENGINES[engine]] = [f"### {ENGINES[engine]}", "", *table(("customers", *heads), rows), ""]
    introduction = [
        f"Written by `python -m bench.growth`, latest on {dt.datetime.now(dt.UTC):%Y-%m-%d}, {os.cpu_count()} cores:",
        "time of the processor over all threads, and the most memory resident during the step, with the orders where",
        f"they are arrays. DuckDB may take {_MEMORY[:-2]} GB before it spills.",
        "",
    ]
    keep(TITLE, [*introduction, *(line for lines in known.values() for line in lines)], PAGE)


def _seconds(seconds: float) -> str:
    if seconds < 0.1:
        return f"{1000 * seconds:.1f} ms"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
