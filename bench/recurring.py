"""What the audit trail, recurring revenue and the pages of service take with as many rows as a large firm has.

A database of its own, filled by `bench.recurred`: five audit entries and one subscription for each customer, a contract
and a complaint for every fifth. One signed-in browser, warm, one request after the other, deep pages among them. For
the export of the trail the time is until its first bytes are there: how long the rest takes is up to its length.
"""

import json
import random
from datetime import UTC, datetime, timedelta

from bench.http import Browser, percentile
from bench.pages import python, queries, timings
from bench.report import Row
from bench.running import up
from bench.workshop import Workshop

DATABASE = "bench_recurring"
_MOST_MS, _MOST_QUERIES = 300, 8
_SERVED = "how one customer is served"
_MORE_QUERIES = {_SERVED: 15}
"""A customer's record may ask as many."""


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about these pages."""
    sizes = {
        "customers": customers,
        "subscriptions": customers,
        "audit": 5 * customers,
        "concerns": max(customers // 5, 1),
    }
    if not shop.exists(DATABASE) or shop.ask(DATABASE, "SELECT count(*) FROM customers_customer") != (customers,):
        shop.drop(DATABASE)
        shop.clone(DATABASE)
    shop.setia("manage", "migrate", "-v0", database=DATABASE)
    known = json.loads(python(shop, DATABASE, "-m", "bench.recurred", json.dumps(sizes)).strip().splitlines()[-1])
    shop.settle()
    draw = random.Random(5)
    paths = _paths(known, draw, max(requests // 10, 5))
    rows = []
    with up(shop.environment(DATABASE), log=shop.folder / "up.log") as running:
        browser = Browser(running.port)
        browser.sign_in("/sign-in/", "login", known["email"], known["password"])
        for what, asked in paths.items():
            found = timings(browser, asked)
            note = f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms"
            rows.append(Row(f"{what}: p95 of {len(found)}", percentile(found, 0.95), "ms", limit=_MOST_MS, note=note))
        first = [browser.first(f"/settings/audit/export/?{one}") for one in ("", "act=CHANGED", "about=contract")]
        rows.append(Row("export of the audit trail begins", max(first), "ms", limit=_MOST_MS))
    counted = queries(
        shop, {what: asked[:: max(len(asked) // 8, 1)] for what, asked in paths.items()}, database=DATABASE
    )
    rows += [
        Row(f"{what}: SQL queries", most, "", limit=_MORE_QUERIES.get(what, _MOST_QUERIES))
        for what, most in counted.items()
    ]
    return rows


def _paths(known: dict[str, object], draw: random.Random, each: int) -> dict[str, list[str]]:
    """What is asked for, by kind of page."""
    first, latest, seller, plan = (int(str(known[name])) for name in ("first", "latest", "seller", "plan"))
    low, high = known["people"]  # type: ignore[misc,str-unpack]
    someone = [draw.randint(int(low), int(high)) for _turn in range(each)]
    somebody = [draw.randint(first, latest) for _turn in range(each)]
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=draw.randint(0, 900)) for _turn in range(each)]
    months = [
        f"{today.year - back // 12 - (today.month <= back % 12)}-{(today.month - back - 1) % 12 + 1:02}"
        for back in range(12)
    ]
    trail = "/settings/audit/"
    return {
        "audit: the list": [trail, *(f"{trail}?until={day}" for day in days)],
        "audit: of one person": [f"{trail}?person={one}" for one in (0, *someone)],
        "audit: by kind and act": [
            *(f"{trail}?about={one}" for one in ("customer", "contract", "concern", "unit", "subscription")),
            *(f"{trail}?act={one}" for one in ("ADDED", "CHANGED", "REMOVED", "MERGED")),
            *(f"{trail}?person={one}&about=contract" for one in someone),
            *(f"{trail}?person={one}&act=REMOVED&until={day}" for one, day in zip(someone, days, strict=True)),
        ],
        "audit: of one record": [f"{trail}?about=customer&record={one}" for one in somebody],
        "revenue: the months": ["/subscriptions/revenue/"] * each,
        "revenue: who is behind a figure": [
            f"/subscriptions/revenue/customers/?month={month}&kind={kind}"
            for month in months
            for kind in ("ALL", "NEW", "CHURN")
        ],
        "subscriptions": [
            "/subscriptions/",
            *(
                f"/subscriptions/?{one}"
                for one in ("sort=monthly", "status=PAUSED", "status=LEAVING", f"plan={plan}", "q=L12")
            ),
        ],
        "renewals and agreed ends": [
            f"/subscriptions/{name}/?within={within}{more}"
            for name in ("renewals", "endings")
            for within in (30, 90)
            for more in ("", f"&plan={plan}")
        ],
        "revisions and complaints": [
            "/service/concerns/",
            *(
                f"/service/concerns/?{one}"
                for one in ("kind=REVISION", "who=NOBODY", "done=1", "done=1&kind=REVISION", "who=ME")
            ),
            *(f"/service/concerns/?customer={one}" for one in somebody),
        ],
        "contracts": [
            "/service/contracts/",
            *(
                f"/service/contracts/?{one}"
                for one in ("state=ENDING", "state=OVER", "state=ALL", "who=NOBODY", "who=ME")
            ),
            *(f"/service/contracts/?customer={one}" for one in somebody),
        ],
        "influence": ["/service/influence/"] * each,
        "price list of a seller": [
            f"/service/prices/{seller}/",
            *(f"/service/prices/{seller}/?q={one}" for one in ("produk", "Produk+4999", "P12", "zzqx")),
        ],
        _SERVED: [f"/service/of/{one}/" for one in somebody],
    }
