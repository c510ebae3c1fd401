"""A forgotten password: by e-mail over a real server, by an owner, by the command line."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import mail as outbox
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from setia.accounts import actions, tasks
from setia.accounts.models import User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna
from setia.core import jobs
from setia.core.actions import change_mail_server
from setia.core.mail import MailTrouble
from setia.core.tests.test_mail import Box, serving

FRESH = "teh-poci-tanpa-gula"
ASK = "/password/reset/"


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def choose(link: str, password: str = FRESH) -> Any:
    """Open a link as a stranger and set a password."""
    guest = Client()
    form = guest.get(link, follow=True)
    return guest.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


@pytest.mark.django_db(transaction=True)
class TestByMail:
    @pytest.fixture(autouse=True)
    def _queue(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        settings.EMAIL_BACKEND = "setia.core.mail.FirmBackend"
        monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        yield
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    def work(self) -> None:
        live = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]

        async def run() -> None:
            async with live.open_async():
                await live.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
            await sync_to_async(connections.close_all)()

        asyncio.run(run())

    def use(self, port: int) -> None:
        change_mail_server(
            at=NOON,
            password=None,
            host="127.0.0.1",
            port=port,
            security="NONE",
            username="",
            from_address="setia@kopi.example",
            from_name="Kopi",
        )

    def test_the_letter_arrives_and_its_link_sets_a_new_password_once(self, client: Client) -> None:
        member, box = dewi(), Box()
        User.objects.update(language="en")
        with serving(box) as port:
            self.use(port)
            answer = client.post(ASK, {"email": "Dewi@kopi.example"})
            assert (answer.status_code, answer["Location"]) == (302, "/password/reset/sent/")
            self.work()
        sender, to, content = box.letters[0]
        assert (sender, to) == ("setia@kopi.example", ["dewi@kopi.example"])
        text = content.decode()
        assert "Subject: A new password for Setia" in text
        found = re.search(r"http://testserver(/password/reset/\S+)", text)
        assert found
        assert choose(found[1]).status_code == 302
        member.refresh_from_db()
        assert member.check_password(FRESH)
        assert "password1" not in Client().get(found[1], follow=True).content.decode()

    def test_an_unknown_address_gets_the_same_answer_and_no_letter(self, client: Client) -> None:
        box = Box()
        with serving(box) as port:
            self.use(port)
            known, unknown = (client.post(ASK, {"email": email}) for email in ("dewi@kopi.example", "x@y.example"))
            self.work()
        assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
        assert box.letters == []

    def test_the_queue_holds_neither_address_nor_link(self, client: Client) -> None:
        member = dewi()
        self.use(2525)
        client.post(ASK, {"email": member.email})
        job = ProcrastinateJob.objects.get(task_name="accounts.send_reset")
        assert job.args == {"user_id": member.pk, "base": "http://testserver/"}

    def test_a_server_that_refuses_is_tried_again_and_told_on_the_jobs_page(self, client: Client) -> None:
        member, box = dewi(), Box()
        box.refuse_recipient = True
        with serving(box) as port:
            self.use(port)
            client.post(ASK, {"email": member.email})
            self.work()
        failed = jobs.board(at=timezone.now()).failed
        assert [job.why for job in failed] == [MailTrouble("RECIPIENT_REFUSED").plain]

    def test_without_a_mail_server_the_page_says_so_before_anybody_types(self, client: Client) -> None:
        dewi()
        text = client.get(ASK, headers={"accept-language": "en"}).content.decode()
        assert "cannot send e-mail" in text
        assert "setia user reset" in text
        assert client.post(ASK, {"email": "dewi@kopi.example"}).status_code == 503
        assert not ProcrastinateJob.objects.filter(task_name="accounts.send_reset").exists()


@pytest.mark.django_db
class TestLink:
    def test_only_owners_and_the_command_line_make_one(self) -> None:
        owner, member = ratna(), dewi()
        assert actions.reset_link(by=owner, at=NOON, user=member)
        assert actions.reset_link(by=None, at=NOON, user=member)
        with pytest.raises(PermissionDenied):
            actions.reset_link(by=member, at=NOON, user=owner)

    def test_a_deactivated_person_gets_none(self) -> None:
        owner, member = ratna(), dewi()
        actions.deactivate(by=owner, at=NOON, user=member)
        member.refresh_from_db()
        with pytest.raises(PermissionDenied):
            actions.reset_link(by=owner, at=NOON, user=member)

    def test_a_new_password_ends_all_sessions(self, client: Client) -> None:
        member = dewi()
        client.force_login(member)
        assert choose(actions.reset_link(by=None, at=NOON, user=member)).status_code == 302
        assert client.get("/settings/profile/").status_code == 302

    def test_a_weak_password_is_refused_beside_the_field(self) -> None:
        member = dewi()
        answer = choose(actions.reset_link(by=None, at=NOON, user=member), "pendek")
        assert answer.status_code == 200
        member.refresh_from_db()
        assert member.check_password(PASSWORD)

    def test_a_link_of_somebody_else_or_a_changed_one_opens_nothing(self) -> None:
        owner, member = ratna(), dewi()
        link = actions.reset_link(by=None, at=NOON, user=member)
        mine = actions.reset_link(by=None, at=NOON, user=owner)
        stolen = (
            mine.rsplit("-", 2)[0].rsplit("/", 1)[0]
            + "/"
            + mine.rsplit("/", 2)[1].split("-")[0]
            + "-"
            + (link.rsplit("/", 2)[1].split("-", 1)[1])
        )
        for bad in (stolen + "/", link[:-3] + "xx/"):
            page = Client().get(bad, follow=True).content.decode()
            assert "password1" not in page

    def test_the_task_sends_nothing_to_who_is_gone(self) -> None:
        member = dewi()
        User.objects.update(is_active=False)
        tasks.send_reset(user_id=member.pk, base="http://testserver/")
        tasks.send_reset(user_id=0, base="http://testserver/")
        assert outbox.outbox == []
