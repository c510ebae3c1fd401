"""The retail file into an empty Setia, by `setia import` as a firm types it, beside `bench.straight`.

Wall time of the whole command, Python's start included, to committed rows. The two take turns, each time into a fresh
database; the median counts. Both must come to the same number of orders, customers, products and lines.
"""

import os
import statistics
import sys
from pathlib import Path

from bench.report import Row
from bench.workshop import Ran, Unavailable, Workshop

_COUNTS = (
    "SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM customers_customer),"
    " (SELECT count(*) FROM catalogue_product), (SELECT count(*) FROM orders_orderline)"
)


def measure(shop: Workshop, *, repeat: int) -> list[Row]:
    """Rows about the import. Raises `Unavailable` without the data set."""
    path = _file()
    ours: list[Ran] = []
    straight: list[Ran] = []
    found: set[tuple[object, ...]] = set()
    for _turn in range(repeat):
        with shop.database("bench_import") as name:
            shop.settle()
            ours.append(shop.setia("import", str(path), "--as", "orders", "--json", database=name))
            found.add(shop.ask(name, _COUNTS))
        with shop.database("bench_straight") as name:
            shop.settle()
            straight.append(shop.run([sys.executable, "-m", "bench.straight", str(path)], name))
            found.add(shop.ask(name, _COUNTS))
    orders, customers, products, lines = next(iter(found))
    said = ours[-1].json
    note = f"{lines:,} lines, {orders:,} orders, {customers:,} customers, {products:,} products"
    if len(found) > 1:
        note = f"the two disagree: {sorted(map(str, found))}"
    seconds = statistics.median(one.seconds for one in ours)
    return [
        Row(
            "import of the retail file",
            seconds,
            limit=60,
            peer="COPY + INSERT … SELECT",
            peer_value=statistics.median(one.seconds for one in straight),
            ratio_limit=2,
            note=note,
        ),
        Row(
            "its peak memory",
            max(one.peak_mib for one in ours),
            "MiB",
            limit=1024,
            peer="COPY + INSERT … SELECT",
            peer_value=max(one.peak_mib for one in straight),
            note=f"{said.get('rows', 0) / seconds:,.0f} rows a second" if said.get("rows") else "",
        ),
    ]


def _file() -> Path:
    """The retail file. Raises `Unavailable`."""
    folder = os.environ.get("SETIA_DATASETS")
    if not folder:
        raise Unavailable("the retail file is not here: SETIA_DATASETS names no folder")
    path = Path(folder).absolute() / "retail" / "online_retail_2.csv.gz"
    if not path.exists():
        raise Unavailable("SETIA_DATASETS holds no retail/online_retail_2.csv.gz")
    return path
