"""The record by keyboard alone: the palette, tags, related customers, a colleague named in a note."""

from datetime import date

import pytest
from django.utils import timezone

from setia.accounts.models import User
from setia.core.models import Firm
from setia.customers import actions
from setia.customers.models import Customer, CustomerTag, Mention
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ratna() -> User:
    """The owner of a shop; Dimas is her colleague."""
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara"})
    User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo")
    return User.objects.create_user("ratna@kopi.id", None, name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.fixture
def siti(ratna: User) -> Customer:
    """A customer with a tag, somebody related and a day of her life."""
    now = timezone.now()
    made = actions.add(by=ratna, at=now, name="Siti Nurhaliza", contacts=[("WHATSAPP", "0812-2045-7781")])
    rasa = actions.add(by=ratna, at=now, name="PT Rasa Nusantara", kind="COMPANY")
    actions.tag_customer(by=ratna, at=now, customer=made, name="Grosir")
    actions.link(
        by=ratna, at=now, customer=made, other=rasa, kind="WORKS_AT", words="Pembeli", from_date=date(2024, 3, 1)
    )
    actions.add_life_event(by=ratna, at=now, customer=made, kind="CHILD", day=date(2024, 12, 5), words="Aisyah")
    return made


def test_the_palette_opens_finds_and_goes_there_by_keyboard_alone(visit: Visit, ratna: User, siti: Customer) -> None:
    tab = visit(ratna).goto("/settings/profile/")
    page = tab.page
    page.keyboard.press("Control+k")
    page.keyboard.type("nurha")
    page.locator("#palette-found a", has_text="Siti Nurhaliza").wait_for()
    tab.check()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('#palette') !== null || document.activeElement === document.body"
    )
    page.keyboard.press("Escape")
    assert not page.locator("#palette").evaluate("box => box.open")
    page.keyboard.press("/")
    page.keyboard.type("nurha")
    page.keyboard.press("Enter")  # at once: it waits for the answer to what was typed
    page.wait_for_url(f"**/customers/{siti.pk}/")
    tab.calm()


def test_a_record_is_tagged_and_a_colleague_named_by_keyboard(visit: Visit, ratna: User, siti: Customer) -> None:
    tab = visit(ratna).goto(f"/customers/{siti.pk}/")
    page = tab.page
    page.get_by_role("link", name="PT Rasa Nusantara").wait_for()
    tab.check()
    page.keyboard.press("t")
    page.keyboard.type("Utama")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Utama").wait_for()
    tab.settle()
    assert CustomerTag.objects.filter(customer=siti, tag__name="Utama").exists()
    page.locator("h1").focus()
    page.keyboard.press("n")
    page.keyboard.type("Tolong telepon @dim")
    page.get_by_role("option", name="Dimas Prasetyo").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("#note").input_value() == "Tolong telepon @Dimas Prasetyo "
    page.keyboard.press("Control+Enter")
    page.locator(".s-bubble", has_text="@Dimas Prasetyo").wait_for()
    assert Mention.objects.get().user.name == "Dimas Prasetyo"
    tab.calm()


@pytest.mark.parametrize(("size", "language"), [("desk", "en"), ("phone", "id")])
def test_the_pages_around_a_record_read_well(
    visit: Visit, ratna: User, siti: Customer, size: str, language: str
) -> None:
    tag = CustomerTag.objects.get().tag
    tab = visit(ratna, size=size, language=language)
    for path in (
        f"/customers/{siti.pk}/related/",
        "/customers/tags/",
        f"/customers/tags/{tag.pk}/edit/",
        "/customers/coming/?show=events",
        "/customers/regions/",
        "/customers/mentions/",
    ):
        tab.goto(path).check()
