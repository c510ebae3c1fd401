"""Setia's API beside BottleCRM 1.35.0's: leads, opportunities and their board; the same PostgreSQL and web server.

BottleCRM (`django-crm`, MIT) is an API for Python 3.12 and newer that keeps firms apart by the database's row security;
its pages are a program of their own, which no registry holds. So an answer of its API stands beside one of Setia's API:
fifty open rows, at any depth, asked for as its web client does, with an access token that its own sign-in gave. Its
board, at most a hundred cards a column, stands beside Setia's whole page, twenty cards a column at first. What Setia's
own list pages take is in the notes.

Each side has as many leads (Setia: prospects) and a fifth as many opportunities over the stages of one pipeline, filled
in by BottleCRM's models and by `bench.sold`, and is asked by somebody who sees all. Both run under granian with one
worker and as many threads; BottleCRM has its pool of connections switched on, and neither Redis nor Celery, which no
list needs. Its lists send every account and contact of the firm along: it is given one account for five opportunities,
and no contacts. The sizes grow tenfold, as far as it bears.
"""

import json
import os
import random
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bench import pages
from bench.http import Browser, percentile
from bench.report import Row
from bench.running import up
from bench.served import command, served, serving_threads
from bench.workshop import Unavailable, Workshop, peer

_NAME = "BottleCRM 1.35.0"
_PACKAGES = ("django-crm==1.35.0", "granian==2.8.7")
_THEIRS, _OURS = "bench_bottle", "bench_beside_bottle"
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_ROWS = 50
_FILLED_WITHIN_SECONDS, _BORNE_MS = 300, 3_000
_WARM_SECONDS, _ASKED_SECONDS, _LEAST = 10, 60, 10
_TOKEN = """
import django; django.setup()
from django.utils import timezone
from setia.accounts.models import User
from setia.api.actions import make_token
made, secret = make_token(by=User.objects.get(email="{email}"), at=timezone.now(), name="bench", scopes=["sales.view"],
                          per_minute=1_000_000)
print(secret)
"""


@dataclass(frozen=True)
class Asked:
    """What is compared: what Setia and BottleCRM call it, and under which address of Setia's a person finds it."""

    what: str
    ours: str
    theirs: str
    page: str


_LISTS = (
    Asked("leads", "/api/v1/prospects", "/api/leads/?open=true", "/sales/prospects/"),
    Asked("opportunities", "/api/v1/opportunities", "/api/opportunities/?open=true", "/sales/opportunities/"),
)
_THEIR_BOARD, _OUR_BOARD = "/api/opportunities/kanban/?open=true", "/sales/board/"

Times = dict[str, list[float]]
"""Milliseconds of each request, by what was asked for."""


def measure(shop: Workshop, *, leads: int, requests: int) -> list[Row]:
    """Rows about growing numbers, up to so many leads. Raises `Unavailable`."""
    python = peer(shop.folder, "bottle", *_PACKAGES, wants=(3, 12))
    sizes = [*(size for size in _SIZES if size < leads), leads]
    rows: list[Row] = []
    for place, size in enumerate(sizes):
        try:
            seconds, theirs = _theirs(shop, python, size, requests)
        except (OSError, RuntimeError, Unavailable) as why:
            if not rows:
                raise Unavailable(str(why)) from why
            rows.append(Row(f"{size:,} leads", None, peer=_NAME, note=f"more than it bears: {why}"))
            break
        rows += _rows(size, _ours(shop, size, requests), theirs)
        slowest = max(percentile(found, 0.95) for found in theirs.values())
        if place + 1 < len(sizes) and (seconds > _FILLED_WITHIN_SECONDS or slowest > _BORNE_MS):
            note = f"not tried: {size:,} filled in {seconds:.0f} s, and its slowest answer took {slowest:,.0f} ms (p95)"
            rows.append(Row(f"{sizes[place + 1]:,} leads", None, peer=_NAME, note=note))
            break
    return rows


def _rows(size: int, ours: Times, theirs: Times) -> list[Row]:
    rows = []
    for what in ("leads", "opportunities", "board"):
        mine, its = ours[what], theirs[what]
        note = f"medians {percentile(mine, 0.5):.0f} and {percentile(its, 0.5):.0f} ms"
        if what == "board":
            title = f"board of {size // 5:,} opportunities, page beside API: p95 of {len(mine)}"
        else:
            number = size if what == "leads" else size // 5
            title = f"API, list of {number:,} {what}: p95 of {len(mine)} at any depth"
            note += f"; Setia's page of the same: p95 {percentile(ours[f'{what}, page'], 0.95):.0f} ms"
        if len(its) < len(mine):
            note += f"; {len(its)} asked of the peer"
        rows.append(Row(title, percentile(mine, 0.95), "ms", peer=_NAME, peer_value=percentile(its, 0.95), note=note))
    return rows


