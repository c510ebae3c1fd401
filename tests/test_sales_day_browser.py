"""A day of selling in a real browser, by four people on two sizes of screen: from a form on the web to the commission.

Each of them has a page open all day; what one does must reach the others' without a page being loaded anew. The figures
are followed from the telephone, where no network is, to the report and to the row that payroll reads.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Geolocation, expect

from setia.accounts.models import Team, User
from setia.catalogue import actions as catalogue
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.orders.models import Order
from setia.reports.actions import count_sold
from setia.sales import actions
from setia.sales.models import CommissionRow, CommissionRule, Opportunity, Visit, WebForm
from tests.browser import Tab, ended_boards, shown
from tests.browser import Visit as Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KILO = Decimal(385_000)
FIVE_KILOS = "Rp1,925,000"
COMMISSION = "Rp57,750"  # three of a hundred
HERE: Geolocation = {"latitude": -6.9147, "longitude": 107.6098, "accuracy": 15}
_SMALL = """Array.from(document.querySelectorAll('main button, main a.btn, nav button, summary'))
  .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.textContent)"""
"""What a finger misses on the way."""


class Staff:
    """Ratna owns the firm, Maya leads; Sari sells in the north, Tono in the south and sees his own alone."""

    def __init__(self) -> None:
        Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara", "language": "en"})
        self.ratna, self.maya, self.sari, self.tono = (
            User.objects.create_user(f"{name.lower()}@kopi.id", None, name=name, role=role, language="en")
            for name, role in (("Ratna", "OWNER"), ("Maya", "MANAGER"), ("Sari", "SALES"), ("Tono", "SALES"))
        )
        Team.objects.create(name="North").members.set([self.maya, self.sari])
        Team.objects.create(name="South").members.set([self.tono])


@pytest.fixture
def staff(settings: Any) -> Iterator[Staff]:
    """The people of the firm, under a server that lends threads to who watches the board."""
    settings.WATCHERS = 10
    cache.clear()
    with patch("setia.core.live._LINGER_SECONDS", 0.0):
        yield Staff()
        ended_boards()


@pytest.fixture
def gayo(staff: Staff) -> Product:
    """What is sold that day."""
    now = timezone.now()
    return catalogue.add(by=staff.ratna, at=now, code="GAYO", name="Gayo Natural 1 kg", price=KILO)


@pytest.fixture
def wulan(staff: Staff) -> Customer:
    """She left her number at a fair last week; nobody looks after her."""
    at = timezone.now() - timedelta(days=7)
    return customers.add(by=staff.ratna, at=at, name="Wulan Ayu", contacts=[("WHATSAPP", "0812-3456-7890")])


@pytest.fixture
def form(staff: Staff) -> WebForm:
    """The form on the firm's page."""
    fields = {"name": "MUST", "whatsapp": "MUST", "message": "MAY"}
    facts = {"title": "Ask for a tasting", "kind": "DEMO", "language": "en", "fields": fields, "source": "Website"}
    return actions.make_form(by=staff.ratna, at=timezone.now(), **facts)


@pytest.fixture
def rule(staff: Staff) -> CommissionRule:
    """Three of a hundred to whoever won."""
    now = timezone.now()
    first = timezone.localdate().replace(day=1)
    tiers = [(Decimal(0), Decimal(3))]
    return actions.add_commission_rule(
        by=staff.ratna,
        at=now,
        name="Three percent",
        tiers=tiers,
        closer_percent=Decimal(100),
        from_date=first,
        until_date=None,
    )


