"""A real Chromium in front of a live server, for tests that a page behaves: fixtures and what they hand out.

    @pytest.mark.browser
    @pytest.mark.django_db(transaction=True)
    def test_…(visit: Visit) -> None:
        tab = visit(ratna)                     # signed in as that user; visit() alone: nobody
        tab.goto("/customers/")
        tab.page.get_by_role("heading", name="Pelanggan")
        tab.check()                            # axe, console, content policy, lost files, sideways scroll

A tab remembers every console error, policy violation and failed request; `calm` says that there were none. Where no
Chromium is installed these tests are skipped and say so. With SETIA_SHOTS=<folder> in the environment, `shot` keeps
pictures there for somebody to look at.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# As root there is no sandbox to be had; the rest keeps the browser from calling home while a test runs.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 60_000
"""The first page of a busy machine may take ten seconds, a new browser twice that."""
expect.set_options(timeout=PATIENCE_MS)
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
# Set before any of the page's own scripts: violations are kept where the test can read them.
_WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', event => window.__violations.push(
  `${event.violatedDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


class Tab:
    """One page of the browser, with what went wrong on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.troubles: list[str] = []
        # A page that answers 4xx on purpose is named here by the test; its own console line is then no trouble.
        self.expected: set[int] = set()
        page.add_init_script(_WATCH)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.troubles.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        # A search that is typed on gives up the answer it no longer wants.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.troubles.append(f"no answer: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"answer {response.status}: {response.url}")

    def goto(self, path: str) -> "Tab":
        """Open a path of the live server and wait until nothing is on its way."""
        self.page.goto(self.base + path)
        return self.settle()

    def goto_watching(self, path: str) -> "Tab":
        """Open a path whose page keeps a stream open, so that something is always on its way."""
        self.page.goto(self.base + path)
        return self

    def settle(self) -> "Tab":
        """Wait until nothing is on its way, and what came stands in the page."""
        self.page.wait_for_load_state("networkidle")
        return self.stands()

    def stands(self) -> "Tab":
        """Wait until what came stands in the page: before that, its buttons do nothing yet and the focus may move."""
        # Of a page that was exchanged in place the browser says nothing; htmx marks what it has not finished.
        self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
        return self

    def calm(self) -> None:
        """Fails with every console error, policy violation and lost file since the tab was opened."""
        violations: list[str] = self.page.evaluate("window.__violations")
        assert not self.troubles + violations, "\n".join([self.page.url, *self.troubles, *violations])

    def fits(self) -> None:
        """Fails when the page scrolls sideways."""
        wide, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= room, f"{self.page.url} is {wide} px wide in {room}"

    def reads_well(self) -> None:
        """Fails with what axe finds against WCAG 2.2 AA."""
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        # Without a report on what is in order, which takes as long again, and brought to each page once.
        axe = Axe()
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe.axe_script)
        options = {"runOnly": rules, "resultTypes": ["violations"]}
        found = AxeResults(self.page.evaluate("options => axe.run(options)", options))
        lines = [
            f"{one['id']}: {one['help']}\n    {node['html'][:200]}\n    {node['failureSummary'][:300]}"
            for one in found.response["violations"]
            for node in one["nodes"][:3]
        ]
        assert not lines, "\n".join([self.page.url, *lines])

    def shot(self, name: str) -> "Tab":
        """A picture of the whole page, where the environment says that somebody wants to look."""
        if folder := os.environ.get("SETIA_SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        return self

    def check(self) -> None:
        """`calm`, `fits` and `reads_well` together, of a page that stands."""
        self.stands()
        self.calm()
        self.fits()
        self.reads_well()


Visit = Callable[..., Tab]


def shown(place: Locator, text: str) -> None:
    """Wait until a text stands there."""
    expect(place).to_contain_text(text)


def ended_boards() -> None:
    """Send home who still watches the team board, and wait for its hub: a thread of it would outlive the test."""
    from setia.sales.live import board

    for one in board.watches():
        one.end("ask")
        one.close()
    board.ring()
    for thread in threading.enumerate():
        if thread.name == "live board":
            thread.join(30)


def _driver_runs() -> bool:
    """A bare Debian lacks a library that the driver's Node wants."""
    node, _script = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of one file of tests, started when the first of them asks for it.

    Not of the whole run: Playwright keeps an event loop running in this thread, in which no other test could start one.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt install chromium")
    if not _driver_runs():
        pytest.skip("Playwright's driver does not run here: apt install libatomic1")
    # Playwright's own event loop makes Django suspect every query of being asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """Opens tabs: `visit(user, size="phone", language="en", dark=True)`; all are closed after the test."""
    contexts = []

    def open_tab(user: Any = None, *, size: str = "desk", language: str = "id", dark: bool = False) -> Tab:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale={"id": "id-ID", "en": "en-GB"}[language],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            has_touch=size == "phone",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return Tab(context.new_page(), live_server.url)

    yield open_tab
    for context in contexts:
        context.close()
    _let_it_answer()


def _let_it_answer() -> None:
    """Wait until the server has answered what closed tabs still asked: emptying the tables would collide with it."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _attempt in range(200):
        with connection.cursor() as cursor:
            cursor.execute(f"{busy} AND state <> 'idle'")
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
