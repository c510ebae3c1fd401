"""Every page of a full shop in a real browser, at a desk in the light and on a phone in the dark.

What is held: no policy violation, no console error, no lost file, no sideways scroll, WCAG 2.2 AA by axe.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Literal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from setia.accounts.models import User
from setia.catalogue.models import Product
from setia.core.models import Firm
from setia.customers import actions as customers
from setia.customers.models import ContactPoint, Customer, CustomField, PrivacyRequest
from setia.orders.models import Order, OrderLine
from setia.portraits import actions as portraits
from setia.subscriptions.models import Plan, Subscription
from tests.browser import Visit
from tests.test_routes import PUBLIC, addresses
from tests.world import THEIRS, world

LOOKS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((1440, 900, "light"), (390, 844, "dark"))

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ratna() -> User:
    """The owner of a shop of forty customers, each with a rhythm of their own, over two years."""
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara"})
    now = timezone.now()
    product = Product.objects.create(code="gayo", name="Gayo Natural 1 kg", created_at=now, updated_at=now)
    start = datetime(2024, 11, 1, 3, 0, tzinfo=UTC)
    for number in range(40):
        customer = Customer.objects.create(
            number=f"K{number}",
            name=f"Siti Nurhaliza {number}" if number % 3 else f"PT Rasa Nusantara {number}",
            kind=Customer.Kind.PERSON if number % 3 else Customer.Kind.COMPANY,
            created_at=now,
            updated_at=now,
        )
        ContactPoint.objects.create(
            customer=customer, kind="WHATSAPP", value=f"+62812204577{number:02}", preferred=True
        )
        moment = start + timedelta(days=number * 5)
        for visit in range(1 + number % 9):
            order = Order.objects.create(
                number=f"KN-{number}-{visit}",
                customer=customer,
                ordered_at=moment,
                day=moment.date(),
                kind=Order.Kind.PURCHASE,
                total=Decimal(120_000 + 7_000 * number),
                created_at=now,
            )
            OrderLine.objects.create(
                order=order, position=1, product=product, quantity=1, unit_price=order.total, amount=order.total
            )
            moment += timedelta(days=12 + number)
    portraits.refresh(by=None, at=now)
    return User.objects.create_user("ratna@kopi.id", "gayo-natural-1kg", name="Ratna Wulandari", role=User.Role.OWNER)


def _with_a_record_behind_every_address() -> None:
    """The walk's world, and beside it an own field of each type and a request of each kind."""
    world(SimpleNamespace())
    now = timezone.now()
    rani = User.objects.get(email="rani@kopi.id")
    theirs = Customer.objects.get(pk=THEIRS)
    for type in CustomField.Type:
        CustomField.objects.create(label=f"Field {type}", code=f"field-{type.lower()}", type=type, created_at=now)
    for kind in PrivacyRequest.Kind:
        customers.take_request(by=rani, at=now, kind=kind, customer=None if kind == "BREACH" else theirs)


_FEW_ROWS = "document.querySelectorAll('tbody tr:nth-child(n+9)').forEach(row => row.remove())"
"""A long table's rows are alike: eight of them are judged, which takes a fraction of the time."""


def _pages(reader: User) -> list[str]:
    """Every address that answers this reader with a page."""
    client = Client()
    client.force_login(reader)
    found = []
    for address in addresses():
        if address.name not in PUBLIC:
            answer = client.get(address.path)
            if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
                found.append(address.path)
    # The walk opens one report; these are those of other columns than its.
    few = ("by-period", "new-buyers", "new-buyers-product", "funnel", "won-lost", "activity", "forecast-result")
    return found + [f"{reverse('sales_report', args=[name])}?period=12-months" for name in few]


@pytest.mark.slow
def test_every_page_keeps_the_policy_and_reads_well(visit: Visit, ratna: User) -> None:
    _with_a_record_behind_every_address()
    pages = _pages(ratna)
    assert len(pages) > 60
    tab = visit(ratna)
    wrong = []
    for path in pages:
        tab.page.set_viewport_size({"width": 1440, "height": 900})
        tab.goto(path)
        tab.page.evaluate(_FEW_ROWS)
        for width, height, scheme in LOOKS:
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.set_viewport_size({"width": width, "height": height})
            try:
                tab.check()
                assert tab.page.locator("h1").count() == 1, f"{path} has not one heading"
            except AssertionError as problem:  # all pages first, so that one run tells everything
                wrong.append(f"{width} px: {problem}")
                tab.troubles.clear()
    assert not wrong, "\n\n".join(wrong)


