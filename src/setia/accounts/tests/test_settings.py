"""One's profile and the firm's settings: what an owner changes holds, a member is refused, changes leave a line."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from setia.accounts import actions, forms
from setia.accounts.models import AuditEntry
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna
from setia.core import mail
from setia.core.models import Event, JobFailure, MailServer
from setia.core.queries import firm
from setia.core.tests.test_jobs import queue, status
from setia.core.tests.test_mail import Box, serving

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}
FIRM = {
    "name": "Kopi Nusantara",
    "zone": "Asia/Makassar",
    "currency": "IDR",
    "language": "en",
    "feed_live": "1",
    "elsewhere": "WHO",
}
MAIL = {
    "host": "smtp.kopi.example",
    "port": "587",
    "security": "STARTTLS",
    "username": "halo",
    "password": "rahasia-sekali",
    "from_address": "halo@kopi.example",
    "from_name": "Kopi",
}


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


class TestDoors:
    OWNERS = ("/settings/firm/", "/settings/mail/", "/settings/audit/")
    ALL = ("/settings/", "/settings/profile/", "/settings/people/", "/settings/jobs/", "/settings/profile/password/")
    SENT = ("/settings/mail/test/", "/settings/mail/remove/", "/settings/jobs/1/retry/")

    @pytest.mark.parametrize("language", ["id", "en"])
    @pytest.mark.parametrize("path", OWNERS + ALL)
    def test_an_owner_opens_every_page_in_both_languages(self, client: Client, path: str, language: str) -> None:
        client.force_login(ratna())
        answer = client.get(path, headers={"accept-language": language})
        text = answer.content.decode()
        assert answer.status_code == 200
        assert f'lang="{language}"' in text
        assert " style=" not in text
        assert "onclick" not in text

    @pytest.mark.parametrize("path", OWNERS)
    def test_a_member_is_refused_the_firms_pages(self, client: Client, path: str) -> None:
        client.force_login(dewi())
        assert client.get(path).status_code == 403
        if path != "/settings/audit/":
            assert client.post(path, {**FIRM, **MAIL}).status_code == 403
        assert verbs() == []

    @pytest.mark.parametrize("path", ALL)
    def test_a_member_opens_the_others(self, client: Client, path: str) -> None:
        client.force_login(dewi())
        assert client.get(path).status_code == 200

    @pytest.mark.parametrize("path", SENT)
    def test_what_changes_something_takes_a_post_of_an_owner(self, client: Client, path: str) -> None:
        client.force_login(dewi())
        assert client.post(path).status_code == 403
        client.force_login(ratna())
        assert client.get(path).status_code == 405

    @pytest.mark.parametrize("path", OWNERS + ALL + SENT)
    def test_nobody_else_comes_near(self, client: Client, path: str) -> None:
        assert client.get(path)["Location"].startswith("/sign-in/")


class TestProfile:
    def test_name_and_language_are_saved_and_the_language_is_spoken(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        client.post("/settings/profile/", {"name": "Dewi L.", "language": "en"})
        member.refresh_from_db()
        assert (member.name, member.language) == ("Dewi L.", "en")
        answer = client.get("/settings/profile/", headers={"accept-language": "id"})
        assert 'lang="en"' in answer.content.decode()
        assert verbs() == ["user.profile_changed"]

    def test_saving_the_same_again_changes_nothing(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        client.post("/settings/profile/", {"name": member.name, "language": ""})
        assert verbs() == []

    def test_nobody_gives_himself_another_role(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        client.post("/settings/profile/", {"name": "Dewi", "language": "", "role": "OWNER", "is_active": "1"})
        member.refresh_from_db()
        assert member.role_id == "MEMBER"

    def test_the_password_is_changed_here_and_other_devices_are_out(self, client: Client) -> None:
        member, phone, fresh = dewi(), Client(), "teh-poci-tanpa-gula"
        client.force_login(member)
        phone.force_login(member)
        answer = client.post(
            "/settings/profile/password/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
        )
        assert answer.status_code == 302
        member.refresh_from_db()
        assert member.check_password(fresh)
        assert client.get("/settings/profile/").status_code == 200
        assert phone.get("/settings/profile/").status_code == 302
        assert verbs() == ["user.password_changed"]

    def test_without_the_present_password_nothing_changes(self, client: Client) -> None:
        member, fresh = dewi(), "teh-poci-tanpa-gula"
        client.force_login(member)
        client.post("/settings/profile/password/", {"oldpassword": "salah", "password1": fresh, "password2": fresh})
        member.refresh_from_db()
        assert member.check_password(PASSWORD)


class TestFirm:
    def test_what_the_owner_sets_holds_and_the_house_hears_of_it(self, client: Client) -> None:
        client.force_login(ratna())
        assert client.post("/settings/firm/", FIRM).status_code == 302
        house = firm()
        assert (house.name, house.zone, house.language, house.feed_live) == (
            "Kopi Nusantara",
            "Asia/Makassar",
            "en",
            True,
        )
        event = Event.objects.get(name="firm.changed")
        assert event.payload == {"fields": ["feed_live", "language", "name", "zone"]}
        assert verbs() == ["firm.changed"]

    def test_the_same_again_changes_nothing(self, client: Client) -> None:
        client.force_login(ratna())
        for _ in range(2):
            client.post("/settings/firm/", FIRM)
        assert verbs() == ["firm.changed"]
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"), [("zone", "Europe/Berlin"), ("currency", "XXX"), ("language", "de"), ("name", "")]
    )
    def test_a_value_that_is_not_on_the_list_is_refused(self, client: Client, field: str, value: str) -> None:
        client.force_login(ratna())
        assert client.post("/settings/firm/", {**FIRM, field: value}).status_code == 422
        assert verbs() == []

    def test_every_currency_of_today_is_there_the_rupiah_first(self) -> None:
        codes = [code for code, _name in forms.currencies()]
        assert codes[0] == "IDR"
        assert {"USD", "EUR", "SGD", "MYR", "JPY"} <= set(codes)
        assert not {"DEM", "NLG", "XXX"} & set(codes)
        assert len(codes) == len(set(codes)) > 140

    def test_no_other_caller_can_pass_the_gate(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.change_firm(by=dewi(), at=NOON, name="X")


class TestMail:
    def test_the_password_is_kept_sealed_and_never_shown(self, client: Client) -> None:
        client.force_login(ratna())
        assert client.post("/settings/mail/", MAIL).status_code == 302
        server = MailServer.objects.get()
        assert (server.host, server.port, server.username) == ("smtp.kopi.example", 587, "halo")
        text = client.get("/settings/mail/").content.decode()
        assert "rahasia-sekali" not in text
        assert server.password_sealed not in text
        assert "rahasia" not in str(list(AuditEntry.objects.values()))

    def test_left_empty_the_password_stays(self, client: Client) -> None:
        client.force_login(ratna())
        client.post("/settings/mail/", MAIL)
        sealed = MailServer.objects.get().password_sealed
        client.post("/settings/mail/", {**MAIL, "password": "", "from_name": "Kopi Dago"})
        server = MailServer.objects.get()
        assert (server.password_sealed, server.from_name) == (sealed, "Kopi Dago")

    def test_the_same_again_changes_nothing(self, client: Client) -> None:
        client.force_login(ratna())
        open_server = {**MAIL, "username": "", "password": ""}
        for _ in range(2):
            client.post("/settings/mail/", open_server)
        assert verbs() == ["mail_server.changed"]

    def test_without_a_user_name_the_stored_password_goes(self, client: Client) -> None:
        client.force_login(ratna())
        client.post("/settings/mail/", MAIL)
        client.post("/settings/mail/", {**MAIL, "username": "", "password": ""})
        assert MailServer.objects.get().password_sealed == ""

    def test_another_server_name_drops_the_old_password_and_says_so(self, client: Client) -> None:
        client.force_login(ratna())
        client.post("/settings/mail/", MAIL)
        answer = client.post(
            "/settings/mail/",
            {**MAIL, "password": "", "host": "smtp.thief.example"},
            follow=True,
            headers=ENGLISH,
        )
        assert MailServer.objects.get().password_sealed == ""
        assert "the old password was dropped" in answer.content.decode()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("port", "22"),
            ("port", "5432"),
            ("port", "x"),
            ("host", "smtp kopi"),
            ("host", "smtp.kopi.example\r\nRCPT"),
            ("host", "http://kopi.example/"),
            ("host", "-oProxyCommand=x"),
            ("security", "NONE"),
            ("username", ""),
            ("from_address", "halo"),
            ("from_name", "x" * 201),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, client: Client, field: str, value: str) -> None:
        client.force_login(ratna())
        assert client.post("/settings/mail/", {**MAIL, field: value}).status_code == 422
        assert not MailServer.objects.exists()

    @pytest.mark.parametrize("host", ["smtp.gmail.com", "localhost", "mail-1.kopi.co.id", "10.0.0.5", "::1"])
    def test_names_and_addresses_of_servers_are_taken(self, host: str) -> None:
        assert forms.MailForm({**MAIL, "host": host}).is_valid()

    def test_a_test_letter_arrives_and_is_told(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "setia.core.mail.FirmBackend"
        owner, box = ratna(), Box()
        client.force_login(owner)
        with serving(box) as port:
            monkeypatch.setattr(forms.MailForm.base_fields["port"], "choices", [(port, str(port))])
            form = {**MAIL, "host": "127.0.0.1", "port": str(port), "security": "NONE", "username": "", "password": ""}
            assert client.post("/settings/mail/", form).status_code == 302
            answer = client.post("/settings/mail/test/", follow=True, headers=ENGLISH)
        assert box.letters[0][1] == [owner.email]
        assert "took the test letter" in answer.content.decode()
        assert AuditEntry.objects.get(verb="mail_server.tested").data == {"outcome": "SENT"}

    def test_a_test_that_fails_says_why_in_plain_words(self, client: Client, settings: Any) -> None:
        settings.EMAIL_BACKEND = "setia.core.mail.FirmBackend"
        client.force_login(ratna())
        client.post("/settings/mail/", {**MAIL, "host": "mail.tidak-ada.invalid"})
        answer = client.post("/settings/mail/test/", follow=True, headers=ENGLISH)
        assert "No mail server of this name was found" in answer.content.decode()
        assert AuditEntry.objects.get(verb="mail_server.tested").data == {"outcome": "NAME_UNKNOWN"}

    def test_tests_are_limited(self, client: Client) -> None:
        client.force_login(ratna())
        answers = [client.post("/settings/mail/test/").status_code for _ in range(7)]
        assert answers == [302] * 6 + [429]

    def test_removed_it_is_gone(self, client: Client) -> None:
        client.force_login(ratna())
        client.post("/settings/mail/", MAIL)
        client.post("/settings/mail/remove/")
        client.post("/settings/mail/remove/")
        assert mail.mail_server() is None
        assert verbs() == ["mail_server.changed", "mail_server.removed"]


class TestJobs:
    def test_a_failed_job_is_shown_with_its_reason_and_run_again_by_an_owner(self, client: Client) -> None:
        key = queue("failed")
        JobFailure.objects.create(job_id=key, at=timezone.now(), reason="DISK_FULL", reference="09ab12cd")
        client.force_login(ratna())
        text = client.get("/settings/jobs/", headers=ENGLISH).content.decode()
        assert "The disk is full" in text
        assert "09ab12cd" in text
        assert client.post(f"/settings/jobs/{key}/retry/").status_code == 302
        assert status(key) == "todo"
        assert verbs() == ["job.retried"]

    def test_run_again_twice_is_told_calmly(self, client: Client) -> None:
        key = queue("failed")
        client.force_login(ratna())
        client.post(f"/settings/jobs/{key}/retry/")
        answer = client.post(f"/settings/jobs/{key}/retry/", follow=True, headers=ENGLISH)
        assert "no longer among the failed ones" in answer.content.decode()
        assert verbs() == ["job.retried"]

    def test_a_member_sees_but_does_not_run_again(self, client: Client) -> None:
        key = queue("failed")
        client.force_login(dewi())
        text = client.get("/settings/jobs/").content.decode()
        assert "/retry/" not in text
        assert client.post(f"/settings/jobs/{key}/retry/").status_code == 403
        assert status(key) == "failed"

    def test_a_missing_worker_is_told_with_what_to_do(self, client: Client) -> None:
        client.force_login(dewi())
        text = client.get("/settings/jobs/", headers=ENGLISH).content.decode()
        assert "Nothing runs in the background" in text
        assert "setia up" in text
