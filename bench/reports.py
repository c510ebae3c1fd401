"""What a report takes, each for the owner, who sees all, the leader of a team of ten and a seller: of this month, the
last 30 days and the month before, and, in a row of its own, of 12 months.

A database of its own, filled by `bench.reported`. One signed-in browser at a time, warm, one request after the other,
while the orders of today are still to be counted by the worker, as they are all day in a shop that sells.
"""

import json

import psycopg

from bench import sales
from bench.http import Browser, percentile
from bench.pages import python, queries, timings
from bench.report import Row
from bench.running import up
from bench.workshop import Workshop

DATABASE = "bench_reports"
_MOST_MS = 300
_MOST_QUERIES = 10
_PERIODS = {
    "": ["this-month", "30-days", "last-month"],
    " of 12 months": ["12-months"],
}
_LIST = "import django; django.setup(); from setia.reports.live import LIVE; print(' '.join(LIVE))"


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about each report, for each of the three. Of the customers a fifth were won; they ordered twice."""
    orders = max(2 * customers // 5, 1)
    if not shop.exists(DATABASE) or shop.ask(DATABASE, "SELECT count(*) FROM orders_order") != (orders,):
        shop.drop(DATABASE)
        shop.clone(DATABASE)
    shop.setia("manage", "migrate", "-v0", database=DATABASE)
    sizes = sales.sizes_for(customers) | {"orders": orders}
    known = json.loads(python(shop, DATABASE, "-m", "bench.reported", json.dumps(sizes)).strip().splitlines()[-1])
    shop.settle()
    rows = []
    if known["days"] > 1:
        note = f"{known['tallies_mib']:,} MiB of the {known['mib']:,} MiB"
        rows.append(Row(f"all {known['days']:,} days of orders counted by the worker", known["seconds"], note=note))
    names = python(shop, DATABASE, "-c", _LIST).strip().splitlines()[-1].split()
    paths = {
        f"{name}{span}": [f"/reports/sales/{name}/?period={one}" for one in periods]
        for span, periods in _PERIODS.items()
        for name in names
    }
    # A seller is refused the forecast of the firm.
    allowed = {
        who: {what: asked for what, asked in paths.items() if who == "owner" or not what.startswith("forecast")}
        for who in known["who"]
    }
    with up(shop.environment(DATABASE), log=shop.folder / "up.log") as running:
        for who, email in known["who"].items():
            browser = Browser(running.port)
            browser.sign_in("/sign-in/", "login", email, known["password"])
            for what, asked in allowed[who].items():
                _sell_something(shop)
                found = timings(browser, asked * max(requests // 10 // len(asked), 2))
                note = f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms"
                name = f"{what}, {who}: p95 of {len(found)}"
                rows.append(Row(name, percentile(found, 0.95), "ms", limit=_MOST_MS, note=note))
    for who, email in known["who"].items():
        some = {what: asked for what, asked in allowed[who].items() if "12 months" not in what}
        for what, most in queries(shop, some, database=DATABASE, email=email).items():
            rows.append(Row(f"{what}, {who}: SQL queries", most, "", limit=_MOST_QUERIES))
    return rows


def _sell_something(shop: Workshop) -> None:
    """Today's orders have changed since they were counted."""
    with psycopg.connect(shop.url(DATABASE), autocommit=True) as connection:
        connection.execute("INSERT INTO reports_uncountedday (day) SELECT max(day) FROM orders_order")
