"""Reports people save and have sent to them: whose they are, what a letter holds, and that none goes twice."""

import io
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from setia.accounts.models import AuditEntry, Role, Team, User
from setia.core.tests.test_mail import Box, serving, use
from setia.reports import actions, queries
from setia.reports.models import Mailing, SavedReport
from setia.reports.tests.simulated import NOW, Simulated

MONDAY = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""Six in the morning of Monday the 23rd, in Jakarta."""


@override_settings(EMAIL_BACKEND="setia.core.mail.FirmBackend")
class SavedReportsTest(Simulated):
    def saved(self, by: User | None = None, **facts: Any) -> SavedReport:
        said: dict[str, Any] = {"name": "Bulan lalu", "report": "by-person", "params": {"period": "last-month"}}
        return actions.save_report(by=by or self.rani, at=NOW, **said | facts)

    def send(self, box: Box, at: datetime = MONDAY) -> int:
        with serving(box) as port:
            use(port)
            return actions.send_reports(at=at, base="https://setia.kopi.example")

    def test_a_report_is_saved_on_its_page_and_opens_with_its_period(self) -> None:
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        page = reverse("save_report", args=["by-product"]) + "?period=last-quarter"
        self.assertContains(self.client.get(page), "Sales by product, last quarter")
        assert self.client.post(page, {"name": " "}).status_code == 422
        assert self.client.post(page, {"name": "Kuartal", "sharing": "ALL", "every": "WEEK"}).status_code == 302
        one = SavedReport.objects.get()
        assert (one.params, one.for_all) == ({"period": "last-quarter"}, True)
        assert Mailing.objects.get().next_at == actions.next_letter("WEEK", at=timezone.now())
        listed = self.client.get(reverse("reports"))
        self.assertContains(listed, f"{reverse('sales_report', args=['by-product'])}?period=last-quarter")
        assert AuditEntry.objects.filter(verb="saved_report.saved", about_id=one.pk).exists()

    def test_who_sees_a_saved_report_is_its_maker_a_team_or_everybody(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        own, team = self.saved(self.sari), self.saved(team=self.rani_in("South", self.budi))
        everybody = self.saved(for_all=True)
        seen = {user: {one.saved.pk for one in queries.kept_for(user)} for user in (self.sari, self.budi, self.tono)}
        assert seen[self.sari] == {own.pk, everybody.pk}
        assert seen[self.budi] == {team.pk, everybody.pk}
        assert seen[self.tono] == {everybody.pk}
        with pytest.raises(PermissionDenied):
            self.saved(self.sari, for_all=True)
        with pytest.raises(PermissionDenied):
            actions.mail_report(by=self.budi, at=NOW, saved=own, every="DAY")
        self.client.force_login(self.budi)
        for name in ("delete_saved_report", "restore_saved_report", "mail_report"):
            assert self.client.post(reverse(name, args=[own.pk])).status_code == 404
        assert SavedReport.objects.get(pk=own.pk).deleted_at is None

    def rani_in(self, name: str, *others: User) -> Team:
        team = Team.objects.create(name=name)
        team.members.add(self.rani, *others)
        return team

    def test_one_deleted_is_gone_for_all_sends_nothing_and_comes_back(self) -> None:
        one = self.saved(for_all=True)
        actions.mail_report(by=self.sari, at=NOW, saved=one, every="DAY")
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        page = self.client.post(reverse("delete_saved_report", args=[one.pk]), follow=True)
        self.assertContains(page, "was deleted")
        assert queries.kept_for(self.sari) == []
        assert self.send(Box()) == 0
        self.client.post(reverse("restore_saved_report", args=[one.pk]))
        assert self.send(Box()) == 1

    def test_letters_leave_at_six_of_the_firms_day_week_and_month(self) -> None:
        for every, due in (("DAY", "2026-11-19"), ("WEEK", "2026-11-22"), ("MONTH", "2026-11-30")):
            assert actions.next_letter(every, at=NOW).isoformat() == f"{due}T23:00:00+00:00"
        assert actions.next_letter("DAY", at=MONDAY) == MONDAY + timedelta(days=1)

    def test_a_letter_says_what_the_page_says_to_each_reader_theirs_by_a_real_server(self) -> None:
        Role.objects.filter(code="SALES").update(sees="OWN")
        one = self.saved(for_all=True)
        for user in (self.rani, self.sari):
            actions.mail_report(by=User.objects.get(pk=user.pk), at=NOW, saved=one, every="WEEK")
        box = Box()
        assert self.send(box) == 2
        assert self.send(box) == 0, "each once"
        letters = {to[0]: message_from_bytes(content, policy=policy.default) for _from, to, content in box.letters}
        whole = letters["rani@kopi.id"]
        assert whole["Subject"] == "Bulan lalu, 2026-10-01 – 2026-10-31"
        body = whole.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "https://setia.kopi.example/reports/sales/by-person/?period=last-month" in body
        with override("en"):
            shown = queries.live_report_for(self.rani, "by-person", one.params, at=MONDAY)
        file = next(iter(whole.iter_attachments()))
        sheet = load_workbook(io.BytesIO(file.get_content())).worksheets[0]
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [row["label"] for row in shown.table.rows]
        place = [column.key for column in shown.report.columns].index("revenue")
        revenues = [row[place].value for row in sheet.iter_rows(min_row=2)]
        assert revenues == [row["revenue"] for row in shown.table.rows]
        own = letters["sari@kopi.id"]
        assert not list(own.iter_attachments()), "her role takes no reports along"
        assert "Nobody" not in own.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        mine = queries.live_report_for(User.objects.get(pk=self.sari.pk), "by-person", one.params, at=MONDAY)
        assert mine.whole is not None
        assert shown.whole is not None
        assert 0 < mine.whole.revenue < shown.whole.revenue
        assert Mailing.objects.filter(sent_at=MONDAY, problem="").count() == 2

    def test_a_server_that_is_not_there_is_tried_again_and_a_refusal_is_said_once(self) -> None:
        one = self.saved()
        actions.mail_report(by=self.rani, at=NOW, saved=one, every="DAY")
        with serving(Box()) as port:
            use(port)
        due = MONDAY
        for _try in range(4):
            assert actions.send_reports(at=due) == 0
            mailing = Mailing.objects.get()
            assert (mailing.problem, mailing.next_at) == ("REFUSED", due + timedelta(minutes=15))
            due = mailing.next_at
        box = Box()
        box.refuse_recipient = True
        assert self.send(box, due) == 0
        mailing.refresh_from_db()
        assert (mailing.problem, mailing.next_at) == ("RECIPIENT_REFUSED", MONDAY + timedelta(days=1))
        self.client.force_login(self.rani)
        self.client.cookies["setia_language"] = "en"
        self.assertContains(self.client.get(reverse("reports")), "The latest letter did not leave.")

    def test_a_worker_killed_with_a_letter_in_its_hand_sends_it_no_second_time(self) -> None:
        actions.mail_report(by=self.rani, at=NOW, saved=self.saved(), every="DAY")
        box = Box()
        killed = mock.patch("setia.reports.actions.saved.write_report", side_effect=KeyboardInterrupt)
        with killed, pytest.raises(KeyboardInterrupt):
            self.send(box)
        assert self.send(box) == 0
        assert box.letters == []

    def test_who_may_no_longer_see_it_gets_it_no_more(self) -> None:
        one = self.saved(for_all=True)
        actions.mail_report(by=self.sari, at=NOW, saved=one, every="DAY")
        SavedReport.objects.filter(pk=one.pk).update(for_all=False)
        assert self.send(Box()) == 0
        assert not Mailing.objects.exists()
