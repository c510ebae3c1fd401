"""Signing in and out: guessing is slowed down, every attempt leaves a line, nobody learns who is here."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from setia.accounts.models import AuditEntry
from setia.accounts.tests.people import PASSWORD, dewi, ratna

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": password}, headers=ENGLISH, **extra)


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_whoever_is_not_signed_in_is_led_to_the_door_and_back(client: Client) -> None:
    member = dewi()
    answer = client.get("/settings/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/settings/profile/")
    answer = client.post(SIGN_IN, {"login": member.email, "password": PASSWORD, "next": "/settings/profile/"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/profile/")


def test_nobody_is_led_to_another_house(client: Client) -> None:
    member = dewi()
    answer = client.post(SIGN_IN, {"login": member.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("email", ["dewi@kopi.example", "DEWI@Kopi.Example", "  dewi@kopi.example "])
def test_the_address_is_recognised_in_any_case(client: Client, email: str) -> None:
    dewi()
    sign_in(client, email)
    assert inside(client)


def test_the_session_ends_with_the_browser_unless_asked_otherwise(client: Client) -> None:
    member = dewi()
    sign_in(client, member.email)
    assert client.session.get_expire_at_browser_close()
    other = Client()
    other.post(SIGN_IN, {"login": member.email, "password": PASSWORD, "remember": "on"})
    assert not other.session.get_expire_at_browser_close()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client) -> None:
    member = dewi()
    wrong = sign_in(client, member.email, "salah-salah-salah").content.decode()
    unknown = sign_in(client, "siapa@kopi.example", "salah-salah-salah").content.decode()
    told = "do not belong together"
    assert told in wrong
    assert told in unknown


def test_the_sixth_guess_at_one_account_is_refused_even_with_the_right_password(client: Client) -> None:
    member = dewi()
    for _ in range(5):
        sign_in(client, member.email, "salah-salah-salah")
    answer = sign_in(client, member.email)
    assert "Too many attempts" in answer.content.decode()
    assert not inside(client)


def test_guessing_at_one_account_does_not_lock_out_another(client: Client) -> None:
    member, owner = dewi(), ratna()
    for _ in range(6):
        sign_in(client, member.email, "salah-salah-salah", REMOTE_ADDR="203.0.113.7")
    sign_in(client, owner.email, REMOTE_ADDR="203.0.113.8")
    assert inside(client)


def test_guessing_at_many_accounts_from_one_place_is_refused_too(client: Client) -> None:
    owner = ratna()
    for number in range(10):
        sign_in(client, f"siapa{number}@kopi.example", "salah-salah-salah")
    answer = sign_in(client, owner.email)
    assert "Too many attempts" in answer.content.decode()


def test_a_stranger_cannot_name_his_own_address(client: Client) -> None:
    for number in range(10):
        sign_in(client, f"a{number}@kopi.example", "salah-salah-salah", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    owner = ratna()
    sign_in(client, owner.email, HTTP_X_FORWARDED_FOR="198.51.100.99")
    assert not inside(client)


def test_a_flood_gets_429_in_a_page_of_ours(client: Client) -> None:
    for _ in range(30):
        client.post(SIGN_IN, {"login": "x"})
    answer = client.post(SIGN_IN, {"login": "x"}, headers=ENGLISH)
    assert answer.status_code == 429
    assert "Wait a minute" in answer.content.decode()


@pytest.mark.parametrize("path", ["/welcome/guess/", "/invitation/guess/"])
def test_whoever_tries_links_is_slowed_down_too(client: Client, path: str) -> None:
    answers = [client.post(path, {"name": "X"}).status_code for _ in range(11)]
    assert answers == [410] * 10 + [429]


def test_nobody_floods_an_inbox_with_reset_letters(client: Client) -> None:
    member = dewi()
    answers = [client.post("/password/reset/", {"email": member.email}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_coming_and_going_and_being_refused_leave_a_line_without_the_typed_words(client: Client) -> None:
    member = dewi()
    sign_in(client, member.email, "kata-sandi-salah")
    sign_in(client, "kata-sandi-di-kotak-surel@x.example")
    sign_in(client, member.email)
    client.post("/sign-out/")
    assert verbs() == ["user.sign_in_refused", "user.sign_in_refused", "user.signed_in", "user.signed_out"]
    known, unknown = AuditEntry.objects.order_by("pk")[:2]
    assert (known.about_id, unknown.about_id) == (member.pk, None)
    assert known.address
    assert "kata-sandi" not in str(list(AuditEntry.objects.values()))


def test_a_burst_of_guesses_leaves_one_line_about_being_slowed(client: Client) -> None:
    member = dewi()
    for _ in range(9):
        sign_in(client, member.email, "salah-salah-salah")
    assert verbs() == ["user.sign_in_refused"] * 5 + ["user.sign_in_slowed"]


def test_signing_out_needs_a_post(client: Client) -> None:
    client.force_login(dewi())
    assert client.get("/sign-out/").status_code == 200
    assert inside(client)
    assert client.post("/sign-out/").status_code == 302
    assert not inside(client)


def test_the_form_cannot_be_sent_from_elsewhere() -> None:
    member = dewi()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"login": member.email, "password": PASSWORD}).status_code == 403


def test_nobody_signs_up_uninvited(client: Client) -> None:
    for path in ("/signup/", "/sign-up/", "/accounts/signup/"):
        assert client.get(path).status_code in {302, 404}
    assert client.post("/signup/", {"email": "a@b.example", "password1": PASSWORD}).status_code in {302, 404}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", [SIGN_IN, "/password/reset/", "/password/reset/sent/", "/sign-in/inactive/"])
def test_the_door_speaks_both_languages_and_needs_no_inline_script(client: Client, path: str, language: str) -> None:
    answer = client.get(path, headers={"accept-language": language})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{language}"' in text
    assert "style=" not in text
    assert "onclick" not in text
    assert "unsafe" not in answer["Content-Security-Policy"]
