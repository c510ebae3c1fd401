"""The analytics' table work from ten thousand orders up, on DuckDB, on a Spark of this machine, and on a Spark cluster.

    python -m bench.scaling --orders 10000,100000,1000000 --engines duckdb,spark,cluster

Each engine reads the same Parquet and works out the summary of customers, RFM, cohorts, revenue and a model's
predictions; each step is timed once, the engine's start apart. Every answer is compared with DuckDB's, to the bit but
for the predictions (twelve digits). The cluster is Spark's own standalone master with two workers, all on 127.0.0.1,
each worker a process of one core; what each did is asked of Spark and printed. Wants `make spark` and Java 17.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from setia_insight import repeat, tables

_AS_OF = dt.date(2014, 1, 31)
_PART = 1_000_000
_HOST = "127.0.0.1"
_PORT = 9177
_MODEL = repeat.ModifiedBetaGeometricNBD.given(r=0.4, alpha=50.0, a=0.8, b=2.4, unit="DAY")


def main() -> int:
    """Print a table of seconds; exit code 1 when two engines disagree."""
    parser = argparse.ArgumentParser(prog="bench.scaling", description=__doc__)
    parser.add_argument("--orders", default="10000,100000,1000000")
    parser.add_argument("--engines", default="duckdb,spark,cluster")
    parser.add_argument("--memory", default="2g", help="of Spark on this machine, and of each worker")
    wanted = parser.parse_args()
    sizes = [int(size) for size in wanted.orders.split(",")]
    with tempfile.TemporaryDirectory(prefix="setia-scaling-") as folder:
        files = {size: _shop(Path(folder) / "orders" / str(size), size) for size in sizes}
        print(f"as of {_AS_OF}, load before the start {os.getloadavg()[0]:.1f}", flush=True)
        said: dict[int, dict[str, Any]] = {}
        equal = True
        for name in wanted.engines.split(","):
            with _ENGINES[name](Path(folder), wanted.memory) as engine:
                for size in sizes:
                    answers, seconds = _ask(engine, files[size])
                    same = _same(said.setdefault(size, answers), answers)
                    equal &= same
                    steps = " ".join(f"{step} {taken:.2f}" for step, taken in seconds.items())
                    print(
                        f"{name:8} {size:>11,} orders {answers['customers'].num_rows:>10,} customers | {steps} | "
                        f"all {sum(seconds.values()):.2f} s | {'equal' if same else 'DIFFERENT'}",
                        flush=True,
                    )
    return int(not equal)


def _shop(folder: Path, count: int) -> Path:
    """Purchases over six years as Parquet in files of at most a million, a tenth as many customers."""
    folder.mkdir(parents=True)
    for part, start in enumerate(range(0, count, _PART)):
        n = min(_PART, count - start)
        rng = np.random.default_rng([part, count])
        units = rng.gamma(0.7, 900_000.0, n).astype(np.int64) + 1
        amount = pc.multiply(
            pa.array(units).cast(pa.decimal128(19, 0)), pa.scalar("0.0001").cast(pa.decimal128(4, 4))
        ).cast(pa.decimal128(18, 4))
        pq.write_table(
            pa.table(
                {
                    "customer": pa.array((count / 6 * rng.random(n) ** 2).astype(np.int64), mask=rng.random(n) < 0.05),
                    "day": pa.array(rng.integers(13_900, 16_100, n).astype(np.int32)).view(pa.date32()),
                    "amount": amount,
                }
            ),
            folder / f"part-{part:04}.parquet",
        )
    return folder


def _ask(engine: tables.Engine, files: Path) -> tuple[dict[str, Any], dict[str, float]]:
    answers: dict[str, Any] = {}
    seconds: dict[str, float] = {}

    def step(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = work()
        seconds[name] = time.perf_counter() - start
        return found

    orders = step("check", lambda: engine.orders(files))
    # Counting the rows makes Spark compute what it was asked to keep.
    customers = step("summary", lambda: _computed(engine, tables.summarise(orders, as_of=_AS_OF).keep()))
    cells = step("rfm", lambda: _computed(engine, tables.rfm(customers).keep()))
    answers["cohorts"] = step("cohorts", lambda: tables.cohorts(orders, as_of=_AS_OF))
    answers["revenue"] = step("revenue", lambda: tables.revenue(orders, as_of=_AS_OF))
    predicted = step("predict", lambda: _computed(engine, tables.predict(customers, _MODEL, horizon=90.0)))
    answers |= {"customers": customers.arrow(), "rfm": cells.arrow(), "predictions": predicted.arrow()}
    engine.release()
    return answers, seconds


def _computed(engine: tables.Engine, table: tables.Table) -> tables.Table:
    engine.arrow(f"select count(*) as n from ({table.sql}) as kept")
    return table


def _same(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    for name, table in expected.items():
        if table.schema != found[name].schema or table.num_rows != found[name].num_rows:
            return False
        for column in table.column_names:
            one, other = (t[column].combine_chunks() for t in (table, found[name]))
            if not pa.types.is_floating(one.type):
                if not one.equals(other):
                    return False
                continue
            one, other = (side.fill_null(-1.0).to_numpy(zero_copy_only=False) for side in (one, other))
            close = name == "predictions" and np.allclose(one, other, rtol=1e-12, atol=0)
            if not close and one.tobytes() != other.tobytes():
                return False
    return True


@contextmanager
def _duckdb(folder: Path, memory: str) -> Iterator[tables.Engine]:
    engine = tables.DuckDB()
    engine.connection.execute(f"set temp_directory = '{folder / 'spill'}'")
    yield engine


@contextmanager
def _spark(folder: Path, memory: str) -> Iterator[tables.Engine]:
    with session(folder, f"local[{os.cpu_count()}]", {"spark.driver.memory": memory}) as spark:
        yield tables.Spark(spark)


@contextmanager
def _cluster(folder: Path, memory: str) -> Iterator[tables.Engine]:
    """A master and two workers, stopped by their own process ids; afterwards what each worker did."""
    import pyspark

    home = Path(pyspark.__file__).parent
    start = [str(home / "bin" / "spark-class")]
    surroundings = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": _HOST, "PYSPARK_PYTHON": sys.executable}
    master = f"spark://{_HOST}:{_PORT}"
    deploy = "org.apache.spark.deploy"
    commands = [[f"{deploy}.master.Master", "--host", _HOST, "--port", str(_PORT), "--webui-port", str(_PORT + 1)]]
    for i in range(2):
        place = ["--host", _HOST, "--webui-port", str(_PORT + 2 + i), "--work-dir", str(folder / f"worker-{i}")]
        commands.append([f"{deploy}.worker.Worker", *place, "--cores", "1", "--memory", memory, master])
    processes = []
    with (folder / "cluster.log").open("w") as log:
        try:
            for command in commands:
                processes.append(subprocess.Popen([*start, *command], env=surroundings, stdout=log, stderr=log))
                time.sleep(1)
            alive = _wait_for_workers(2)
            print(f"master {master}, {len(alive)} workers: {', '.join(worker['id'] for worker in alive)}", flush=True)
            settings = {"spark.executor.memory": memory, "spark.executor.cores": "1", "spark.driver.memory": "1g"}
            with session(folder, master, settings) as spark:
                yield tables.Spark(spark)
                for did in _executors(spark):
                    print(did, flush=True)
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(timeout=60)


def _wait_for_workers(many: int) -> list[dict[str, Any]]:
    for _ in range(300):
        time.sleep(1)
        try:
            with urllib.request.urlopen(f"http://{_HOST}:{_PORT + 1}/json/", timeout=10) as answer:
                alive = [worker for worker in json.load(answer)["workers"] if worker["state"] == "ALIVE"]
        except OSError:
            continue
        if len(alive) == many:
            return alive
    raise SystemExit("the workers did not come up within five minutes")


def _executors(session: Any) -> Iterator[str]:
    address = f"{session.sparkContext.uiWebUrl}/api/v1/applications/{session.sparkContext.applicationId}/executors"
    with urllib.request.urlopen(address, timeout=30) as answer:
        for one in json.load(answer):
            yield (
                f"executor {one['id']} at {one['hostPort']}: {one['completedTasks']} tasks, "
                f"{one['failedTasks']} failed, {one['totalInputBytes'] / 1e6:.1f} MB read, "
                f"shuffled {one['totalShuffleRead'] / 1e6:.1f} MB in and {one['totalShuffleWrite'] / 1e6:.1f} MB out, "
                f"{one['totalDuration'] / 1e3:.0f} s at work"
            )


@contextmanager
def session(folder: Path, master: str, settings: dict[str, str], say: TextIO | None = None) -> Iterator[Any]:
    """A Spark session that is stopped afterwards; when it has started `say` (or standard output) is told so."""
    os.environ["PYSPARK_PYTHON"], os.environ["SPARK_LOCAL_IP"] = sys.executable, _HOST
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("setia-insight scaling")
    for name, value in {
        "spark.driver.host": _HOST,
        "spark.driver.bindAddress": _HOST,
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": str(folder / "spark"),
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.port": "9190",
        "spark.ui.showConsoleProgress": "false",
        **settings,
    }.items():
        builder = builder.config(name, value)
    start = time.perf_counter()
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    print(f"Spark {spark.version} on {master} started in {time.perf_counter() - start:.1f} s", file=say, flush=True)
    try:
        yield spark
    finally:
        spark.stop()


_ENGINES: dict[str, Callable[[Path, str], Any]] = {"duckdb": _duckdb, "spark": _spark, "cluster": _cluster}

if __name__ == "__main__":
    sys.exit(main())
