"""The second factor in a real browser: an app's code, and a passkey of Chromium's virtual authenticator."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from setia.accounts import actions, factors
from setia.accounts.models import AuditEntry, User
from tests.browser import Tab, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "kopi-susu-gula-aren"


@pytest.fixture(autouse=True)
def _no_counts(transactional_db: None) -> None:
    cache.clear()


@pytest.fixture
def ratna() -> User:
    return User.objects.create_user("ratna@kopi.example", PASSWORD, name="Ratna Wulandari", role=User.Role.OWNER)


def press(tab: Tab, name: str) -> None:
    tab.page.get_by_role("button", name=name, exact=True).click()
    tab.settle()


def key_holder(tab: Tab) -> None:
    """Plug a virtual authenticator with a fingerprint into the tab."""
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def password(tab: Tab) -> None:
    tab.goto("/sign-in/")
    tab.page.fill("[name=login]", "ratna@kopi.example")
    tab.page.fill("[name=password]", PASSWORD)
    press(tab, "Sign in")


def key_on_the_page(tab: Tab) -> str:
    """Read the key from the page as a telephone without a camera would."""
    tab.page.get_by_text("The camera does not work?").click()
    secret = tab.page.locator("details p.s-b").inner_text().replace(" ", "")
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    return secret


def code_of(secret: str) -> str:
    """What the app shows at this moment: asked for right before it is typed, since it does not hold for long."""
    now = list(yield_hotp_counters_from_time())[1]
    return str(format_hotp_value(hotp_value(secret, now)))


def test_a_passkey_is_made_signs_in_without_a_password_and_is_removed(visit: Visit, ratna: User) -> None:
    tab = visit(language="en")
    key_holder(tab)
    password(tab)
    tab.goto("/settings/security/")
    tab.page.locator("li", has_text="Fingerprint, face or PIN").get_by_role("link", name="Set up").click()
    tab.page.wait_for_url("**/settings/security/passkey/")
    tab.settle().check()
    tab.page.fill("[name=name]", "Laptop di kantor")
    press(tab, "Make the passkey")
    tab.page.wait_for_url("**/settings/security/codes/")
    tab.check()
    press_link = tab.page.get_by_role("link", name="I have kept them")
    press_link.click()
    tab.page.get_by_text("Laptop di kantor").wait_for()
    tab.settle().check()

    tab.page.context.clear_cookies()
    tab.goto("/sign-in/?next=/settings/security/").check()
    press(tab, "Sign in with a passkey")
    tab.page.wait_for_url(tab.base + "/settings/security/")
    assert AuditEntry.objects.filter(verb="user.signed_in").latest("pk").data == {"way": "PASSKEY"}

    tab.page.context.clear_cookies()
    password(tab)
    tab.page.wait_for_url("**/sign-in/second-step/")
    tab.check()
    press(tab, "Use a passkey")
    tab.page.wait_for_url(tab.base + "/")

    tab.goto("/settings/security/")
    tab.page.locator("li", has_text="Laptop di kantor").get_by_role("button", name="Remove").click()
    press(tab, "Go on")
    tab.page.get_by_text("opens nothing any more").wait_for()
    assert not factors.has_second_factor(ratna)
    tab.calm()


def test_a_passkey_confirms_who_is_there_and_the_button_counts_as_pressed(visit: Visit, ratna: User) -> None:
    tab = visit(language="en")
    key_holder(tab)
    password(tab)
    tab.goto("/settings/security/passkey/")
    press(tab, "Make the passkey")
    tab.page.wait_for_url("**/codes/")
    age(tab)
    tab.goto("/settings/security/codes/")
    assert "/sign-in/confirm/" in tab.page.url
    tab.check()
    press(tab, "Use a passkey")
    tab.page.wait_for_url("**/settings/security/codes/")
    age(tab)
    before = factors.recovery_codes_of(ratna)
    press(tab, "Make new codes")
    press(tab, "Go on")
    tab.page.wait_for_url("**/sign-in/confirm/**")
    press(tab, "Use a passkey")
    tab.page.wait_for_url("**/settings/security/codes/")
    assert not set(before) & set(factors.recovery_codes_of(ratna))
    tab.calm()


def age(tab: Tab) -> None:
    """Let the tab's session have begun an hour ago."""
    from setia.accounts.sessions import SessionStore

    cookie = next(one for one in tab.page.context.cookies() if one["name"] == "sessionid")
    session = SessionStore(cookie["value"])
    for name in ("signed_in_at", "confirmed_at"):
        if name in session:
            session[name] -= 3600
    session.save()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_an_app_is_set_up_from_the_picture_and_asked_for_at_the_next_sign_in(
    visit: Visit, ratna: User, size: str
) -> None:
    tab = visit(language="en", size=size)
    password(tab)
    tab.goto("/settings/security/app/")
    secret = key_on_the_page(tab)
    tab.check()
    tab.page.fill("[name=code]", code_of(secret))
    press(tab, "Set up")
    tab.page.wait_for_url("**/codes/")
    tab.check()
    tab.page.context.clear_cookies()
    password(tab)
    tab.page.wait_for_url("**/sign-in/second-step/")
    tab.check()
    tab.page.fill("[name=code]", factors.recovery_codes_of(ratna)[0])
    press(tab, "Sign in")
    tab.page.wait_for_url(tab.base + "/")
    assert factors.factors_of(ratna).codes_left == 9


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_of_the_door_fit_read_well_and_keep_the_policy(
    visit: Visit, ratna: User, size: str, language: str
) -> None:
    tab = visit(ratna, size=size, language=language)
    for path in ("security/", "security/app/", "security/passkey/", "profile/email/", "people/"):
        tab.goto(f"/settings/{path}").check()
    tab.goto("/sign-in/confirm/").check()
    tab.goto("/sign-in/new-address/x/").check()
    dewi = User.objects.create_user("dewi@kopi.example", PASSWORD, name="Dewi Lestari")
    actions.add_app(by=ratna, at=ratna.joined_at, secret="A" * 32)
    actions.require_second_factor(by=ratna, at=ratna.joined_at, from_date=ratna.joined_at.date())
    due = visit(dewi, size=size, language=language)
    due.goto("/customers/").check()
    assert due.page.url.endswith("/sign-in/second-factor/")
