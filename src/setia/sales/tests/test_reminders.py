"""Reminders: each once, in the program and by e-mail, also where a worker dies with a letter in its hand."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from unittest import mock

import pytest
from django.test import override_settings
from django.urls import reverse

from setia.core import mail
from setia.core.models import Firm
from setia.core.tests.test_mail import Box, serving, use
from setia.customers.tests.people import NOON
from setia.sales import actions, queries
from setia.sales.models import Activity, Reminder
from setia.sales.tasks import remind as work
from setia.sales.tests.test_activities import TODAY, Busy

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The worker is gone: nothing after this line happens."""


@override_settings(EMAIL_BACKEND="setia.core.mail.FirmBackend")
class ReminderTest(Busy):
    def remind(self, at: Any = NOON) -> int:
        actions.remind(at=at)
        return actions.send_reminders(at=at, base="https://setia.kopi.example")

    def states(self) -> list[str]:
        return list(Reminder.objects.order_by("id").values_list("mail", flat=True))

    def test_what_begins_within_half_an_hour_is_told_once_and_counted_at_the_bell(self) -> None:
        soon = self.planned(planned_at=NOON + 30 * MINUTE, customer=self.budi)
        self.planned(planned_at=NOON + 31 * MINUTE)
        self.planned(due_date=TODAY + timedelta(days=1))
        actions.finish_activity(by=self.sari, at=NOON, activity=self.planned(planned_at=NOON + MINUTE))
        assert actions.remind(at=NOON) == 1
        assert actions.remind(at=NOON) == 0
        assert [one.shown.activity for one in queries.reminders_of(self.sari)] == [soon]
        self.sari.refresh_from_db()
        assert self.sari.unread == 1
        self.sign_in(self.sari)
        self.assertContains(self.client.get(reverse("mentions")), reverse("reminders"))
        piece = self.client.get(reverse("reminders"), headers={"HX-Request": "true"})
        self.assertContains(piece, "Tanya kopi Gayo")
        self.assertContains(piece, "Budi Hartono")

    def test_what_has_a_day_alone_is_told_at_eight_and_what_is_long_past_never(self) -> None:
        self.planned()
        self.planned(due_date=TODAY - timedelta(days=2))
        eight = NOON - timedelta(hours=4)  # in Jakarta
        assert actions.remind(at=eight - MINUTE) == 0
        assert actions.remind(at=eight) == 1
        assert Reminder.objects.count() == 1

    def test_a_person_says_how_long_before_and_may_say_never(self) -> None:
        self.planned(planned_at=NOON + timedelta(hours=20))
        self.planned(by=self.tono, planned_at=NOON + MINUTE)
        self.sign_in(self.sari)
        page = reverse("reminders")
        assert self.client.post(page, {"minutes": "7"}).status_code == 422
        assert self.client.post(page, {"minutes": "1440"}).status_code == 302
        assert (queries.reminding_of(self.sari).minutes, queries.reminding_of(self.sari).by_mail) == (1440, False)
        actions.set_reminding(by=self.tono, at=NOON, minutes=None, by_mail=True)
        actions.remind(at=NOON)
        assert list(Reminder.objects.values_list("user", flat=True)) == [self.sari.pk]

    def test_moved_it_is_told_again_in_its_new_time(self) -> None:
        one = self.planned(planned_at=NOON)
        actions.remind(at=NOON)
        actions.move_activity(by=self.sari, at=NOON, activity=one, due_date=TODAY + timedelta(days=1))
        assert actions.remind(at=NOON + MINUTE) == 0
        assert actions.remind(at=NOON + timedelta(days=1)) == 1

    def test_one_letter_holds_all_that_waits_and_leaves_once_by_a_real_server(self) -> None:
        self.planned(planned_at=NOON, title="Telepon\r\nBcc: x@y.z", customer=self.budi, place="Jl. Melati 5")
        self.planned(planned_at=NOON + 10 * MINUTE, title="Rapat")
        self.planned(by=self.tono, planned_at=NOON, title="Rahasia Tono")
        box = Box()
        with serving(box) as port, mock.patch.object(mail, "PORTS", (port,)):
            use(port)
            assert self.remind() == 2
            assert self.remind() == 0
            assert actions.send_reminders(at=NOON + timedelta(hours=1)) == 0
        assert self.states() == ["SENT"] * 3
        letters = {to[0]: message_from_bytes(raw, policy=policy.default) for _from, to, raw in box.letters}
        assert set(letters) == {"sari@kopi.id", "tono@kopi.id"}
        letter = letters["sari@kopi.id"]
        assert letter["Bcc"] is None
        body = letter.get_content()
        assert "Budi Hartono" in body
        assert body.index("12:00") < body.index("12:10")
        assert "https://setia.kopi.example/sales/day/" in body
        assert "Rahasia" not in body

    def test_a_worker_killed_with_the_letter_in_its_hand_sends_it_never_twice(self) -> None:
        self.planned(planned_at=NOON)
        actual, box = mail.send, Box()

        def delivered_then_killed(**letter: Any) -> None:
            actual(**letter)
            raise Killed

        with serving(box) as port, mock.patch.object(mail, "PORTS", (port,)):
            use(port)
            with mock.patch.object(mail, "send", delivered_then_killed), pytest.raises(Killed):
                self.remind()
            assert self.states() == ["SENDING"]
            assert self.remind(NOON + 5 * MINUTE) == 0  # the claim still stands
            assert self.remind(NOON + 11 * MINUTE) == 0
        assert self.states() == ["UNKNOWN"]
        assert len(box.letters) == 1

    def test_a_server_that_was_never_reached_is_tried_again_a_few_times(self) -> None:
        self.planned(planned_at=NOON)
        with (
            mock.patch.object(mail, "send", side_effect=mail.MailTrouble("REFUSED")),
            mock.patch.object(mail, "can_send", return_value=True),
        ):
            for minute in range(4):
                assert self.remind(NOON + minute * MINUTE) == 0
                assert self.states() == ["WAITING"]
            self.remind(NOON + 4 * MINUTE)
        assert self.states() == ["FAILED"]

    def test_an_answer_that_was_lost_is_unknown_and_a_refusal_is_final(self) -> None:
        for reason, state in (("TIMEOUT", "UNKNOWN"), ("RECIPIENT_REFUSED", "FAILED")):
            Reminder.objects.all().delete()
            Activity.objects.all().delete()
            self.planned(planned_at=NOON)
            with (
                mock.patch.object(mail, "send", side_effect=mail.MailTrouble(reason)),
                mock.patch.object(mail, "can_send", return_value=True),
            ):
                self.remind()
            assert self.states() == [state]

    def test_what_was_done_before_the_letter_is_in_none_and_a_paused_house_writes_nothing(self) -> None:
        one = self.planned(planned_at=NOON)
        with mock.patch.object(mail, "can_send", return_value=True), mock.patch.object(mail, "send") as sent:
            Firm.objects.update(outgoing_paused_at=NOON)
            self.remind()
            assert self.states() == ["WAITING"]
            Firm.objects.update(outgoing_paused_at=None)
            actions.finish_activity(by=self.sari, at=NOON, activity=one)
            self.remind()
            sent.assert_not_called()
        assert self.states() == ["NONE"]

    def test_the_worker_does_both_and_without_a_mail_server_the_program_alone_tells(self) -> None:
        self.planned(planned_at=NOON)
        with mock.patch("setia.sales.tasks.datetime") as clock:
            clock.now.return_value = NOON
            work()
        assert self.states() == ["NONE"]
