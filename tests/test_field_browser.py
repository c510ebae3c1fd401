"""The field day in a real browser: what is entered without a network is sent once each, whatever breaks on the way."""

import io
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import APIResponse, Browser, BrowserContext, Error, FilePayload, Page, Route

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import Customer, CustomerFile, TimelineEntry
from setia.orders.models import Order
from setia.sales import actions
from setia.sales.models import Activity, FieldAction, Visit, VisitPhoto
from tests.broken_proxy import FATES, BrokenProxy
from tests.browser import CHROMIUM, FLAGS, PATIENCE_MS, Tab
from tests.browser import Visit as Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATH = "/sales/field/"
KILO = Decimal(385_000)
# What lies on the device, and how much of it the key that lies there opens.
INSIDE = """async () => {
  const asked = request => new Promise(done => { request.onsuccess = () => done(request.result); });
  const db = await asked(indexedDB.open('setia-field'));
  const all = name => asked(db.transaction(name).objectStore(name).getAll());
  const people = await all('people'), days = await all('days'), queue = await all('queue');
  let opened = 0;
  for (const row of queue) {
    try {
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, people[0].key, row.data);
      opened += 1;
    } catch { /* locked */ }
  }
  return { people: people.map(one => one.id), days: days.map(one => one.person), queue: queue.length, opened };
}"""

# Counts what has reached the disk: a photo that has not is nobody's loss yet.
COUNT_KEPT = """() => {
  const keep = SetiaField.keep;
  window.kept = 0;
  SetiaField.keep = async (...all) => { const key = await keep(...all); window.kept += 1; return key; };
}"""
# Resolves when what is being sent has ended and is drawn: no button is exchanged then while a finger is on it.
AT_REST = """async () => {
  await SetiaField.send(() => {});
  SetiaField.kept();
  const drawn = () => new Promise(requestAnimationFrame);
  while (document.body.dataset.items !== String(await SetiaField.store.count())) await drawn();
}"""
# What the page does every half minute, at once after one another, until nothing waits.
SEND_ALL = """async () => {
  for (let turn = 0; turn < 100 && await SetiaField.store.count(); turn += 1)
    if (await SetiaField.refresh() === 'online') await SetiaField.send(() => {});
  return SetiaField.store.count();
}"""


@pytest.fixture
def sari() -> User:
    """She sells, and reads English."""
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara", "language": "en"})
    return User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)


@pytest.fixture
def visit_of_budi(sari: User) -> Activity:
    """A visit planned for today, of a customer with a number and an address."""
    now = timezone.now()
    contacts = [("WHATSAPP", "0812-2045-7781"), ("ADDRESS", "Jl. Braga 8, Bandung")]
    budi = customers.add(by=sari, at=now, name="Budi Hartono", contacts=contacts)
    Customer.objects.filter(pk=budi.pk).update(owner=sari)
    budi.refresh_from_db()
    return actions.plan_activity(
        by=sari, at=now, kind="VISIT", title="Kopi baru", customer=budi, due_date=timezone.localdate()
    )


def opened(tab: Tab) -> Page:
    """The page with its day, kept on the device by the worker."""
    tab.goto(PATH)
    tab.page.locator("#bar").wait_for()
    tab.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return tab.page


def sent(page: Page) -> None:
    """Wait until nothing waits any more."""
    page.locator("body[data-items='0']").wait_for()


def note(page: Page, text: str) -> None:
    """Enter a note, by the page's own store: what its form does, thirty times as fast."""
    page.evaluate("text => SetiaField.keep('NOTE', { body: text }, text).then(() => { SetiaField.kept(); })", text)