def test_a_day_from_a_form_on_the_web_to_the_row_that_payroll_reads(
    visit: Open, staff: Staff, gayo: Product, wulan: Customer, form: WebForm, rule: CommissionRule, settings: Any
) -> None:
    actions.make_first_pipeline(at=timezone.now())
    board = visit(staff.ratna, language="en").goto_watching("/sales/live/")
    shown(board.page.locator("[data-live-state]"), "Live")
    board.page.evaluate("window.__same = true")
    south = visit(staff.tono, size="phone", language="en").goto_watching("/sales/live/")
    shown(south.page.locator("[data-live-state]"), "Live")

    # 1 · Somebody fills the form in; that she is here already is seen by nobody but the firm.
    web = visit(size="phone", language="en").goto(f"/f/{form.slug}/?source=Instagram")
    web.page.get_by_label("Name").fill("Wulan Ayu")
    web.page.get_by_label("WhatsApp").fill("+62 812 3456 7890")
    web.shot("1-form").check()
    web.page.get_by_role("button", name="Send").click()
    web.page.wait_for_load_state()
    web.shot("1-thanks").check()
    assert Customer.objects.count() == 1, "the twin is found"
    shown(board.page.locator(".s-live-funnel li", has_text="New prospects"), "1")

    # 2 · Maya sees who came, and gives her to Sari.
    desk = visit(staff.maya, language="en").goto(f"/sales/forms/{form.pk}/sent/")
    desk.shot("2-sent").check()
    desk.page.get_by_role("link", name="Wulan Ayu").click()
    desk.settle().shot("2-record")
    desk.goto(f"/customers/{wulan.pk}/edit/").page.get_by_label("Responsible").select_option(label="Sari")
    desk.page.get_by_role("button", name="Save").first.click()
    desk.page.wait_for_url(f"**/customers/{wulan.pk}/")
    wulan.refresh_from_db()
    assert wulan.owner == staff.sari

    # 3 · Tono meets her too: he is told whose she is, and nothing is written twice.
    other = visit(staff.tono, size="phone", language="en").goto("/sales/prospects/")
    other.shot("3-prospects").check()
    other.expected.add(409)
    other.page.get_by_label("A prospect in one line").fill("Wulan Ayu 0812-3456-7890 wants a tasting")
    other.page.get_by_role("button", name="Take down").click()
    other.page.get_by_text("A colleague looks after this customer already: Sari.").wait_for()
    other.settle().shot("3-twin").check()
    assert Customer.objects.count() == 1

    # 4 · Sari plans to see her today, and hopes for five kilos.
    phone = visit(staff.sari, size="phone", language="en").goto(f"/sales/activities/new/?customer={wulan.pk}")
    phone.page.get_by_label("Kind").select_option("VISIT")
    phone.page.get_by_label(re.compile("^What")).fill("Tasting of Gayo")
    phone.page.get_by_label(re.compile("^Day")).fill(timezone.localdate().isoformat())
    phone.shot("4-plan").check()
    phone.page.get_by_role("button", name="Save").click()
    phone.page.wait_for_url(lambda address: "/new/" not in address)
    phone.goto(f"/sales/opportunities/new/?customer={wulan.pk}").page.locator("#id_title").fill("Coffee for the café")
    phone.page.locator("#id_amount").fill("2000000")
    phone.shot("4-opportunity").check()
    phone.page.get_by_role("button", name="Save").click()
    phone.page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    hoped = Opportunity.objects.get()
    shown(board.page.locator(".s-live-funnel li", has_text="Opportunities entered"), "1")

    # 5 · On the way, without a network: there, the order, and away again.
    _on_the_way(phone)
    shown(board.page.locator(".s-live-deeds"), "Wulan Ayu")
    order, made = Order.objects.get(), Visit.objects.get()
    assert (order.total, order.customer, made.person) == (5 * KILO, wulan, staff.sari)
    assert (made.latitude, made.accuracy_m, made.flags) == (HERE["latitude"], 15, [])

    # 6 · It is won by that very order; the board moves by itself.
    phone.goto(f"/sales/opportunities/{hoped.pk}/win/").shot("6-win").check()
    expect(phone.page.get_by_label(re.compile(f"{order.number} .* {FIVE_KILOS}"))).to_be_checked()
    phone.page.get_by_role("button", name="Won").click()
    phone.page.wait_for_url(re.compile(r"/opportunities/\d+/$"))
    phone.settle().shot("6-won").check()
    hoped.refresh_from_db()
    assert (hoped.status, hoped.order, Order.objects.count()) == ("WON", order, 1)
    expect(board.page.locator(".s-live-figs .s-val").first).to_have_attribute("title", FIVE_KILOS)
    shown(board.page.locator(".s-live-ranking"), "Sari")
    expect(board.page.locator(".s-live-funnel li b")).to_have_text(["1", "1", "0", "1", "1", "0"])
    shown(board.page.locator("[data-live-said]"), "New on the board:")
    assert board.page.evaluate("window.__same"), "the page was loaded again"
    actions.log_activity(by=staff.tono, at=timezone.now(), kind="CALL", title="His own call")
    shown(south.page.locator(".s-live-deeds"), "His own call")
    assert "Wulan" not in south.page.content()
    south.check()
    board.page.get_by_role("link", name="Full screen").click()
    board.page.locator("[data-live].s-tv").wait_for()
    board.page.keyboard.press("Escape")
    board.page.locator("[data-live].s-tv").wait_for(state="detached")
    board.shot("6-board").check()

    # 7 · The report says so, once the worker has counted the day.
    count_sold()
    desk.goto("/reports/sales/by-person/").shot("7-report").check()
    row = desk.page.get_by_role("row").filter(has=desk.page.get_by_role("rowheader", name="Sari"))
    expect(row).to_contain_text(FIVE_KILOS)
    expect(desk.page.locator("tfoot")).to_contain_text(FIVE_KILOS)
    _fits_on_paper(desk)

    # 8 · So does the commission, once it has worked out the month; to Sari, and to nobody beside her.
    owner = visit(staff.ratna, language="en").goto("/sales/commission/")
    owner.page.get_by_role("button", name="Work out now").click()
    owner.settle()
    actions.compute_asked(rule_id=rule.pk, month=timezone.localdate().replace(day=1), at=timezone.now())
    owner.goto("/sales/commission/").shot("8-commission").check()
    earned = owner.page.get_by_role("row").filter(has_text="Sari")
    expect(earned).to_contain_text(COMMISSION)
    earned.get_by_role("link").click()
    expect(owner.page.locator("tbody tr")).to_have_count(1)
    owner.settle().shot("8-rows").check()
    assert [(one.person, one.number) for one in CommissionRow.objects.all()] == [(staff.sari, order.number)]
    phone.goto("/sales/commission/").shot("8-own").check()
    expect(phone.page.locator("tfoot")).to_contain_text(COMMISSION)
    other.goto("/sales/commission/").check()
    assert "Wulan" not in other.page.content()
    assert COMMISSION not in other.page.content()

    settings.WATCHERS = 0  # as under a server that lends no threads to who watches
    south.goto_watching("/sales/live/")
    shown(south.page.locator("[data-live-state]"), "Looks every 20 seconds")
    south.calm()


