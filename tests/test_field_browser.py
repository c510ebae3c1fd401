"""The field day in a real browser: what is entered without a network is sent once each, whatever breaks on the way."""

import random
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Geolocation, Page, Route

from setia.accounts.models import User
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.sales import actions
from setia.sales.models import Activity, FieldAction, Visit
from tests.browser import Tab
from tests.browser import Visit as Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATH = "/sales/field/"
HERE: Geolocation = {"latitude": -6.9147, "longitude": 107.6098, "accuracy": 15}
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


def test_a_visit_is_made_without_a_network_and_outlives_the_tab(
    visit: Open, sari: User, visit_of_budi: Activity
) -> None:
    tab = visit(sari, size="phone", language="en")
    context: BrowserContext = tab.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(HERE)
    page = opened(tab)
    tab.check()
    small = page.evaluate(
        "Array.from(document.querySelectorAll('main button, main a.btn, nav button, summary'))"
        ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.textContent)"
    )
    assert not small
    context.set_offline(True)
    page.get_by_role("button", name="Arrive").click()
    page.get_by_text("Place known to 15 m").wait_for()
    page.get_by_role("button", name="I am here").click()
    page.locator("body[data-items='1']").wait_for()
    page.close()
    page = context.new_page()
    page.goto(tab.base + PATH)
    page.get_by_role("heading", name="You are there now").wait_for()
    page.get_by_role("button", name="Leave").click()
    form = page.locator("#d-leave")
    form.get_by_label("How did it go?").select_option("WANTS")
    form.get_by_label("What came out of it").fill("Five kilos")
    form.get_by_role("button", name="Visit done").click()
    page.locator("body[data-items='2']").wait_for()
    assert not Visit.objects.exists()
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sent(page)
    visit_of_budi.refresh_from_db()
    made = Visit.objects.get()
    assert (visit_of_budi.state, visit_of_budi.outcome, visit_of_budi.result) == ("DONE", "WANTS", "Five kilos")
    assert (made.latitude, made.accuracy_m, made.flags) == (-6.9147, 15, [])
    assert made.left_at is not None


def test_thirty_things_are_done_once_each_through_a_network_that_breaks_and_a_proxy_that_repeats(
    visit: Open, sari: User
) -> None:
    tab = visit(sari, size="phone", language="en")
    context: BrowserContext = tab.page.context
    page = opened(tab)
    dice = random.Random(20261123)

    def broken(route: Route) -> None:
        """Loses the request, loses the answer, or sends it twice, as it comes."""
        fate = dice.random()
        if fate < 0.15:
            route.abort()
        elif fate < 0.4:
            route.fetch()
            route.abort()
        elif fate < 0.65:
            route.fetch()
            route.continue_()
        else:
            route.continue_()

    context.route("**/sales/field/send/", broken)
    texts = [f"Note {number:02}" for number in range(30)]
    context.set_offline(True)
    for number, text in enumerate(texts):
        note(page, text)
        if number % 6 == 3:
            context.set_offline(False)
            page.evaluate("window.dispatchEvent(new Event('online'))")
            page.wait_for_timeout(dice.randrange(20, 120))
            context.set_offline(True)
        if number in (11, 22):
            page.close(run_before_unload=False)
            page = context.new_page()
            page.goto(tab.base + PATH)
            page.locator("#bar").wait_for()
    context.set_offline(False)
    for _again in range(40):
        page.evaluate("window.dispatchEvent(new Event('online'))")
        try:
            page.locator("body[data-items='0']").wait_for(timeout=1500)
            break
        except Exception:
            continue
    sent(page)
    assert sorted(Activity.objects.values_list("title", flat=True)) == texts
    assert FieldAction.objects.count() == 30


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
