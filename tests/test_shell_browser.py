"""The shell in a real browser: policy, keyboard, menus, themes, languages, and what a screen reader meets."""

import pytest
from django.conf import settings
from playwright.sync_api import Dialog

from setia.accounts.models import User
from setia.core.models import Firm
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ratna() -> User:
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi Nusantara"})
    return User.objects.create_user("ratna@kopi.id", "gayo-natural-1kg", name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_shell_keeps_the_policy_and_reads_well(
    visit: Visit, ratna: User, size: str, language: str, dark: bool
) -> None:
    tab = visit(ratna, size=size, language=language, dark=dark)
    tab.goto("/settings/people/").check()
    assert tab.page.locator("html").get_attribute("lang") == language
    assert tab.page.locator("html").get_attribute("data-bs-theme") == ("dark" if dark else "light")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_door_and_the_lost_page_keep_it_too(visit: Visit, size: str) -> None:
    tab = visit(size=size)
    tab.expected = {404}
    tab.goto("/sign-in/").check()
    tab.goto("/nowhere/at-all/").check()


def test_on_a_telephone_the_open_one_of_many_tabs_is_in_sight(visit: Visit, ratna: User) -> None:
    tab = visit(ratna, size="phone").goto("/settings/audit/")
    box = tab.page.locator(".s-tabs [aria-current]").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    tab.calm()


def test_a_link_changes_the_page_without_a_reload_and_moves_the_focus(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    tab.page.evaluate("window.stillHere = true")
    tab.page.get_by_role("navigation", name="Pengaturan").get_by_role("link", name="Profil").click()
    tab.page.wait_for_url("**/settings/profile/")
    tab.settle()
    assert tab.page.evaluate("window.stillHere") is True
    assert tab.page.title() == "Profil · Setia"
    assert tab.page.evaluate("document.activeElement.tagName") == "H1"
    tab.page.go_back()
    tab.page.wait_for_url("**/settings/people/")
    tab.page.get_by_role("heading", name="Orang", exact=True).wait_for()
    tab.calm()


def test_one_key_finds_and_another_folds_the_navigation_but_not_while_typing(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    page = tab.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "palette-q"
    page.keyboard.type("[c")
    assert page.locator("#palette-q").input_value() == "[c"
    page.keyboard.press("Escape")
    page.keyboard.press("[")
    assert page.locator("html").get_attribute("data-folded") == ""
    tab.goto("/settings/profile/")
    assert page.locator("html").get_attribute("data-folded") == "", "the choice is kept"


def test_the_closed_palette_takes_no_key_even_before_the_browser_has_painted_again(visit: Visit, ratna: User) -> None:
    page = visit(ratna).goto("/settings/people/").page
    page.keyboard.press("/")
    held = page.evaluate("""() => {
        const press = { bubbles: true, cancelable: true };
        const key = name => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, ...press }));
        key('Escape');
        const held = document.activeElement.id;
        key('[');
        return held;
    }""")
    assert held == ""
    assert page.locator("html").get_attribute("data-folded") == ""


def test_the_create_menu_opens_by_its_key_and_is_walked_by_arrows(visit: Visit, ratna: User) -> None:
    page = visit(ratna).goto("/settings/people/").page
    page.keyboard.press("c")
    first = page.evaluate("document.activeElement.textContent.trim()")
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.textContent.trim()")
    assert (first, second) == ("Pelanggan", "Pesanan")
    page.keyboard.press("Escape")
    assert page.locator("details.s-menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_theme_that_was_chosen_outlives_the_page(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    tab.page.locator("summary[aria-label^='Anda']").click()
    tab.page.get_by_role("button", name="Gelap").click()
    assert tab.page.locator("html").get_attribute("data-bs-theme") == "dark"
    tab.goto("/settings/profile/")
    assert tab.page.locator("html").get_attribute("data-bs-theme") == "dark"
    tab.check()


def test_the_language_is_switched_and_kept_in_the_profile(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    tab.page.locator("summary[aria-label^='Anda']").click()
    tab.page.get_by_role("button", name="English").click()
    tab.page.get_by_role("heading", name="People", exact=True).wait_for()
    ratna.refresh_from_db()
    assert ratna.language == "en"
    tab.calm()


def test_custom_properties_come_from_attributes_and_survive_a_swap(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    value = tab.page.evaluate("""() => {
      const bar = document.createElement('div');
      bar.dataset.cssW = '76%';
      document.getElementById('main').append(bar);
      htmx.process(bar);
      bar.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: bar } }));
      return getComputedStyle(bar).getPropertyValue('--w');
    }""")
    assert value == "76%"


def test_what_was_typed_is_not_lost_by_a_stray_click(visit: Visit, ratna: User) -> None:
    page = visit(ratna).goto("/customers/new/").page
    page.get_by_label("Nama", exact=False).first.fill("Siti")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Pengaturan").first.click()
    assert asked, "the reader was asked"
    assert page.url.endswith("/customers/new/")


def test_signing_out_leaves_nothing_to_go_back_to(visit: Visit, ratna: User) -> None:
    tab = visit(ratna).goto("/settings/people/")
    tab.page.locator("summary[aria-label^='Anda']").click()
    tab.page.get_by_role("button", name="Keluar").click()
    tab.page.wait_for_url("**/sign-in/**")
    tab.page.go_back()
    tab.page.wait_for_url("**/sign-in/**")
    assert settings.LOGIN_URL == "account_login"
