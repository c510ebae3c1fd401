"""Changes made where things stand: cells of the list, lines of the record, columns of a file."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.core.models import Firm
from setia.customers import actions
from setia.customers.models import Customer
from setia.intake.actions import start_draft
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ratna() -> User:
    """The owner of a shop."""
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara"})
    return User.objects.create_user("ratna@kopi.id", None, name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.fixture
def siti(ratna: User) -> Customer:
    """A customer whose region is known; somebody else stands in the list with her."""
    now = timezone.now()
    actions.add(by=ratna, at=now, name="PT Rasa Nusantara", kind="COMPANY")
    return actions.add(by=ratna, at=now, name="Siti Nurhaliza", number="C-1", region="Sanur")


def cell(customer: Customer, fact: str) -> str:
    """Where a fact stands on the page."""
    return f"#cell-{customer.pk}-{fact}"


def test_a_cell_of_the_list_is_changed_and_put_back_by_keyboard(visit: Visit, ratna: User, siti: Customer) -> None:
    tab = visit(ratna, language="en").goto("/customers/?cols=called,owner,industry&sort=name")
    page = tab.page
    called, industry = cell(siti, "called"), cell(siti, "industry")
    page.locator(f"{called} .s-open").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    page.locator(f"{industry} input[name=industry_name]:focus").wait_for()
    tab.check()
    page.keyboard.type("Bakeries")
    page.keyboard.press("Enter")
    page.locator(f"{industry} .s-open:focus").wait_for()
    assert str(Customer.objects.get(pk=siti.pk).industry) == "Bakeries"
    assert "Bakeries" in page.locator(industry).inner_text()
    tab.settle()
    page.get_by_role("button", name="Undo").click()
    page.locator(f"{industry} .s-stated", has_text="–").wait_for()
    assert Customer.objects.get(pk=siti.pk).industry is None

    tab.settle()
    page.locator(f"{called} .s-open").focus()
    page.keyboard.press("Enter")
    page.locator(f"{called} input[name=call_name]:focus").wait_for()
    tab.settle()
    page.keyboard.type("Bu Siti")
    page.keyboard.press("Escape")
    page.locator(f"{called} .s-open:focus").wait_for()
    assert Customer.objects.get(pk=siti.pk).call_name == siti.call_name
    tab.settle()
    # Left for another place of the page: saved, and the focus stays where the person went.
    page.keyboard.press("Enter")
    page.locator(f"{called} input[name=call_name]:focus").wait_for()
    tab.settle()
    page.keyboard.type("Bu Siti")
    page.locator("input[name=q]").click()
    page.locator(f"{called} .s-stated", has_text="Bu Siti").wait_for()
    assert Customer.objects.get(pk=siti.pk).call_name == "Bu Siti"
    assert page.evaluate("document.activeElement.name") == "q"
    tab.check()


def test_on_a_telephone_a_wrong_value_and_a_newer_one_are_told_in_place(
    visit: Visit, ratna: User, siti: Customer
) -> None:
    tab = visit(ratna, size="phone").goto("/customers/")
    tab.expected = {409, 422}
    page = tab.page
    tab.check()
    # From the list straight to the details of one, which are a part of the record that must be chosen otherwise.
    page.locator(f".s-row-pair a.s-icon[href^='/customers/{siti.pk}/']").click()
    page.locator("[data-tab-for=who][aria-current=true]").wait_for()
    tab.settle()
    region = cell(siti, "region")
    page.locator(f"{region} .s-open").dispatch_event("click")
    page.locator(f"{region} input[name=region]:focus").wait_for()
    tab.settle()
    page.locator(f"{region} input[name=region]").fill("Ubud")
    actions.edit(by=ratna, at=timezone.now(), customer=siti, region="Kuta")
    page.keyboard.press("Enter")
    page.locator(f"{region} .s-error", has_text="Kuta").wait_for()
    tab.check()
    assert Customer.objects.get(pk=siti.pk).region == "Kuta"
    page.keyboard.press("Enter")
    page.locator(f"{region} .s-stated", has_text="Ubud").wait_for()
    assert Customer.objects.get(pk=siti.pk).region == "Ubud"
    tab.settle()
    page.locator("[data-tab-for=line]").click()
    page.locator("#happenings .s-change dd", has_text="Kuta → Ubud").wait_for()
    page.locator("[data-tab-for=who]").click()
    page.locator(".s-unsaid summary").click()
    tax = cell(siti, "tax")
    page.locator(f"{tax} .s-open").click()
    page.locator(f"{tax} input:focus").fill("12")
    tab.settle()
    page.keyboard.press("Enter")
    page.locator(f"{tax} .s-error", has_text="12").wait_for()
    tab.check()


def test_each_change_of_a_files_columns_says_which_it_is(visit: Visit, ratna: User, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order no,date,customer no,price\nA1,02/03/2026,7,85\n")
    run = start_draft(by=ratna, at=timezone.now(), what="ORDERS", file_name=file.name, upload=file)
    tab = visit(ratna).goto(f"/import/{run.pk}/")
    page, turns = tab.page, []
    for order in ("MDY", "YMD"):
        with page.expect_request(lambda one: one.method == "POST" and "/map/" in one.url) as sent:
            page.locator("select[name=date_order]").select_option(order)
        tab.settle()
        turns += re.findall(r"turn=([0-9a-f]+)%3A(\d+)", sent.value.post_data or "")
    assert [number for _page, number in turns] == ["1", "2"]
    assert len({page for page, _number in turns}) == 1
    run.refresh_from_db()
    assert run.mapping["date_order"] == "YMD"
