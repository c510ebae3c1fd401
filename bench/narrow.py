"""What a list takes when it is narrowed: by a firm's own fields, and by what a person may see.

On a copy of the demo shop at full size, in which each customer has values of six own fields and some have somebody who
is responsible for them. Filters are drawn from rare to frequent values of every type, in every order of the list.
"""

import json
import random
from typing import Any

from bench.http import Browser, percentile
from bench.pages import LIST, login, python, queries, texts, timings
from bench.portraits import BIG
from bench.report import Row
from bench.running import up
from bench.workshop import Workshop

NARROWED = "bench_narrowed"
_ORDERS = ("", "&sort=name", "&sort=newest", "&sort=latest")


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about narrowed lists; the demo shop must be loaded."""
    if not shop.exists(NARROWED):
        shop.clone(NARROWED, of=BIG)
    shop.setia("manage", "migrate", "-v0", database=NARROWED)
    known = json.loads(python(shop, NARROWED, "-m", "bench.narrowed").strip().splitlines()[-1])
    draw = random.Random(11)
    searched = [f"{LIST}?q={text}" for text in texts(shop, requests // 2)]
    pages = {
        "filtered by an own field": ("", _filtered(known, draw, requests)),
        "sorted by an own field": ("", _sorted(known)),
    }
    plain = [f"{LIST}?{order}" for order in (*_ORDERS, "&kind=COMPANY", "&stage=LOYALTY", "&base=LOYAL")]
    for email, words in ((known["own"], "5,000 of one's own"), (known["team"], "50,000 of a team")):
        pages[f"list of {words}"] = (email, draw.choices(plain, k=requests // 2))
        pages[f"search within {words}"] = (email, searched)
    with up(shop.environment(NARROWED), log=shop.folder / "up.log") as running:
        return [
            row
            for what, (email, asked) in pages.items()
            for row in _rows(shop, Browser(running.port), what, (email, known["password"]), asked, customers)
        ]


def _rows(
    shop: Workshop, browser: Browser, what: str, secret: tuple[str, str], asked: list[str], customers: int
) -> list[Row]:
    browser.sign_in("/sign-in/", "login", *(secret if secret[0] else login(shop, NARROWED)))
    found = timings(browser, asked)
    some = {what: asked[:: max(len(asked) // 12, 1)]}
    return [
        Row(
            f"{what}: p95 of {len(found)} requests, {customers:,} customers",
            percentile(found, 0.95),
            "ms",
            limit=150,
            note=f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms",
        ),
        Row(f"{what}: SQL queries", queries(shop, some, database=NARROWED, email=secret[0])[what], "", limit=8),
    ]


def _filtered(known: dict[str, Any], draw: random.Random, requests: int) -> list[str]:
    key, options = known["keys"], known["options"]
    limit, points, contract = key["Limit"], key["Points"], key["Contract"]
    amounts = (1, 2000), (5 * 10**5, 7 * 10**5), (9 * 10**8, 10**9)
    filters = [
        *(f"{limit}_from={low}&{limit}_to={high}" for low, high in amounts),
        *(f"{limit}={word}" for word in ("none", "any")),
        *(f"{points}_from={low}&{points}_to={high}" for low, high in ((10, 10), (990, 995), (500, 999))),
        *(f"{contract}_from={day}&{contract}_to={until}" for day, until in (
            ("2024-01-01", "2024-01-31"), ("2024-01-01", "2024-12-31"), ("2021-03-03", "2021-03-03"))),
        f"{contract}=none",
        *(f"{key['Tier']}={one}" for one in options),
        *(f"{key['Taste']}={text}" for text in ("manis", "langka", "gurih+langka", "none", "zzqx")),
        *(f"{key['Seller']}={one}" for one in (known["first"] + 5, "none", "any")),
        f"{key['Tier']}={options[2]}&{contract}_from=2024-01-01&{contract}_to=2024-01-31",
        f"{key['Tier']}={options[4]}&stage=LOYALTY",
        f"{limit}_from=900000000&q=siti",
    ]  # fmt: skip
    orders = (*_ORDERS, f"&sort={limit}", f"&sort=-{points}")
    return [f"{LIST}?{draw.choice(filters)}{draw.choice(orders)}" for _turn in range(requests)]


def _sorted(known: dict[str, Any]) -> list[str]:
    return [f"{LIST}?sort={sign}{key}&cols={key}" for key in known["keys"].values() for sign in ("", "-")] * 4
