"""The demo shop at full size, and every portrait of it: `setia demo`, then `setia portraits refresh`.

The database stays under `var/bench` and serves the pages' measurements too; it is made anew when other sizes are asked
for, when the code's tables have changed, or when its history ended more than a month ago.
"""

import statistics

from bench.report import Row
from bench.workshop import Ran, Unavailable, Workshop

BIG = "bench_big"


def load(shop: Workshop, *, customers: int, orders: int) -> Ran | None:
    """The demo shop of these sizes in `BIG`. None when it was there already."""
    if shop.exists(BIG):
        try:
            shop.setia("manage", "migrate", "-v0", database=BIG)
            found = shop.ask(
                BIG, "SELECT customers, orders, at > now() - interval '30 days' FROM demo_load ORDER BY id DESC LIMIT 1"
            )
        except Unavailable:
            found = ()
        if found == (customers, orders, True):
            return None
    shop.drop(BIG)
    shop.clone(BIG)
    return shop.setia("demo", "--customers", str(customers), "--orders", str(orders), database=BIG)


def measure(shop: Workshop, *, customers: int, orders: int, repeat: int) -> list[Row]:
    """Rows about loading and portraits."""
    rows: list[Row] = []
    if loading := load(shop, customers=customers, orders=orders):
        rows.append(
            Row(
                f"demo shop of {customers:,} customers and {orders:,} orders, portraits included",
                loading.seconds,
                note=f"peak {loading.peak_mib:,.0f} MiB",
            )
        )
    shop.settle()
    ran = [shop.setia("portraits", "refresh", database=BIG) for _turn in range(repeat)]
    full = customers >= 1_000_000 and orders >= 10_000_000
    rows += [
        Row(
            f"portraits of {customers:,} customers from {orders:,} orders",
            statistics.median(one.seconds for one in ran),
            limit=90 if full else None,
        ),
        Row("its peak memory", max(one.peak_mib for one in ran), "MiB", limit=4096 if full else None),
    ]
    return rows