class Telephone:
    """A phone with its own memory, which dies without a word: the browser is killed, its profile stays."""

    def __init__(self, browser: Browser, memory: Path, base: str, cookie: str) -> None:
        self.browser, self.memory, self.base, self.cookie = browser, memory, base, cookie
        self.start()

    def start(self) -> None:
        """Switched on, signed in, and the day open."""
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.memory),
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": 390, "height": 844},
            locale="en-GB",
            has_touch=True,
            timeout=PATIENCE_MS,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": self.cookie, "url": self.base}])
        self.open()

    def open(self) -> None:
        """The page with its day, in a new tab."""
        self.page = self.context.new_page()
        self.page.goto(self.base + PATH)
        self.page.locator("#bar").wait_for()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # else nothing opens without a network
        self.page.evaluate(COUNT_KEPT)

    def network(self, on: bool) -> None:
        """Come into reach, or leave it."""
        self.context.set_offline(not on)
        if on:
            self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def close_tab(self) -> None:
        """The tab is closed while it may be sending, and opened again."""
        self.page.close(run_before_unload=False)
        self.open()

    def die(self) -> None:
        """Every process of this browser is killed at once; then it is switched on again."""
        mine = f"--user-data-dir={self.memory}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mine in (process / "cmdline").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        for lock in self.memory.glob("Singleton*"):
            lock.unlink()
        self.start()


def keep(page: Page, kind: str, facts: dict[str, Any], what: str) -> None:
    """Enter a thing by the page's own store: what its form does, thirty times as fast."""
    page.evaluate(
        "([kind, facts, what]) => SetiaField.keep(kind, facts, what).then(SetiaField.kept)", [kind, facts, what]
    )


