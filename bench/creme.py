"""Setia's lists beside Creme CRM 2.8.6's: customers, prospects, opportunities; the same PostgreSQL and web server.

Creme's contacts are made by its own `entity_factory` and its prospects and opportunities by its own models, one after
the other, which is what bounds their number: of each of the latter a fifth of the contacts. Setia's customers are the
demo's, with as many prospects and opportunities. Both run under granian with one worker and as many threads, both show
fifty rows a page, and both are asked by one signed-in browser for pages drawn at random and for a search by part of a
name. Creme's list of leads shows organisations that are a prospect of the firm's, with what they are to it.
"""

import os
import random
from pathlib import Path

from bench import pages
from bench.http import Browser, percentile
from bench.report import Row
from bench.running import up
from bench.served import command, served
from bench.workshop import Workshop, peer

_THEIRS, _OURS = "bench_creme", "bench_beside_creme"
_ROWS = 50
_LISTS = {
    "opportunities": ("/sales/opportunities/", "/opportunities/opportunities"),
    "prospects": ("/sales/prospects/", "/persons/leads_customers"),
}
_PIECES = ("an", "mar", "son", "le", "ri", "ber", "to", "el")


def measure(shop: Workshop, *, contacts: int, requests: int) -> list[Row]:
    """Rows about both lists. Raises `Unavailable`."""
    python = peer(shop.folder, "creme", "creme-crm==2.8.6", "psycopg2-binary", "granian==2.8.7", "factory_boy", "faker")
    environment = _environment(shop)
    _fill(shop, python, environment, contacts)
    sold, name = contacts // 5, "Creme 2.8.6"
    command("Creme", [str(python), "-m", "creme_sold", str(sold)], environment)
    deep = [random.Random(turn).randint(1, sold // _ROWS) for turn in range(requests)]
    draw = random.Random(7)
    with served("Creme", python, "creme_wsgi:application", environment, log=shop.folder / "creme.log") as port:
        browser = Browser(port)
        browser.sign_in("/creme_login/", "username", "root", "root")
        list_paths = [
            f"/persons/contacts?rows={_ROWS}&search-regular_field-last_name=&page={draw.randint(1, contacts // _ROWS)}"
            for _turn in range(requests)
        ]
        search_paths = [
            f"/persons/contacts?rows={_ROWS}&page=1&search-regular_field-last_name={draw.choice(_PIECES)}"
            for _turn in range(requests)
        ]
        their_list = pages.timings(browser, list_paths)
        their_search = pages.timings(browser, search_paths)
        theirs = {
            what: pages.timings(browser, [f"{path}?rows={_ROWS}&page={number}" for number in deep])
            for what, (_ours, path) in _LISTS.items()
        }
    if not shop.exists(_OURS):
        shop.clone(_OURS)
    shop.setia("manage", "migrate", "-v0", database=_OURS)
    shop.setia("demo", "--customers", str(contacts), database=_OURS)
    pages.python(shop, _OURS, "-m", "bench.beside", str(sold))
    with up(shop.environment(_OURS), log=shop.folder / "up.log") as running:
        browser = Browser(running.port)
        browser.sign_in("/sign-in/", "login", *pages.login(shop, _OURS))
        found = pages.walk(browser, pages.LIST, pages=contacts // _ROWS)
        our_list = pages.timings(browser, draw.choices(found, k=requests))
        our_search = pages.timings(browser, [f"{pages.LIST}?q={draw.choice(_PIECES)}" for _turn in range(requests)])
        ours = {}
        for what, (path, _theirs) in _LISTS.items():
            there = pages.walk(browser, path, pages=sold // _ROWS)
            ours[what] = pages.timings(browser, [there[min(number, len(there)) - 1] for number in deep])
    return [
        Row(
            f"list of {contacts:,}: p95 of {requests} pages at any depth",
            percentile(our_list, 0.95),
            "ms",
            peer=name,
            peer_value=percentile(their_list, 0.95),
            note=f"medians {percentile(our_list, 0.5):.0f} and {percentile(their_list, 0.5):.0f} ms",
        ),
        Row(
            f"search by part of a name, {contacts:,}: p95 of {requests}",
            percentile(our_search, 0.95),
            "ms",
            peer=name,
            peer_value=percentile(their_search, 0.95),
            note=f"medians {percentile(our_search, 0.5):.0f} and {percentile(their_search, 0.5):.0f} ms",
        ),
        *(
            Row(
                f"list of {sold:,} {what}: p95 of {requests} pages at any depth",
                percentile(ours[what], 0.95),
                "ms",
                peer=name,
                peer_value=percentile(theirs[what], 0.95),
                note=f"medians {percentile(ours[what], 0.5):.0f} and {percentile(theirs[what], 0.5):.0f} ms",
            )
            for what in _LISTS
        ),
    ]


def _environment(shop: Workshop) -> dict[str, str]:
    folder = shop.folder / "creme-files"
    (folder / "upload").mkdir(parents=True, exist_ok=True)
    return dict(os.environ) | {
        "DATABASE_URL": shop.url(_THEIRS),
        "DJANGO_SETTINGS_MODULE": "creme_settings",
        "PYTHONPATH": f"{Path(__file__).parent / 'creme_site'}{os.pathsep}{folder}",
        "PYTHONWARNINGS": "ignore",
        "BENCH_CREME_FOLDER": str(folder),
    }


def _fill(shop: Workshop, python: Path, environment: dict[str, str], contacts: int) -> None:
    """Creme's tables with about `contacts` contacts; those of an earlier run are used again."""
    folder = Path(environment["BENCH_CREME_FOLDER"])
    full = shop.exists(_THEIRS) and shop.ask(_THEIRS, "SELECT to_regclass('persons_contact')") != (None,)
    there = int(shop.ask(_THEIRS, "SELECT count(*) FROM persons_contact")[0]) if full else 0
    commands = []
    if there < contacts // 2 or not (folder / "_generated_media_names.py").exists():
        shop.drop(_THEIRS)
        shop.create(_THEIRS)
        there = 0
        commands = [["migrate", "-v0"], ["creme_populate", "-v0"], ["generatemedia"]]
    if contacts - there > contacts // 100:
        commands.append(["entity_factory", "--number", str(contacts - there), "--language", "id", "-v0"])
    for words in commands:
        command("Creme", [str(python), "-m", "django", *words], environment)
