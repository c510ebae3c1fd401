"""`make bench`, or `python -m bench --only import,pages --customers 10000 --orders 100000`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import (
    board,
    bottle,
    creme,
    growth,
    intake,
    models,
    narrow,
    pages,
    portraits,
    recurring,
    reports,
    sales,
    start,
)
from bench.doubles import measure as doubles
from bench.report import Row, show, write
from bench.workshop import ROOT, Unavailable, Workshop, opened

PARTS = (
    "import",
    "portraits",
    "pages",
    "narrow",
    "recurring",
    "board",
    "sales",
    "reports",
    "start",
    "creme",
    "bottle",
    "models",
    "growth",
    "doubles",
)
_TITLES = {
    "import": "Taking in a file",
    "portraits": "Portraits",
    "pages": "Pages",
    "narrow": "Lists narrowed",
    "recurring": "Audit, subscriptions and service",
    "board": "The team board, watched",
    "sales": "Selling",
    "reports": "Reports about selling",
    "start": "Starting and idling",
    "creme": "Beside Creme CRM 2.8.6",
    "bottle": "Beside BottleCRM 1.35.0",
    "models": "The models",
    "growth": "The models as the shop grows",
    "doubles": "Doubles",
}


def main() -> int:
    """Measure what was asked for; exit code 1 when something asked for was not reached."""
    wanted = _arguments()
    repeat = wanted.repeat or (3 if wanted.customers <= 100_000 else 1)
    parts: dict[str, list[Row]] = {}
    with opened(wanted.folder) as shop:
        work: dict[str, Callable[[], list[Row]]] = {
            "import": lambda: intake.measure(shop, repeat=wanted.repeat or 3),
            "portraits": lambda: portraits.measure(
                shop, customers=wanted.customers, orders=wanted.orders, repeat=repeat
            ),
            "pages": lambda: _pages(shop, wanted, pages.measure),
            "narrow": lambda: _pages(shop, wanted, narrow.measure),
            "recurring": lambda: recurring.measure(shop, requests=wanted.requests, customers=wanted.customers),
            "board": lambda: _pages(shop, wanted, board.measure),
            "sales": lambda: sales.measure(shop, requests=wanted.requests, customers=wanted.customers),
            "reports": lambda: reports.measure(shop, requests=wanted.requests, customers=wanted.customers),
            "start": lambda: start.measure(shop, repeat=wanted.repeat or 3),
            "creme": lambda: creme.measure(shop, contacts=wanted.contacts, requests=wanted.requests),
            "bottle": lambda: bottle.measure(shop, leads=wanted.leads, requests=wanted.requests),
            "models": lambda: models.measure(shop, customers=wanted.customers, orders=wanted.orders, repeat=repeat),
            "growth": lambda: growth.measure(
                [size for size in growth.SIZES if size <= 10 * wanted.customers], ["arrays", "duckdb"]
            ),
            "doubles": lambda: doubles.measure(shop, million=wanted.customers),
        }
        for part in wanted.only:
            print(f"… {part}", file=sys.stderr, flush=True)
            try:
                parts[_TITLES[part]] = work[part]()
            except Unavailable as why:
                parts[_TITLES[part]] = [Row(part, None, note=str(why))]
            print(show(parts[_TITLES[part]]), flush=True)
    if not wanted.no_page:
        write(parts, sizes=f"{wanted.customers:,} customers, {wanted.orders:,} orders")
    return int(any(row.verdict == "no" for rows in parts.values() for row in rows))


def _pages(shop: Workshop, wanted: argparse.Namespace, measure: Callable[..., list[Row]]) -> list[Row]:
    portraits.load(shop, customers=wanted.customers, orders=wanted.orders)
    return measure(shop, requests=wanted.requests, customers=wanted.customers)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument(
        "--contacts", type=int, default=10_000, help="customers that Creme and Setia hold, side by side"
    )
    parser.add_argument(
        "--leads", type=int, default=100_000, help="leads that BottleCRM and Setia hold at most, side by side"
    )
    parser.add_argument("--requests", type=int, default=200, help="timed requests per kind of page")
    parser.add_argument("--repeat", type=int, help="times a measurement is taken; the median counts")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench", help="where all of it happens")
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md as it is")
    found = parser.parse_args()
    found.only = [part.strip() for part in found.only.split(",")]
    if unknown := [part for part in found.only if part not in PARTS]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return found


if __name__ == "__main__":
    sys.exit(main())