def _theirs(shop: Workshop, python: Path, leads: int, requests: int) -> tuple[float, Times]:
    """The seconds it took to fill BottleCRM's tables, near none where they were full, and what its API takes."""
    database, folder = f"{_THEIRS}_{leads}", shop.folder / "bottle-files"
    folder.mkdir(exist_ok=True)
    if not shop.exists(database):
        if not shop.exists(_THEIRS):
            shop.create(_THEIRS)
        migrate = [str(python), "-m", "django", "migrate", "-v0"]
        command(_NAME, migrate, _environment(shop, _THEIRS), folder=folder)
        shop.clone(database, of=_THEIRS)
    environment = _environment(shop, database)
    begun = time.monotonic()
    fill = [str(python), "-m", "bottle_filled", str(leads), str(leads // 5)]
    link = command(_NAME, fill, environment, folder=folder).split()[-1]
    seconds = time.monotonic() - begun
    shop.settle()
    log = shop.folder / "bottle.log"
    with served(_NAME, python, "crm.wsgi:application", environment, log=log, folder=folder) as port:
        browser = Browser(port)
        browser.headers = {"Accept": "application/json"}
        status, answer = browser.post("/api/auth/magic-link/verify/", {"token": link})
        if status != HTTPStatus.OK:
            raise Unavailable(f"{_NAME} let nobody in: {answer[:200]}")
        browser.headers["Authorization"] = f"Bearer {json.loads(answer)['access_token']}"
        _complete(browser, leads)
        times = {
            one.what: _timings(
                browser, [f"{one.theirs}&limit={_ROWS}&offset={_ROWS * page}" for page in _depths(one, leads, requests)]
            )
            for one in _LISTS
        }
        return seconds, times | {"board": _timings(browser, [_THEIR_BOARD] * requests)}


def _complete(browser: Browser, leads: int) -> None:
    """That its answers hold what they should, so that nothing quick is empty. Raises `Unavailable`."""
    first = {one.what: _json(browser, f"{one.theirs}&limit={_ROWS}") for one in _LISTS}
    listed = first["leads"]["open_leads"]
    board = _json(browser, _THEIR_BOARD)
    found = [
        (listed["leads_count"], leads),
        (len(listed["open_leads"]), min(_ROWS, leads)),
        (first["opportunities"]["opportunities_count"], leads // 5),
        (len(first["opportunities"]["opportunities"]), min(_ROWS, leads // 5)),
        (board["total_items"], leads // 5),
    ]
    if any(there != wanted for there, wanted in found):
        raise Unavailable(f"{_NAME} shows other numbers than it was given: {found}")


def _ours(shop: Workshop, prospects: int, requests: int) -> Times:
    """What Setia's API and pages take with as many."""
    database, open_ = f"{_OURS}_{prospects}", prospects // 5
    if not shop.exists(database):
        shop.clone(database)
    shop.setia("manage", "migrate", "-v0", database=database)
    sizes = {"customers": prospects, "open": open_, "opportunities": open_, "activities": 0}
    known = json.loads(pages.python(shop, database, "-m", "bench.sold", json.dumps(sizes)).strip().splitlines()[-1])
    secret = pages.python(shop, database, "-c", _TOKEN.format(email=known["who"]["owner"])).split()[-1]
    shop.settle()
    with up(shop.environment(database), log=shop.folder / "up.log") as running:
        program, person = Browser(running.port), Browser(running.port)
        program.headers = {"Accept": "application/json", "Authorization": f"Bearer {secret}"}
        person.sign_in("/sign-in/", "login", known["who"]["owner"], known["password"])
        times = {"board": _timings(person, [_OUR_BOARD] * requests)}
        for one in _LISTS:
            there = _walk(program, one.ours)
            number = prospects if one.what == "leads" else open_
            if len(there) != -(-number // _ROWS):
                raise Unavailable(f"Setia lists {len(there)} pages of {number} {one.what}")
            times[one.what] = _timings(program, [there[page] for page in _depths(one, prospects, requests)])
            shown = pages.walk(person, one.page, pages=requests)
            times[f"{one.what}, page"] = _timings(person, random.Random(requests).choices(shown, k=requests))
        return times


def _depths(one: Asked, leads: int, requests: int) -> list[int]:
    """Which pages are asked for, from 0: the same ones of both."""
    number = leads if one.what == "leads" else leads // 5
    draw = random.Random(requests)
    return [draw.randrange(max(number // _ROWS, 1)) for _turn in range(requests)]


def _walk(browser: Browser, path: str) -> list[str]:
    """The address of every page of one of Setia's lists, as each answer names the next."""
    found = [f"{path}?limit={_ROWS}"]
    while later := _json(browser, found[-1])["next"]:
        found.append(f"{path}?limit={_ROWS}&cursor={quote(later)}")
    return found


def _timings(browser: Browser, paths: list[str]) -> list[float]:
    """Milliseconds of each request after some that warm up: of all, or of as many as a minute allows."""
    begun = time.monotonic()
    for path in paths[: 2 * _LEAST]:
        browser.time(path)
        if time.monotonic() - begun > _WARM_SECONDS:
            break
    begun, found = time.monotonic(), []
    for path in paths:
        found.append(browser.time(path)[0])
        if len(found) >= _LEAST and time.monotonic() - begun > _ASKED_SECONDS:
            break
    return found


def _json(browser: Browser, path: str) -> dict[str, Any]:
    return dict(json.loads(browser.time(path)[1]))


def _environment(shop: Workshop, database: str) -> dict[str, str]:
    """BottleCRM's settings are read from here; what is not named is as its makers have it, debugging off."""
    address = urlsplit(shop.url(database))
    asked = parse_qs(address.query)
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "PYTHONPATH": str(Path(__file__).parent / "bottle_site"),
        "PYTHONWARNINGS": "ignore",
        "SECRET_KEY": "only for a measurement on this machine, in a database that is thrown away",
        "DEBUG": "False",
        "DBNAME": address.path.lstrip("/"),
        "DBUSER": address.username or "",
        "DBPASSWORD": "",
        "DBHOST": asked["host"][0],
        "DBPORT": asked["port"][0],
        "DB_POOL_ENABLED": "true",
        "DB_POOL_MAX_SIZE": str(serving_threads()),
        "CELERY_BROKER_URL": "memory://",
    }