def test_a_picture_turns_into_its_table_and_is_drawn_again_after_a_page_change(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/")
    page = tab.page
    drawn = page.locator("[data-chart]").count()
    assert drawn > 0
    expect(page.locator("[data-chart] canvas")).to_have_count(drawn)  # once what draws them has come
    page.get_by_role("button", name="Lihat sebagai tabel").first.click()
    page.locator(".s-behind table").first.wait_for()
    page.locator(".s-nav").get_by_role("link", name="Pesanan").click()
    page.wait_for_url("**/orders/")
    tab.settle()
    page.locator(".s-nav").get_by_role("link", name="Beranda").click()
    page.locator("[data-chart] canvas").nth(drawn - 1).wait_for()
    tab.calm()


def test_a_list_is_walked_by_keys_and_the_way_back_leads_to_the_same_place(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/customers/")
    page = tab.page
    for _step in range(15):
        page.keyboard.press("j")
    name = page.locator("tr.s-focus .s-name").inner_text()
    down = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=name, exact=True).wait_for()
    tab.settle()  # the address and the heading come first, the place on the page last
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.get_by_role("heading", name="Pelanggan", exact=True).wait_for()
    page.wait_for_function("down => Math.abs(scrollY - down) < 40", arg=down)
    tab.calm()


def test_a_list_is_as_wide_as_its_window_however_long_a_name_is_and_its_head_stays(visit: Visit, ratna: User) -> None:
    _with_a_record_behind_every_address()
    Customer.objects.update(
        name="Perkumpulan Koperasi Pemasaran Kopi Arabika Dataran Tinggi Nusantara Bersatu Sejahtera"
    )
    Plan.objects.update(name="Langganan Biji Kopi Pilihan untuk Kantor, Kedai dan Rumah, Dikirim Setiap Bulan")
    Subscription.objects.filter(monthly__gt=0).update(price=Decimal(987_654_321_987), monthly=Decimal(987_654_321_987))
    tab = visit(ratna)
    lists = ("customers", "subscriptions", "renewals", "plans", "prospects", "opportunities")
    for path in ("/customers/?print=1", *map(reverse, lists)):
        tab.page.set_viewport_size({"width": 1440, "height": 900})
        tab.goto(path)
        assert tab.page.locator("table.s-sticky tbody tr").count() or path == reverse("renewals"), f"{path} is empty"
        for width in (1920, 1440, 1400, 1200, 1024):
            tab.page.set_viewport_size({"width": width, "height": 900})
            tab.fits()
    tab.goto("/customers/")
    tab.page.evaluate("scrollTo(0, 600)")
    tops = (
        "[document.querySelector('.s-sticky th'), document.querySelector('.s-top')].map(e => e.getBoundingClientRect())"
    )
    assert tab.page.evaluate(f"(([head, bar]) => Math.abs(head.top - bar.bottom))({tops})") < 2
    cut = tab.page.locator("table .s-name").first
    assert cut.get_attribute("title") == cut.inner_text()
    tab.calm()


def test_typing_searches_and_the_address_keeps_what_was_asked(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/customers/")
    page = tab.page
    page.locator("#main input[type=search]").type("rasa nus", delay=30)
    page.wait_for_url(re.compile(r"q=rasa(\+|%20)nus"))  # slow typing is searched for in parts
    tab.settle()
    names = page.locator("#list tbody .s-name").all_inner_texts()
    assert names
    assert all("Rasa Nusantara" in name for name in names)
    assert page.evaluate("document.activeElement.type") == "search", "the typing is not interrupted"
    page.reload()
    assert page.locator("#list tbody .s-name").all_inner_texts() == names
    tab.calm()


def test_a_heat_map_is_walked_by_arrows(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/understand/rfm/")
    page = tab.page
    page.locator("table[data-heat] td a").first.focus()
    before = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.getAttribute('href')")
    assert before != after
    tab.calm()