def _fits_on_paper(desk: Tab) -> None:
    """What is printed, or kept as a PDF, is A4, holds its table whole and nothing that one clicks."""
    desk.page.emulate_media(media="print")
    desk.page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins, in the browser's pixels
    desk.fits()
    expect(desk.page.get_by_role("button", name="Print or PDF")).to_be_hidden()
    sheet = desk.page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox ?\[0 0 59[45][.\d]* 84[12][.\d]*\]", sheet)
    desk.page.emulate_media(media="screen")
    desk.page.set_viewport_size({"width": 1440, "height": 900})


def _on_the_way(phone: Tab) -> None:
    """Sari's visit: begun, ordered and left while nothing reaches the server; sent when something does."""
    page, context = phone.page, phone.page.context
    phone.goto("/sales/field/").page.locator("#bar").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.shot("5-day").check()
    assert not page.evaluate(_SMALL)
    context.grant_permissions(["geolocation"])
    context.set_geolocation(HERE)
    context.set_offline(True)
    page.get_by_role("button", name="Arrive").click()
    page.get_by_text("Place known to 15 m").wait_for()
    page.get_by_role("button", name="I am here").click()
    page.locator("body[data-items='1']").wait_for()
    page.locator("#going").get_by_role("button", name="Order").click()
    order = page.locator("#d-order")
    order.get_by_label("Product").fill("Gayo Natural 1 kg · GAYO")
    order.get_by_label("Quantity").fill("5")
    expect(order.locator("[data-total]")).to_have_text(FIVE_KILOS)
    phone.shot("5-order").reads_well()
    order.get_by_role("button", name="Keep the order").click()
    page.locator("body[data-items='2']").wait_for()
    phone.shot("5-waiting").reads_well()
    page.locator("#going").get_by_role("button", name="Leave").click()
    page.locator("#d-leave").get_by_label("How did it go?").select_option("WANTS")
    page.locator("#d-leave").get_by_role("button", name="Visit done").click()
    page.locator("body[data-items='3']").wait_for()
    phone.fits()
    assert not Visit.objects.exists()
    assert not Order.objects.exists()
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("body[data-items='0']").wait_for()
    phone.shot("5-sent").reads_well()
    phone.troubles.clear()  # that nothing was answered while there was no network
