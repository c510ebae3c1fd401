"""The second factor: set up, asked for, used up, lost, and asked of everybody."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from setia.accounts import actions, factors
from setia.accounts.models import AuditEntry, User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna
from setia.accounts.tests.test_command import run
from setia.core.queries import firm

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def code_of(secret: str) -> str:
    """What the app on the telephone shows now."""
    _before, now, _after = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, now)))


def with_app(user: User) -> str:
    secret = str(generate_totp_secret())
    actions.add_app(by=user, at=NOON, secret=secret)
    return secret


def password(client: Client, user: User) -> Any:
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD})


def step(client: Client, code: str) -> Any:
    return client.post("/sign-in/second-step/", {"code": code}, headers=ENGLISH)


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


class TestApp:
    def test_it_is_set_up_with_its_first_code_and_brings_recovery_codes(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        page = client.get("/settings/security/app/", headers=ENGLISH).content.decode()
        assert "data:image/svg+xml;base64," in page
        found = re.search(r"<p class=\"s-num s-b\">([A-Z2-7 ]+)</p>", page)
        assert found
        secret = found[1].replace(" ", "")
        answer = client.post("/settings/security/app/", {"code": code_of(secret)})
        assert (answer.status_code, answer["Location"]) == (302, "/settings/security/codes/")
        codes = re.findall(r"<li>(\d{4} \d{4})</li>", client.get("/settings/security/codes/").content.decode())
        assert len(codes) == 10
        assert verbs() == ["user.app_added"]

    def test_a_wrong_code_sets_up_nothing_and_keeps_the_picture(self, client: Client) -> None:
        client.force_login(dewi())
        first = client.get("/settings/security/app/").content.decode()
        answer = client.post("/settings/security/app/", {"code": "000000"}, headers=ENGLISH)
        assert answer.status_code == 422
        picture = re.compile(r"base64,[^\"]+")
        assert picture.findall(answer.content.decode()) == picture.findall(first)
        assert not Authenticator.objects.exists()

    def test_neither_database_nor_session_holds_the_secret_readable(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        client.get("/settings/security/app/")
        sealed = client.session["app_secret"]
        secret = with_app(member)
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(data::text, '') FROM mfa_authenticator")
            (kept,) = cursor.fetchone()
        assert secret not in kept
        assert sealed.startswith("gAAAA")
        assert json.loads(json.dumps(kept)).count("gAAAA") == 2

    def test_the_password_alone_no_longer_signs_in(self, client: Client) -> None:
        member = dewi()
        secret = with_app(member)
        answer = password(client, member)
        assert answer["Location"] == "/sign-in/second-step/"
        assert not inside(client)
        assert client.get("/settings/profile/").status_code == 302
        step(client, code_of(secret))
        assert inside(client)
        assert AuditEntry.objects.get(verb="user.signed_in").data == {"way": "APP"}

    def test_a_code_opens_once(self, client: Client) -> None:
        member = dewi()
        code = code_of(with_app(member))
        password(client, member)
        step(client, code)
        thief = Client()
        password(thief, member)
        cache.delete(f"allauth.mfa.totp.used?user={member.pk}&code={code}")  # the library forgets after half a minute
        assert "not right" in step(thief, code).content.decode()
        assert not inside(thief)

    def test_the_sixth_guess_at_codes_is_refused_even_when_it_is_right(self, client: Client) -> None:
        member = dewi()
        secret = with_app(member)
        password(client, member)
        for _ in range(5):
            step(client, "111111")
        assert "Too many attempts" in step(client, code_of(secret)).content.decode()
        assert not inside(client)
        assert "user.second_step_refused" in verbs()

    def test_nobody_sets_up_two(self) -> None:
        member = dewi()
        with_app(member)
        with pytest.raises(actions.AlreadyThere):
            with_app(member)

    def test_a_new_password_by_link_does_not_go_around_it(self, client: Client) -> None:
        member, fresh = dewi(), "teh-poci-tanpa-gula"
        with_app(member)
        link = actions.reset_link(by=None, at=NOON, user=member)
        form = client.get(link, follow=True)
        answer = client.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})
        assert answer["Location"] == "/sign-in/second-step/"
        assert not inside(client)


class TestRecoveryCodes:
    def test_each_opens_the_second_step_once_and_leaves_a_line(self, client: Client) -> None:
        member = dewi()
        with_app(member)
        code = factors.recovery_codes_of(member)[3]
        password(client, member)
        step(client, f"{code[:4]} {code[4:]}")
        assert inside(client)
        assert code not in factors.recovery_codes_of(member)
        assert "user.recovery_code_used" in verbs()
        again = Client()
        password(again, member)
        step(again, code)
        assert not inside(again)

    def test_new_ones_take_the_place_of_the_old(self, client: Client) -> None:
        member = dewi()
        with_app(member)
        old = factors.recovery_codes_of(member)
        client.force_login(member)
        assert client.post("/settings/security/codes/new/")["Location"] == "/settings/security/codes/"
        assert not set(old) & set(factors.recovery_codes_of(member))

    def test_without_a_second_factor_there_are_none(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        assert client.get("/settings/security/codes/")["Location"] == "/settings/security/"
        with pytest.raises(PermissionDenied):
            actions.new_recovery_codes(by=member, at=NOON)

    def test_they_go_with_the_last_factor(self, client: Client) -> None:
        member = dewi()
        with_app(member)
        client.force_login(member)
        client.post(f"/settings/security/factors/{factors.factors_of(member).app.pk}/remove/")
        assert not Authenticator.objects.filter(user=member).exists()
        assert verbs()[-1] == "user.app_removed"


class TestPasskeyDoor:
    def test_it_asks_a_fresh_question_and_refuses_a_made_up_answer(self, client: Client) -> None:
        dewi()
        first, second = (
            client.get("/sign-in/passkey/", headers={"accept": "application/json"}).json()["request_options"]
            for _ in range(2)
        )
        assert first["publicKey"]["userVerification"] == "required"
        assert first["publicKey"]["challenge"] != second["publicKey"]["challenge"]
        for nonsense in ("", "{}", "[]", '"x"', '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'):
            answer = client.post("/sign-in/passkey/", {"credential": nonsense})
            assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
        assert not inside(client)

    @pytest.mark.parametrize("nonsense", ["", "{}", "[]", "7", '{"id": "AA", "rawId": "AA", "response": {"a": 1}}'])
    def test_a_made_up_passkey_is_not_kept(self, client: Client, nonsense: str) -> None:
        client.force_login(dewi())
        client.get("/settings/security/passkey/", headers={"host": "localhost"})
        answer = client.post("/settings/security/passkey/", {"name": "x", "credential": nonsense}, headers=ENGLISH)
        assert answer.status_code == 422
        assert not Authenticator.objects.exists()

    def test_at_a_bare_number_the_page_says_what_passkeys_need(self, client: Client) -> None:
        client.force_login(dewi())
        page = client.get("/settings/security/passkey/", headers={**ENGLISH, "host": "127.0.0.1"}).content.decode()
        assert "need a name and https" in page


class TestLost:
    def test_an_owner_removes_it_for_somebody_and_their_sessions_end(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        with_app(member)
        theirs = Client()
        theirs.force_login(member)
        client.force_login(owner)
        assert client.post(f"/settings/people/{member.pk}/second-factor/remove/")["Location"] == "/settings/people/"
        assert not Authenticator.objects.filter(user=member).exists()
        assert theirs.get("/settings/profile/").status_code == 302
        member.refresh_from_db()
        password(theirs, member)
        assert inside(theirs)

    def test_a_member_removes_nobody_elses(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        with_app(owner)
        client.force_login(member)
        assert client.post(f"/settings/people/{owner.pk}/second-factor/remove/").status_code == 403
        assert client.post(f"/settings/security/factors/{factors.factors_of(owner).app.pk}/remove/").status_code == 404
        with pytest.raises(PermissionDenied):
            actions.remove_second_factors(by=member, at=NOON, user=owner)
        with pytest.raises(PermissionDenied):
            actions.remove_factor(by=member, at=NOON, factor=factors.factors_of(owner).app)

    def test_the_command_says_what_it_removes_and_what_it_leaves(self, capsys: pytest.CaptureFixture[str]) -> None:
        member = dewi()
        with_app(member)
        assert "--second-factor" in run(capsys, "reset", email=member.email)[1]
        assert factors.has_second_factor(member)
        said = run(capsys, "reset", email=member.email, second_factor=True)[1]
        assert "is removed: app, passkeys and recovery codes" in said
        assert "/password/reset/" in said
        assert not factors.has_second_factor(member)
        assert "no second factor" in run(capsys, "reset", email=member.email, second_factor=True)[1]


class TestRule:
    def test_whoever_makes_it_has_one(self, client: Client) -> None:
        owner = ratna()
        client.force_login(owner)
        answer = client.post("/settings/people/second-factor/", {"on": "1"}, headers=ENGLISH, follow=True)
        assert "for yourself first" in answer.content.decode()
        with_app(owner)
        client.post("/settings/people/second-factor/", {"on": "1"})
        day = firm().second_factor_from_date
        assert day is not None
        assert timedelta(days=6) <= day - timezone.now().date() <= timedelta(days=8)
        client.post("/settings/people/second-factor/", {"on": "0"})
        assert firm().second_factor_from_date is None

    def test_before_the_day_one_may_go_on_later(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        with_app(owner)
        actions.require_second_factor(by=owner, at=NOON, from_date=timezone.now().date() + timedelta(days=5))
        client.force_login(member)
        assert client.get("/customers/")["Location"] == "/sign-in/second-factor/"
        assert client.get("/sign-in/second-factor/").status_code == 200
        client.post("/sign-in/second-factor/")
        assert client.get("/customers/").status_code == 200

    def test_from_the_day_on_nothing_opens_but_the_way_to_one(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        with_app(owner)
        actions.require_second_factor(by=owner, at=NOON, from_date=timezone.now().date() - timedelta(days=1))
        client.force_login(member)
        client.post("/sign-in/second-factor/")
        for path in ("/", "/customers/", "/settings/people/", "/orders/"):
            assert client.get(path)["Location"] == "/sign-in/second-factor/"
        part = client.get("/customers/", headers={"hx-request": "true"})
        assert (part.status_code, part["HX-Redirect"]) == (204, "/sign-in/second-factor/")
        for path in ("/settings/security/", "/settings/security/app/"):
            assert client.get(path).status_code == 200
        with_app(member)
        assert client.get("/customers/").status_code == 200
        with pytest.raises(actions.StillAsked):
            actions.remove_factor(by=member, at=NOON, factor=factors.factors_of(member).app)

    def test_a_member_cannot_make_it(self, client: Client) -> None:
        client.force_login(dewi())
        assert client.post("/settings/people/second-factor/", {"on": "1"}).status_code == 403
