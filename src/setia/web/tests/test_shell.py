"""The frame around every page: what is offered, in which language and zone, whole or in part, and what may be kept."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone, translation

from setia.accounts.models import User
from setia.core.models import Firm
from setia.web import errors, storage
from setia.web.format import moment, money
from setia.web.middleware import FirmMiddleware

pytestmark = pytest.mark.django_db


@pytest.fixture
def ratna() -> User:
    return User.objects.create_user("ratna@kopi.id", "gayo-natural-1kg", name="Ratna Wulandari", role=User.Role.OWNER)


@pytest.fixture
def at_home(client: Client, ratna: User) -> Client:
    client.force_login(ratna)
    return client


def test_the_frame_names_the_firm_and_the_reader(at_home: Client) -> None:
    Firm.objects.update_or_create(pk=1, defaults={"name": "Kopi <Nusantara>"})
    page = at_home.get("/more/").content.decode()
    assert "Kopi &lt;Nusantara&gt;" in page
    assert "Ratna Wulandari" in page
    assert 'aria-current="page"' in page


def test_every_place_offered_exists(at_home: Client) -> None:
    page = at_home.get("/more/").content.decode()
    for path in ("/customers/", "/orders/", "/products/", "/understand/cohorts/", "/import/", "/settings/"):
        assert f'href="{path}"' in page, path


def test_a_part_of_a_page_comes_without_its_frame_but_a_page_change_with_it(at_home: Client) -> None:
    part = at_home.get("/more/", headers={"HX-Request": "true"}).content.decode()
    assert "<h1" in part
    assert "<html" not in part
    assert "<title>" in part
    for headers in (
        {"HX-Request": "true", "HX-Boosted": "true"},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
        {},
    ):
        assert "<html" in at_home.get("/more/", headers=headers).content.decode()


def test_no_shared_store_may_keep_a_page(at_home: Client) -> None:
    answer = at_home.get("/more/")
    assert "private" in answer.headers["Cache-Control"]
    assert {"HX-Request", "Cookie", "Accept-Language"} <= set(answer.headers["Vary"].replace(" ", "").split(","))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("profile", "cookie", "browser", "firm", "shown"),
    [
        ("en", "id", "id", "id", "en"),
        ("", "en", "id", "id", "en"),
        ("", "", "en-GB,en;q=0.9", "id", "en"),
        ("", "", "", "en", "en"),
        ("", "xx", "", "id", "id"),
        ("", "", "id-ID", "en", "id"),
    ],
)
def test_the_language_is_the_profiles_then_the_devices_then_the_firms(
    client: Client, ratna: User, profile: str, cookie: str, browser: str, firm: str, shown: str
) -> None:
    Firm.objects.update_or_create(pk=1, defaults={"language": firm})
    User.objects.filter(pk=ratna.pk).update(language=profile)
    client.force_login(ratna)
    client.cookies["setia_language"] = cookie
    answer = client.get("/more/", headers={"Accept-Language": browser} if browser else {})
    assert answer.headers["Content-Language"] == shown
    assert f'<html lang="{shown}"' in answer.content.decode()


def test_set_language_is_kept_on_the_device_and_in_the_profile(at_home: Client, ratna: User) -> None:
    answer = at_home.post("/language/", {"language": "en", "next": "/settings/"})
    assert answer.headers["Location"] == "/settings/"
    assert answer.cookies["setia_language"].value == "en"
    ratna.refresh_from_db()
    assert ratna.language == "en"


def test_set_language_leads_to_no_other_house_and_knows_two_languages(client: Client) -> None:
    answer = client.post("/language/", {"language": "xx", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert "setia_language" not in answer.cookies
    assert client.get("/language/").status_code == 405


def test_the_firms_zone_and_currency_hold_inside_a_request_and_not_after_it() -> None:
    Firm.objects.update_or_create(pk=1, defaults={"zone": "Asia/Jayapura", "currency": "USD", "language": "en"})
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(moment(datetime(2020, 6, 1, 0, 0, tzinfo=UTC)))
        seen.append(money(12))
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = User(language="en")
    FirmMiddleware(view)(request)
    assert seen == ["1 Jun 2020, 09:00 WIT", "US$12"]
    Firm.objects.update(currency="IDR")
    assert money(12) == "Rp12"


def test_an_export_is_written_in_the_readers_words_though_it_comes_later() -> None:
    Firm.objects.update_or_create(pk=1, defaults={"zone": "Asia/Jayapura"})

    def rows() -> Iterator[bytes]:
        yield f"{translation.get_language()} {timezone.get_current_timezone_name()}".encode()

    request = RequestFactory().get("/")
    request.user = User(language="en")
    answer = FirmMiddleware(lambda _request: StreamingHttpResponse(rows()))(request)
    assert isinstance(answer, StreamingHttpResponse)
    assert b"".join(answer) == b"en Asia/Jayapura"


@pytest.mark.parametrize(("language", "said"), [("id", "Tidak ada apa-apa di sini"), ("en", "There is nothing here")])
def test_a_lost_page_says_so_with_a_number_that_is_in_the_log(
    at_home: Client, caplog: pytest.LogCaptureFixture, language: str, said: str
) -> None:
    with caplog.at_level(logging.INFO, logger="setia.web.errors"):
        answer = at_home.get("/nowhere/", headers={"Accept-Language": language})
    page = answer.content.decode()
    assert answer.status_code == 404
    assert said in page
    reference = caplog.records[0].getMessage().split()[0]
    assert len(reference) == 8
    assert reference in page
    assert "/nowhere/" not in caplog.records[0].getMessage(), "an address may hold personal data"


def test_a_refusal_and_a_stale_form_say_what_to_do(at_home: Client) -> None:
    refused = errors.forbidden(_request(), PermissionError())
    assert refused.status_code == 403
    assert "Pengaturan, Orang" in refused.content.decode()
    strict = Client(enforce_csrf_checks=True)
    stale = strict.post("/language/", {"language": "en"}, headers={"Accept-Language": "id"})
    assert stale.status_code == 403
    assert "Muat ulang" in stale.content.decode()
    assert errors.bad_request(_request(), ValueError()).status_code == 400


def test_an_address_of_a_button_opened_like_a_page_says_so(at_home: Client) -> None:
    answer = at_home.get("/customers/twins/", headers={"accept-language": "en"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "Go back to the form" in answer.content.decode()


def test_a_broken_database_still_gets_a_page_without_a_trace(client: Client) -> None:
    client.raise_request_exception = False
    with (
        mock.patch("setia.web.middleware.firm", side_effect=OperationalError("gone")),
        mock.patch("setia.web.context.current_firm", side_effect=OperationalError("gone")),
        mock.patch("setia.web.views.shell.render", side_effect=OperationalError("gone")),
        mock.patch("django.contrib.auth.middleware.get_user", return_value=User(pk=1, email="a@b.id")),
    ):
        answer = client.get("/more/", headers={"Accept-Language": "id"})
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Ada yang tidak beres" in page
    assert "OperationalError" not in page
    assert "Traceback" not in page


def test_a_static_file_is_asked_for_by_its_content() -> None:
    address = storage.StaticStorage().url("web/setia.css")
    assert address == f"/static/web/setia.css?v={storage.version('web/setia.css')}"
    assert len(storage.version("web/setia.css")) == 12
    assert storage.version("web/setia.css") != storage.version("web/app.js")
    assert storage.StaticStorage().url("web/none.css") == "/static/web/none.css"


@override_settings(DEBUG=True)
def test_while_developing_a_changed_file_is_noticed() -> None:
    with mock.patch("setia.web.storage.finders.find", return_value=__file__):
        before = storage.version("web/setia.css")
    assert before != storage.version("web/setia.css")


def _request() -> HttpRequest:
    translation.activate("id")
    request = RequestFactory().get("/")
    request.resolver_match = None
    return request
