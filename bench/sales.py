"""What the pages of selling take at size: the board, the lists of opportunities, prospects and activities, days and
calendars, the team board, for the owner, who sees all, the leader of a team of ten and a seller.

A database of its own, filled by `bench.sold`: every customer a prospect, an open opportunity for every fifth and a won
one for as many, five activities each. One signed-in browser at a time, warm, one request after the other. The calendar
is a seller's, who has done five and twenty things on every day; the feed is what their telephone reads.
"""

import json
import random
from typing import Any

from bench.http import Browser, percentile
from bench.pages import python, queries, timings
from bench.report import Row
from bench.running import up
from bench.workshop import Workshop

DATABASE = "bench_sales"
_MOST_MS = 300
_MOST_QUERIES = {"board": 12, "my day": 12, "team board": 20}
_LIST_QUERIES = 9
_FEED_TIMES = 20
"""As often as an address may be read in a minute without being told to wait."""


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about these pages, for each of the three."""
    sizes = sizes_for(customers)
    if not shop.exists(DATABASE) or shop.ask(DATABASE, "SELECT count(*) FROM customers_customer") != (customers,):
        shop.drop(DATABASE)
        shop.clone(DATABASE)
    shop.setia("manage", "migrate", "-v0", database=DATABASE)
    known = json.loads(python(shop, DATABASE, "-m", "bench.sold", json.dumps(sizes)).strip().splitlines()[-1])
    shop.settle()
    paths = _paths(known, random.Random(5), max(requests // 10, 5))
    feed, rows = f"/sales/calendar/{known['token']}.ics", []
    with up(shop.environment(DATABASE), log=shop.folder / "up.log") as running:
        for who, email in known["who"].items():
            browser = Browser(running.port)
            browser.sign_in("/sign-in/", "login", email, known["password"])
            for what, asked in paths.items():
                found = timings(browser, asked)
                note = f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms"
                name = f"{what}, {who}: p95 of {len(found)}"
                rows.append(Row(name, percentile(found, 0.95), "ms", limit=_MOST_MS, note=note))
        found = timings(Browser(running.port), [feed] * _FEED_TIMES)
        note = f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms"
        name = f"calendar feed, seller: p95 of {len(found)}"
        rows.append(Row(name, percentile(found, 0.95), "ms", limit=_MOST_MS, note=note))
    some = {what: asked[:: max(len(asked) // 6, 1)] for what, asked in paths.items()}
    for who, email in known["who"].items():
        for what, most in queries(shop, some, database=DATABASE, email=email).items():
            limit = _MOST_QUERIES.get(what, _LIST_QUERIES)
            rows.append(Row(f"{what}, {who}: SQL queries", most, "", limit=limit))
    return rows


def sizes_for(customers: int) -> dict[str, int]:
    """How many rows of each kind a firm of so many customers has here."""
    open_ = max(customers // 5, 1)
    return {"customers": customers, "open": open_, "opportunities": 2 * open_, "activities": 5 * customers}


def _paths(known: dict[str, Any], draw: random.Random, each: int) -> dict[str, list[str]]:
    """What is asked for, by kind of page."""
    stages, calendar = known["stages"], f"/sales/calendar/?who={known['seller']}"
    deals, activities, prospects = "/sales/opportunities/", "/sales/activities/", "/sales/prospects/"
    return {
        "board": [
            "/sales/board/",
            *(f"/sales/board/?sort={one}" for one in ("expected", "amount")),
            "/sales/board/?owner=me",
        ]
        * (each // 4 + 1),
        "opportunities": [
            deals,
            *(f"{deals}?{one}" for one in ("sort=expected", "sort=amount", "late=1", "status=WON", "owner=me")),
            *(f"{deals}?stage={draw.choice(stages)}" for _turn in range(each)),
        ],
        "my day": ["/sales/day/"] * each,
        "team day": ["/sales/team-day/"] * each,
        "calendar": [calendar, f"{calendar}&view=week"] * (each // 2 + 1),
        "team board": ["/sales/live/"] * each,
        "activities of a customer": [f"/sales/of/{pk}/activities/" for pk in draw.sample(known["served"], each)],
        "activities": [activities, *(f"{activities}?{one}" for one in ("state=LATE", "state=DONE", "kind=VISIT"))]
        * (each // 4 + 1),
        "prospects": [
            prospects,
            *(f"{prospects}?{one}" for one in ("sort=waiting", "sort=fit", "status=QUALIFIED", "q=wayan")),
            *(
                f"{prospects}?{one}"
                for one in ("source=Radio", "source=Instagram&status=WORKING", "how=API", "owner=me")
            ),
        ]
        * (each // 8 + 1),
        "prospects waiting": [
            f"{prospects}?waiting=1",
            *(f"{prospects}?waiting=1&{one}" for one in ("status=NEW", "status=QUALIFIED", "sort=waiting", "owner=me")),
        ]
        * (each // 5 + 1),
    }