def snapshot(number: int) -> FilePayload:
    """A picture as a camera makes it, like no other."""
    image = Image.new("L", (9, 8))
    image.putdata([(place * (37 + number * 2) + place // 9 * number * 31) % 256 for place in range(72)])
    out = io.BytesIO()
    image.resize((2400, 1800), Image.Resampling.NEAREST).save(out, "JPEG")
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_thirty_things_are_done_once_each_though_the_network_breaks_the_proxy_repeats_and_the_phone_dies(
    chromium: Browser, live_server: Any, tmp_path: Path, sari: User, visit_of_budi: Activity
) -> None:
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
    gayo = catalogue.add(by=rani, at=timezone.now(), code="GAYO", name="Gayo", price=KILO)
    client, budi = Client(), visit_of_budi.customer_id
    client.force_login(sari)
    proxy, dice = BrokenProxy(live_server.url, f"POST {PATH}send/"), random.Random(20261123)
    with proxy.running() as base:
        phone = Telephone(chromium, tmp_path, base, client.cookies[settings.SESSION_COOKIE_NAME].value)
        phone.network(on=False)
        dialog = phone.page.locator("dialog[open]")
        # By the forms: there, somebody new, and what they order before the server has heard of them.
        phone.page.get_by_role("button", name="Arrive").click()
        dialog.get_by_role("button", name="I am here").click()
        phone.page.locator("body[data-items='1']").wait_for()
        phone.page.locator("#bar").get_by_role("button", name="Prospect").click()
        dialog.get_by_role("button", name="Take them down").click()
        dialog.get_by_text("Give a name, or a way to reach them.").wait_for()
        dialog.get_by_label("Name").fill("Warung Ibu Tuti")
        dialog.get_by_label("WhatsApp").fill("0813-2222-1111")
        dialog.get_by_role("button", name="Take them down").click()
        phone.page.locator("body[data-items='2']").wait_for()
        phone.page.locator("#bar").get_by_role("button", name="Order").click()
        dialog.get_by_role("button", name="Keep the order").click()
        dialog.get_by_text("Say who orders.").wait_for()
        dialog.get_by_label("Customer").select_option(label="Warung Ibu Tuti (new, not sent yet)")
        dialog.get_by_role("button", name="Keep the order").click()
        dialog.get_by_text("Choose a product, or say what it was").wait_for()
        dialog.get_by_label("Product").fill("Gayo · GAYO")
        dialog.get_by_label("Quantity").fill("2")
        dialog.get_by_role("button", name="Keep the order").click()
        phone.page.locator("body[data-items='3']").wait_for()
        things: list[tuple[str, dict[str, Any], str]] = [
            *(("NOTE", {"customer": budi, "body": f"Note {n:02}"}, f"Note {n:02}") for n in range(8)),
            *(("ORDER", {"customer": budi, "lines": _line(gayo, n)}, f"Order {n}") for n in range(1, 7)),
            *(("PROSPECT", {"name": f"Toko {n}", "whatsapp": f"0812-7777-{n:04}"}, f"Toko {n}") for n in range(7)),
            *(("PHOTO", {}, str(n)) for n in range(5)),
        ]
        dice.shuffle(things)
        for number, (kind, facts, what) in enumerate(things):
            if kind == "PHOTO":
                phone.page.evaluate(AT_REST)
                with phone.page.expect_file_chooser() as chosen:
                    phone.page.locator("#going").get_by_role("button", name="Photo").click()
                kept = phone.page.evaluate("window.kept")
                chosen.value.set_files(snapshot(int(what)))
                phone.page.wait_for_function("before => window.kept > before", arg=kept)
            else:
                keep(phone.page, kind, facts, what)
            if dice.random() < 0.25:
                phone.network(on=True)
                phone.page.wait_for_timeout(dice.randrange(20, 200))
                phone.network(on=False)
            if number in (6, 19):
                phone.close_tab()
            elif number == 13:
                phone.die()
                phone.network(on=False)
        phone.page.evaluate(AT_REST)
        phone.page.locator("#going").get_by_role("button", name="Leave").click()
        phone.page.locator("dialog[open]").get_by_role("button", name="Visit done").click()
        phone.network(on=True)
        assert phone.page.evaluate(SEND_ALL) == 0
        phone.context.close()
    assert set(proxy.met) == set(FATES)
    assert Counter(FieldAction.objects.values_list("kind", flat=True)) == {
        "NOTE": 8,
        "ORDER": 7,
        "PROSPECT": 8,
        "PHOTO": 5,
        "CHECK_IN": 1,
        "CHECK_OUT": 1,
    }
    notes = TimelineEntry.objects.filter(kind="NOTE", customer=budi)
    assert sorted(one.data["text"] for one in notes) == [f"Note {n:02}" for n in range(8)]
    ordered = sorted(order.total / KILO for order in Order.objects.all())
    assert ordered == sorted([2, *range(1, 7)])
    tuti = Customer.objects.get(name="Warung Ibu Tuti")
    assert Order.objects.get(customer=tuti).total == 2 * KILO
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(
        ["Budi Hartono", tuti.name, *(f"Toko {n}" for n in range(7))]
    )
    pictures = list(VisitPhoto.objects.select_related("visit"))
    assert {one.visit.activity_id for one in pictures} == {visit_of_budi.pk}
    assert len({one.original for one in pictures}) == CustomerFile.objects.count() == 5
    made = Visit.objects.get()
    assert made.left_at is not None


def _line(product: Product, quantity: int) -> list[dict[str, Any]]:
    price = str(KILO)
    return [{"product": product.pk, "quantity": str(quantity), "unit_price": price, "known": price}]


def test_nobody_else_on_the_device_reads_or_sends_what_one_left_there(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    tab = visit(sari, language="en")
    context: BrowserContext = tab.page.context
    page = opened(tab)
    context.set_offline(True)
    note(page, "Only for Sari")
    page.locator("body[data-items='1']").wait_for()
    tono = User.objects.create_user("tono@kopi.id", None, name="Tono", role=User.Role.SALES)
    mine = context.cookies()
    other = visit(tono, language="en")
    context.clear_cookies()
    context.set_offline(False)
    page.locator("body[data-net='signed-out']").wait_for()
    page.get_by_text("You are signed out.").wait_for()
    assert page.locator("#waiting").get_by_text("Only for Sari").is_visible()
    context.add_cookies(other.page.context.cookies())  # type: ignore[arg-type]
    page.goto(tab.base + PATH)
    page.locator("body[data-net='online']").wait_for()
    page.locator("body[data-items='0']").wait_for()
    page.wait_for_function(f"async () => (await ({INSIDE})()).days.length")  # fetched first, then kept on the device
    assert "Budi" not in page.content()
    everything: Any = page.evaluate(INSIDE)
    assert everything == {"people": [tono.pk], "days": [tono.pk], "queue": 1, "opened": 0}
    assert not FieldAction.objects.exists()
    context.clear_cookies()
    context.add_cookies(mine)  # type: ignore[arg-type]
    page.goto(tab.base + PATH)
    page.locator("body[data-net='online']").wait_for()
    sent(page)
    assert FieldAction.objects.get().person == sari


def test_who_arrived_is_there_although_an_older_answer_comes_late(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    page = opened(visit(sari, size="phone", language="en"))
    context = page.context
    context.set_offline(True)
    page.get_by_role("button", name="Arrive").click()
    page.get_by_role("button", name="I am here").click()
    page.locator("body[data-items='1']").wait_for()
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/sales/field/day/", lambda route: late.append((route, route.fetch())), times=1)
    context.set_offline(False)
    page.evaluate("() => { window.late = SetiaField.refresh(); }")
    while not late:
        page.wait_for_timeout(10)
    page.evaluate("SetiaField.send(() => {})")
    sent(page)
    assert Visit.objects.count() == 1
    route, answer = late[0]
    route.fulfill(response=answer)
    page.evaluate("window.late")
    context.set_offline(True)
    page.evaluate("SetiaField.kept()")
    page.locator("#going").get_by_role("button", name="Photo").wait_for()
    page.reload()
    page.locator("#going").get_by_role("button", name="Photo").wait_for()


def test_a_visit_changed_at_the_desk_stands_beside_what_the_phone_says(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    tab = visit(sari, size="phone", language="en")
    context: BrowserContext = tab.page.context
    page = opened(tab)
    context.set_offline(True)
    page.get_by_role("button", name="Arrive").click()
    page.get_by_role("button", name="I am here").click()
    page.locator("body[data-items='1']").wait_for()
    actions.edit_activity(by=sari, at=timezone.now(), activity=visit_of_budi, title="Tagih dulu")
    tab.expected.add(409)
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("It was changed in Setia meanwhile.").wait_for()
    assert page.locator(".s-way-sides .s-differs").all_inner_texts() == ["Kopi baru", "Tagih dulu"]
    tab.reads_well()
    tab.fits()
    page.get_by_role("button", name="Send mine all the same").click()
    sent(page)
    assert Visit.objects.get().activity == visit_of_budi
    for size in ("desk", "phone"):
        visit(sari, language="en", size=size).goto("/sales/visits/").check()


def test_who_arrived_is_there_although_the_network_went_before_the_day_came_anew(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    tab = visit(sari, size="phone", language="en")
    page = opened(tab)
    tab.page.context.set_offline(True)
    page.get_by_role("button", name="Arrive").click()
    page.get_by_role("button", name="I am here").click()
    page.locator("body[data-items='1']").wait_for()
    page.context.route(f"**{PATH}day/", lambda route: route.abort())
    page.context.set_offline(False)
    page.evaluate("SetiaField.send(() => {}).then(SetiaField.kept)")
    sent(page)
    assert Visit.objects.get().activity == visit_of_budi
    assert page.evaluate("SetiaField.world.state") == "offline"
    page.locator("#going").get_by_role("button", name="Photo").wait_for()
    page.context.set_offline(True)
    page.locator("#going").get_by_role("button", name="Leave").click()
    page.locator("dialog[open]").get_by_role("button", name="Visit done").click()
    page.locator("#going").get_by_text("Kopi baru").wait_for(state="detached")
    assert page.locator("#open").get_by_text("Kopi baru").count() == 0


def test_signing_out_says_what_was_not_sent_and_takes_the_day_off_the_device(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    tab = visit(sari, language="en")
    page = opened(tab)
    page.context.set_offline(True)
    note(page, "Not sent yet")
    page.locator("body[data-items='1']").wait_for()
    page.context.route("**/sales/field/send/", lambda route: route.abort())
    page.context.set_offline(False)
    tab.goto("/")
    page.locator(".s-menu-right summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Entered on the way and not sent yet: 1.").wait_for()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/sign-in/**")
    left: Any = page.evaluate(INSIDE)
    assert left == {"people": [], "days": [], "queue": 1, "opened": 0}
