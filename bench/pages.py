"""What the server takes for a page, and how many questions it asks the database, on the demo shop at full size.

One signed-in browser over one kept-open connection to `setia up`, warm, one request after the other: the list at many
depths, in its orders and filters, searches by parts of names, numbers and telephones, records of customers drawn at
random, and home. Time is from request to the page's end as the browser sees it. Queries are counted by Django in a
process of its own, session and user included; the most of a handful of pages counts.
"""

import json
import random
import re
import sys
from collections.abc import Callable
from html import unescape

from bench.http import Browser, percentile
from bench.portraits import BIG
from bench.report import Row
from bench.running import up
from bench.workshop import Unavailable, Workshop

LIST, HOME = "/customers/", "/"
_WARM = 20
_LATER = re.compile(r'<a\b[^>]*rel="next"[^>]*>')
_HREF = re.compile(r'href="([^"]+)"')
_ORDERS = ("", "?sort=name", "?sort=newest", "?sort=value", "?sort=latest")
_FILTERS = ("?kind=COMPANY", "?region=Kota+Bandung", "?gender=FEMALE", "?role=INTERMEDIARY", "?archived=1")

# What, most queries, most milliseconds. A list narrowed by a text is a list by its queries and a search by its time.
_ASKED: dict[str, tuple[int | None, int]] = {
    "customer list": (8, 100),
    "search box": (4, 150),
    "list searched": (8, 150),
    "customer record": (15, 150),
    "home": (None, 300),
}


def measure(shop: Workshop, *, requests: int, customers: int) -> list[Row]:
    """Rows about pages; the demo shop must be loaded."""
    first, latest = _ids(shop)
    draw = random.Random(7)
    environment = shop.environment(BIG)
    with up(environment, log=shop.folder / "up.log") as running:
        browser = Browser(running.port)
        browser.sign_in("/sign-in/", "login", *login(shop, BIG))
        paths = _paths(browser, shop, draw, requests, (first, latest))
        timed: dict[str, list[float] | str] = {}
        for what, asked in paths.items():
            try:
                timed[what] = timings(browser, asked)
            except RuntimeError as why:
                timed[what] = str(why)
    some = {what: asked[:: max(len(asked) // 12, 1)] for what, asked in paths.items() if isinstance(timed[what], list)}
    counted = queries(shop, some)
    rows = []
    for what, (most_queries, most_ms) in _ASKED.items():
        found = timed[what]
        if isinstance(found, str):
            rows.append(Row(what, None, note=found))
            continue
        rows.append(
            Row(
                f"{what}: p95 of {len(found)} requests, {customers:,} customers",
                percentile(found, 0.95),
                "ms",
                limit=most_ms,
                note=f"median {percentile(found, 0.5):.0f} ms, slowest {max(found):.0f} ms",
            )
        )
        rows.append(Row(f"{what}: SQL queries", counted[what], "", limit=most_queries))
    return rows


def timings(browser: Browser, paths: list[str]) -> list[float]:
    """Milliseconds a request, after some that warm up."""
    for path in paths[:_WARM]:
        browser.time(path)
    return [browser.time(path)[0] for path in paths]


def walk(browser: Browser, path: str, *, pages: int) -> list[str]:
    """The address of a list and of the pages after it, as its own links lead."""
    found = [path]
    base = path.split("?")[0]
    while len(found) < pages:
        _milliseconds, page = browser.time(found[-1])
        link = _LATER.search(page)
        href = _HREF.search(link[0]) if link else None
        if not href:
            break
        address = unescape(href[1])
        found.append(base + address if address.startswith("?") else address)
    return found


def _paths(
    browser: Browser, shop: Workshop, draw: random.Random, requests: int, ids: tuple[int, int]
) -> dict[str, list[str]]:
    lists = [one for order in _ORDERS for one in walk(browser, LIST + order, pages=requests // 8)]
    lists += [one for narrow in _FILTERS for one in walk(browser, LIST + narrow, pages=requests // 16)]
    typed = texts(shop, requests)
    records = [f"{LIST}{draw.randint(*ids)}/" for _turn in range(requests)]
    pick: Callable[[list[str]], list[str]] = lambda found: draw.choices(found, k=requests)  # noqa: E731
    return {
        "customer list": pick(lists),
        "search box": [f"{LIST}search/?field=who&who_q={text}" for text in typed],
        "list searched": [f"{LIST}?q={text}" for text in typed],
        "customer record": records,
        "home": [HOME] * requests,
    }


def texts(shop: Workshop, count: int) -> list[str]:
    """What people type: the beginning of a name, a word inside one, a number, half a telephone number, nonsense."""
    draw = random.Random(count)
    first, latest = _ids(shop)
    found = []
    for _turn in range(count):
        name, number, phone = shop.ask(
            BIG,
            "SELECT COALESCE(NULLIF(name, ''), 'budi'), number, COALESCE((SELECT value FROM customers_contactpoint p"
            f" WHERE p.customer_id = c.id AND kind IN ('PHONE', 'WHATSAPP') LIMIT 1), '+6286112345678')"
            f" FROM customers_customer c WHERE id >= {draw.randint(first, latest)} ORDER BY id LIMIT 1",
        )
        word = draw.choice(name.split())
        found.append(
            draw.choice([name[:3], word[:4], word, name, number, "0" + phone[3:8], phone[-6:], "zzqx"]).strip()
        )
    return [re.sub(r"[^\w]", lambda sign: f"%{ord(sign[0]):02X}", text) for text in found]


def _ids(shop: Workshop) -> tuple[int, int]:
    found = shop.ask(BIG, "SELECT min(id), max(id) FROM customers_customer") if shop.exists(BIG) else (None, None)
    if found[0] is None:
        raise Unavailable("the demo shop is not loaded")
    return int(found[0]), int(found[1])


def login(shop: Workshop, database: str) -> tuple[str, str]:
    """Address and password of the demo's owner."""
    code = "import django; django.setup(); from setia.demo.actions import login; print('\\n'.join(login()))"
    email, password = python(shop, database, "-c", code).strip().splitlines()[-2:]
    return email, password


def queries(shop: Workshop, paths: dict[str, list[str]], *, database: str = BIG, email: str = "") -> dict[str, float]:
    """The most queries one of these pages asked, per kind of page; as the owner sees them, or as somebody else."""
    answer = python(shop, database, "-m", "bench.counted", json.dumps(paths), email)
    return {what: float(most) for what, most in json.loads(answer.strip().splitlines()[-1]).items()}


def python(shop: Workshop, database: str, *arguments: str) -> str:
    """What a program of ours prints that works on this database."""
    environment = "DJANGO_SETTINGS_MODULE=setia.config.settings"
    return shop.run(["env", environment, sys.executable, *arguments], database).output
