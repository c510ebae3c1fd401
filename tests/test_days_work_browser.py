"""A day's work in a real browser: an order is typed in with the keyboard alone, a file is taken in and taken back.

What is held is the way through several pages, which a test of one page cannot see.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from setia.accounts.models import User
from setia.catalogue.models import Product
from setia.customers.models import Customer
from setia.intake.actions import execute
from setia.intake.models import Run
from setia.orders.models import Order
from tests.browser import Visit, shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOW = datetime(2026, 10, 9, 3, 0, tzinfo=UTC)


@pytest.fixture
def ratna() -> User:
    """The owner of a firm that has one product and one customer."""
    Product.objects.create(code="gayo", name="Gayo Natural 1 kg", created_at=NOW, updated_at=NOW)
    Customer.objects.create(number="K1", name="Siti Nurhaliza", created_at=NOW, updated_at=NOW)
    return User.objects.create_user("ratna@kopi.id", "gayo-natural-1kg", name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_order_is_typed_in_and_its_sum_follows(visit: Visit, ratna: User, size: str) -> None:
    tab = visit(ratna, size=size, language="en").goto("/orders/new/")
    page = tab.page
    page.locator("#id_customer_q").fill("nurha")
    page.locator("#pick-customer .s-option").first.wait_for()
    tab.settle()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#pick-customer .s-picked").wait_for()
    page.locator("#id_line-0-product_q").fill("gayo")
    page.locator("#pick-line-0-product .s-option").first.wait_for()
    tab.settle()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#pick-line-0-product .s-picked").wait_for()
    page.locator("[name=line-0-quantity]").fill("3")  # at once: the lines' fresh copy may still be on its way
    page.locator("[name=line-0-unit_price]").fill("125.000")
    page.locator("[name=line-0-unit_price]").blur()
    page.locator("#sum").get_by_text("Rp375,000").first.wait_for()
    tab.check()
    page.get_by_role("button", name="Save order").click()
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    order = Order.objects.get()
    assert (str(order.customer), order.total, order.kind) == ("Siti Nurhaliza", Decimal(375_000), "PURCHASE")
    tab.check()


def test_an_order_without_a_line_says_so_and_keeps_what_was_typed(visit: Visit, ratna: User) -> None:
    tab = visit(ratna, language="id").goto("/orders/new/")
    tab.expected = {422}
    page = tab.page
    page.locator("[name=note]").fill("Antar sore")
    page.get_by_role("button", name="Simpan pesanan").click()
    page.get_by_role("alert").first.wait_for()
    assert page.locator("[name=note]").input_value() == "Antar sore"
    assert not Order.objects.exists()
    tab.check()


@pytest.mark.parametrize(("size", "language"), [("desk", "id"), ("phone", "en")])
def test_a_file_is_looked_at_taken_in_and_taken_back(
    visit: Visit, ratna: User, tmp_path: Path, size: str, language: str
) -> None:
    path = tmp_path / "pesanan oktober.csv"
    path.write_text(
        "No Pesanan,Tanggal,Pelanggan,Produk,Jumlah,Harga\n"
        "A1,01/10/2026,Maria Goretti,Toraja 250 g,2,85000\nA2,02/10/2026,Kadek Ayu,Toraja 250 g,1,85000\n"
        "A3,31/02/2026,Kadek Ayu,Toraja 250 g,1,85000\n"
    )
    tab = visit(ratna, size=size, language=language).goto("/import/")
    page = tab.page
    page.locator("[name=what][value=ORDERS]").check() if page.locator("[name=what][type=radio]").count() else (
        page.locator("[name=what]").select_option("ORDERS")
    )
    page.locator("input[type=file]").set_input_files(path)
    page.locator("form.s-upload [type=submit]").click()
    page.locator("#mapping").wait_for()
    shown(page.locator("#check"), "31/02/2026")
    tab.settle().check()
    # A correction is checked at once: without its date no order can be taken in.
    becomes = page.locator("#mapping select.s-pick-field").nth(1)
    chosen = becomes.input_value()
    becomes.select_option("")
    page.locator("#check .s-preview").wait_for(state="detached")
    tab.settle()
    page.locator("#mapping select.s-pick-field").nth(1).select_option(chosen)
    page.locator("#check .s-preview").wait_for()
    tab.settle()
    page.locator("[form=start][type=submit]:visible").first.click()
    page.locator("#follow").wait_for()
    tab.check()
    run = Run.objects.get()
    execute(run.pk)
    page.locator("#follow").wait_for(state="detached")
    assert Order.objects.count() == 2
    run.refresh_from_db()
    assert (run.accepted, run.rejected) == (2, 1)
    tab.settle().check()
    page.locator(f"a[href='/import/{run.pk}/undo/']").first.click()
    page.wait_for_url("**/undo/")
    tab.settle().check()
    page.locator("#main form [type=submit]").last.click()
    page.wait_for_url(f"**/import/{run.pk}/")
    assert not Order.objects.exists()
    assert list(Customer.objects.values_list("name", flat=True)) == ["Siti Nurhaliza"]
    tab.settle().check()
