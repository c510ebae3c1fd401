"""The way in, by hand in a real browser: the owner's link, an invitation, a colleague sent away, all devices out."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from setia.accounts import actions
from setia.accounts.models import User
from tests.browser import Tab, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "kopi-susu-gula-aren"
PAGES = ("", "profile/", "profile/password/", "people/", "firm/", "mail/", "jobs/", "audit/")


@pytest.fixture(autouse=True)
def _no_counts(transactional_db: None) -> None:
    cache.clear()


def fill(tab: Tab, **fields: str) -> None:
    for name, value in fields.items():
        tab.page.fill(f"main [name={name}]", value)


def press(tab: Tab, name: str) -> None:
    tab.page.get_by_role("button", name=name, exact=True).click()
    tab.settle()


def sees(tab: Tab, text: str) -> None:
    tab.page.get_by_text(text).first.wait_for()


def test_from_the_owners_link_to_a_colleague_sent_away(visit: Visit) -> None:
    ratna, bayu = visit(language="en"), visit(language="en", size="phone")

    ratna.goto(actions.owner_link(at=timezone.now())).check()
    fill(ratna, firm_name="Kopi Nusantara", name="Ratna Wulandari", email="ratna@kopi.example", password=PASSWORD)
    press(ratna, "Start")
    ratna.page.wait_for_url(ratna.base + "/")

    ratna.goto("/settings/people/")
    fill(ratna, email="bayu@kopi.example")
    press(ratna, "Invite")
    sees(ratna, "works once")
    link = ratna.page.input_value("input[readonly]")
    assert ratna.page.url.endswith("/settings/people/")

    bayu.goto(link.removeprefix(bayu.base)).check()
    fill(bayu, name="Bayu Saputra", password=PASSWORD)
    press(bayu, "Come in")
    bayu.page.wait_for_url(bayu.base + "/")
    bayu.expected = {403}
    bayu.goto("/settings/firm/")
    sees(bayu, "not open to you")

    ratna.goto("/settings/people/")
    row = ratna.page.locator("tr", has_text="bayu@kopi.example")
    row.locator("summary").click()
    row.get_by_role("button", name="Deactivate").click()
    sees(ratna, "cannot sign in until somebody reactivates them")
    press(ratna, "Go on")
    sees(ratna, "Deactivated")
    ratna.check()
    assert not User.objects.get(email="bayu@kopi.example").is_active

    bayu.goto("/settings/")
    assert "/sign-in/" in bayu.page.url
    fill(bayu, login="bayu@kopi.example", password=PASSWORD)
    press(bayu, "Sign in")
    sees(bayu, "Your account is deactivated")
    bayu.check()

    ratna.goto("/settings/profile/")
    press(ratna, "Sign out on all devices")
    ratna.page.wait_for_url("**/sign-in/")
    ratna.calm()


@pytest.mark.parametrize(("size", "language"), [("phone", "en")])  # the rest: test_pages_browser.py
def test_every_settings_page_fits_reads_well_and_keeps_the_policy(visit: Visit, size: str, language: str) -> None:
    ratna = User.objects.create_user("ratna@kopi.example", PASSWORD, name="Ratna Wulandari", role=User.Role.OWNER)
    User.objects.create_user("nama.yang.panjang@koperasi-kopi.example", PASSWORD, name="Raden Ajeng Siti Nurhaliza")
    actions.invite(
        by=ratna, at=timezone.now(), email="bayu@kopi.example", role="MEMBER", base="http://localhost/", post=False
    )
    tab = visit(ratna, size=size, language=language)
    for part in PAGES:
        tab.goto(f"/settings/{part}").check()
        assert tab.page.locator("h1").count() == 1


@pytest.mark.parametrize("path", ["/sign-in/", "/password/reset/", "/password/reset/sent/", "/invitation/spent/"])
def test_the_door_reads_well_on_a_phone(visit: Visit, path: str) -> None:
    tab = visit(size="phone")
    tab.expected = {410}
    tab.goto(path).check()
