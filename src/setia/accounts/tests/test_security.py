"""Devices, “Is it you?”, and one's own e-mail address."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client

from setia.accounts import actions, factors
from setia.accounts.models import AuditEntry, Session, User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna
from setia.core import mail

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def sign_in(user: User, agent: str = "", address: str = "203.0.113.7") -> Client:
    client = Client(headers={"user-agent": agent, "accept-language": "en"}, REMOTE_ADDR=address)
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def long_ago(client: Client) -> None:
    """Let the session have begun an hour ago."""
    session = client.session
    session["signed_in_at"] = int(time.time()) - 3600
    session.save()


class TestDevices:
    def test_each_is_named_and_the_present_one_stands_first(self) -> None:
        member = dewi()
        phone, desk = sign_in(member, PHONE), sign_in(member, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        page = desk.get("/settings/security/").content.decode().partition("<main")[2]
        assert page.index("Firefox, Linux") < page.index("this device") < page.index("Chrome, Android")
        assert str(phone.session.session_key) not in page
        assert Session.objects.exclude(place="").count() == 2
        assert "203.0.113" not in str(list(Session.objects.values()))

    def test_another_network_is_told_from_the_same_one(self) -> None:
        member = dewi()
        here = sign_in(member)
        sign_in(member)
        sign_in(member, address="198.51.100.1")
        devices = factors.devices_of(member, key=here.session.session_key)
        assert sorted((device.here, device.same_place) for device in devices) == [
            (False, False),
            (False, True),
            (True, True),
        ]

    def test_one_is_signed_out_from_another_at_once(self) -> None:
        member = dewi()
        here, lost = sign_in(member), sign_in(member, PHONE)
        mark = next(one.mark for one in factors.devices_of(member, key=here.session.session_key) if not one.here)
        here.post(f"/settings/security/devices/{mark}/end/")
        assert lost.get("/settings/profile/").status_code == 302
        assert here.get("/settings/profile/").status_code == 200
        assert AuditEntry.objects.filter(verb="user.session_ended").count() == 1
        here.post(f"/settings/security/devices/{mark}/end/")
        assert AuditEntry.objects.filter(verb="user.session_ended").count() == 1

    def test_nobody_ends_somebody_elses(self) -> None:
        member, owner = dewi(), ratna()
        theirs, mine = sign_in(owner), sign_in(member)
        mark = factors.devices_of(owner, key=None)[0].mark
        mine.post(f"/settings/security/devices/{mark}/end/")
        assert theirs.get("/settings/profile/").status_code == 200
        assert not actions.end_session(by=member, at=NOON, key=theirs.session.session_key or "")

    def test_everywhere_but_here(self) -> None:
        member = dewi()
        here, *others = (sign_in(member) for _ in range(3))
        here.post("/settings/security/devices/others/end/")
        assert here.get("/settings/profile/").status_code == 200
        assert [other.get("/settings/profile/").status_code for other in others] == [302, 302]
        assert AuditEntry.objects.get(verb="user.other_sessions_ended").data == {"sessions": 2}

    def test_a_session_that_a_new_password_ended_is_not_shown(self) -> None:
        member = dewi()
        sign_in(member)
        assert len(factors.devices_of(member, key=None)) == 1
        actions.set_password(user=member, password="teh-poci-tanpa-gula", at=NOON)
        assert factors.devices_of(member, key=None) == []

    def test_being_there_is_noted_every_ten_minutes_at_most(self) -> None:
        client = sign_in(dewi())
        seen = Session.objects.get().seen_at
        client.get("/settings/")
        assert Session.objects.get().seen_at == seen
        Session.objects.update(seen_at=seen - timedelta(minutes=11) if seen else None)
        client.get("/settings/")
        latest = Session.objects.get().seen_at
        assert seen is not None
        assert latest is not None
        assert latest >= seen


class TestIsItYou:
    def test_a_fresh_session_is_not_asked(self) -> None:
        assert sign_in(dewi()).get("/settings/security/app/").status_code == 200

    def test_an_older_one_is_asked_and_led_on(self) -> None:
        client = sign_in(dewi())
        long_ago(client)
        answer = client.get("/settings/security/app/")
        assert answer["Location"] == "/sign-in/confirm/?next=%2Fsettings%2Fsecurity%2Fapp%2F"
        wrong = client.post("/sign-in/confirm/", {"password": "salah-salah", "next": "/settings/security/app/"})
        assert wrong.status_code == 422
        assert client.get("/settings/security/app/").status_code == 302
        right = client.post("/sign-in/confirm/", {"password": PASSWORD, "next": "/settings/security/app/"})
        assert right["Location"] == "/settings/security/app/"
        assert client.get("/settings/security/app/").status_code == 200

    def test_a_button_that_was_pressed_counts_as_pressed(self) -> None:
        owner, member = ratna(), dewi()
        client = sign_in(owner)
        long_ago(client)
        path = f"/settings/people/{member.pk}/role/"
        asked = client.post(path, {"role": "OWNER"})
        assert asked["Location"].startswith("/sign-in/confirm/?next=")
        member.refresh_from_db()
        assert not member.is_owner
        answer = client.post("/sign-in/confirm/", {"password": PASSWORD, "next": path})
        assert answer["Location"] == "/settings/people/"
        member.refresh_from_db()
        assert member.is_owner

    def test_a_part_of_a_page_is_led_there_whole(self) -> None:
        client = sign_in(dewi())
        long_ago(client)
        answer = client.get("/settings/security/app/", headers={"hx-request": "true"})
        assert (answer.status_code, answer["HX-Redirect"][:15]) == (204, "/sign-in/confir")

    def test_it_leads_to_no_other_house(self) -> None:
        client = sign_in(dewi())
        for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
            assert client.post("/sign-in/confirm/", {"password": PASSWORD, "next": evil})["Location"] == "/"

    def test_guessing_here_is_slowed_like_at_the_door(self) -> None:
        client = sign_in(dewi())
        long_ago(client)
        for _ in range(5):
            client.post("/sign-in/confirm/", {"password": "salah-salah-salah"})
        assert client.post("/sign-in/confirm/", {"password": PASSWORD}).status_code == 422
        assert client.get("/settings/security/app/").status_code == 302

    def test_a_password_that_was_typed_does_not_wait_in_the_session(self, rf: Any) -> None:
        from setia.accounts.confirming import ask

        request = rf.post("/settings/mail/", {"password": "rahasia-sekali"})
        request.session = {}
        ask(request)
        assert request.session == {}

    def test_what_is_kept_is_dropped_when_something_else_is_confirmed(self) -> None:
        owner, member = ratna(), dewi()
        client = sign_in(owner)
        long_ago(client)
        client.post(f"/settings/people/{member.pk}/role/", {"role": "OWNER"})
        client.post("/sign-in/confirm/", {"password": PASSWORD, "next": "/settings/"})
        member.refresh_from_db()
        assert not member.is_owner
        assert "kept_request" not in client.session

    def test_the_page_shows_in_both_languages(self) -> None:
        client = sign_in(dewi())
        assert "Is it you?" in client.get("/sign-in/confirm/", headers=ENGLISH).content.decode()
        assert (
            "Benarkah ini Anda?" in client.get("/sign-in/confirm/", headers={"accept-language": "id"}).content.decode()
        )


class TestEmail:
    @pytest.fixture(autouse=True)
    def _server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail, "can_send", lambda: True)

    def ask(self, client: Client, email: str = "dewi.lestari@kopi.example") -> Any:
        return client.post("/settings/profile/email/", {"email": email}, headers=ENGLISH)

    def link(self) -> str:
        found = re.search(r"http://testserver(\S+)", str(outbox.outbox[-1].body))
        assert found
        return found[1]

    def test_the_new_address_counts_once_its_link_is_opened(self) -> None:
        member = dewi()
        client = sign_in(member)
        assert self.ask(client)["Location"] == "/settings/profile/"
        letter = outbox.outbox[-1]
        assert letter.to == ["dewi.lestari@kopi.example"]
        link = self.link()
        member.refresh_from_db()
        assert member.email == "dewi@kopi.example"
        guest = Client()
        assert guest.get(link).status_code == 200
        member.refresh_from_db()
        assert member.email == "dewi@kopi.example", "opening alone changes nothing: mail programs open links too"
        assert guest.post(link).status_code == 302
        member.refresh_from_db()
        assert member.email == "dewi.lestari@kopi.example"
        assert outbox.outbox[-1].to == ["dewi@kopi.example"], "the old box is told"
        assert guest.post(link).status_code == 410
        assert [entry.verb for entry in AuditEntry.objects.filter(verb__contains="email").order_by("pk")] == [
            "user.email_change_asked",
            "user.email_changed",
        ]

    def test_an_address_of_somebody_here_is_refused(self) -> None:
        member, owner = dewi(), ratna()
        answer = self.ask(sign_in(member), owner.email.upper())
        assert answer.status_code == 422
        assert not outbox.outbox

    def test_who_took_the_address_meanwhile_keeps_it(self) -> None:
        self.ask(sign_in(dewi()))
        User.objects.create_user("dewi.lestari@kopi.example", PASSWORD)
        assert Client().post(self.link()).status_code == 410

    def test_a_newer_wish_replaces_the_older_and_an_old_one_runs_out(self) -> None:
        member = dewi()
        client = sign_in(member)
        self.ask(client)
        old = self.link()
        self.ask(client, "lestari@kopi.example")
        assert Client().post(old).status_code == 410
        token = self.link().rstrip("/").rsplit("/", 1)[1]
        from django.utils import timezone

        with pytest.raises(actions.LinkSpent):
            actions.confirm_email(token=token, at=timezone.now() + timedelta(hours=25))

    def test_without_a_mail_server_the_page_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail, "can_send", lambda: False)
        page = sign_in(dewi()).get("/settings/profile/email/", headers=ENGLISH).content.decode()
        assert "confirmed by a letter" in page


class TestRestoredCopy:
    def test_it_says_so_on_every_page_until_somebody_who_may_releases_it(self) -> None:
        from setia.core.actions import pause_outgoing

        pause_outgoing(at=NOON)
        member, owner = sign_in(dewi()), sign_in(ratna())
        assert "restored from a backup" in member.get("/settings/").content.decode()
        assert member.post("/settings/release/").status_code == 403
        assert owner.post("/settings/release/").status_code == 302
        assert "restored from a backup" not in owner.get("/settings/").content.decode()
        assert AuditEntry.objects.filter(verb="firm.released").count() == 1
        owner.post("/settings/release/")
        assert AuditEntry.objects.filter(verb="firm.released").count() == 1
