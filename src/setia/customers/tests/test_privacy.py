import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from setia.accounts.models import AuditEntry, User
from setia.core.mail import MailTrouble
from setia.core.models import Firm
from setia.customers import actions, notices
from setia.customers.models import Customer, Erasure, PrivacyRequest, RetentionRule, TimelineEntry
from setia.customers.queries import due, may_contact, next_due, retention_preview
from setia.customers.queries.privacy import requests_for
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People
from setia.orders.models import Order


class RequestTest(People):
    def test_a_request_is_due_three_days_after_it_was_received(self) -> None:
        said_at = NOON - timedelta(hours=5)
        made = actions.take_request(by=self.rani, at=NOON, kind="ACCESS", customer=self.siti, received_at=said_at)
        assert made.due_at == said_at + timedelta(hours=72)
        assert due(made, at=NOON) == "OPEN"
        assert due(made, at=made.due_at - timedelta(hours=24)) == "SOON"
        assert due(made, at=made.due_at) == "LATE"
        assert next_due(self.rani) == made

    def test_those_who_may_answer_are_written_to_a_day_before_and_once_it_is_late_and_nobody_else(self) -> None:
        made = actions.take_request(by=self.rani, at=NOON, kind="ACCESS", customer=self.siti, note="Salinan data saya")
        assert actions.remind_requests(at=made.due_at - timedelta(hours=25)) == 0
        sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role=User.Role.SALES)
        gone = User.objects.create_user("eko@kopi.id", None, name="Eko", role=User.Role.OWNER)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        may_answer = {one.email for one in User.objects.filter(is_active=True) if requests_for(one).exists()}
        assert self.rani.email in may_answer
        assert sari.email not in may_answer
        for at, words in (
            (made.due_at - timedelta(hours=24), "is due within a day"),
            (made.due_at - timedelta(hours=23), ""),
            (made.due_at, "has passed"),
            (made.due_at + timedelta(days=1), ""),
        ):
            with self.subTest(at=at):
                mail.outbox.clear()
                User.objects.update(language="en")
                assert actions.remind_requests(at=at) == (len(may_answer) if words else 0)
                assert {one.to[0] for one in mail.outbox} == (may_answer if words else set())
                for letter in mail.outbox:
                    assert words in letter.subject
                    assert reverse("privacy_request", args=[made.pk]) in letter.body
                    assert "Siti" not in letter.body
                    assert "Salinan" not in letter.body
        told = AuditEntry.objects.filter(verb="request.reminded", about="customer", about_id=self.siti.pk)
        assert [(one.by, one.data["people"]) for one in told] == [(None, len(may_answer))] * 2

    def test_a_reminder_that_reached_nobody_is_tried_again_and_a_closed_request_reminds_of_nothing(self) -> None:
        made = actions.take_request(by=self.rani, at=NOON, kind="ERASE", customer=self.siti)
        refused = MailTrouble("REFUSED")
        with patch("setia.core.mail.send", side_effect=refused):
            assert actions.remind_requests(at=made.due_at) == 0
        made.refresh_from_db()
        assert made.reminded == ""
        assert actions.remind_requests(at=made.due_at) > 0
        other = actions.take_request(by=self.rani, at=NOON, kind="ACCESS", customer=self.siti)
        actions.close_request(by=self.rani, at=LATER, request=other, refused=False)
        assert actions.remind_requests(at=made.due_at) == 0
        # Answered and opened again, with its deadline where it was: those who thought it done hear of it anew.
        actions.close_request(by=self.rani, at=LATER, request=made, refused=False)
        actions.reopen_request(by=self.rani, at=LATER, request=made)
        assert actions.remind_requests(at=made.due_at) > 0

    def test_an_answer_closes_it_once_and_a_refusal_says_why(self) -> None:
        made = actions.take_request(by=self.rani, at=NOON, kind="CORRECT", customer=self.siti)
        with pytest.raises(actions.ReasonNeeded):
            actions.close_request(by=self.rani, at=LATER, request=made, refused=True)
        actions.close_request(by=self.rani, at=LATER, request=made, refused=False, answer="Sudah dibetulkan")
        with pytest.raises(actions.AlreadyClosed):
            actions.close_request(by=self.rani, at=LATER, request=made, refused=True, answer="x")
        made.refresh_from_db()
        assert (made.state, made.closed_by, made.answer, due(made, at=LATER)) == (
            "DONE",
            self.rani,
            "Sudah dibetulkan",
            "",
        )
        actions.reopen_request(by=self.rani, at=LATER_STILL, request=made)
        made.refresh_from_db()
        assert (made.state, made.closed_at) == ("OPEN", None)

    def test_who_may_not_neither_takes_nor_sees_them(self) -> None:
        made = actions.take_request(by=self.rani, at=NOON, kind="ACCESS", customer=self.siti)
        with pytest.raises(PermissionDenied):
            actions.take_request(by=self.dimas, at=NOON, kind="ACCESS")
        assert next_due(self.dimas) is None
        self.sign_in(self.dimas)
        for name, args in (("privacy", []), ("privacy_request", [made.pk]), ("retention", []), ("breach_notice", [])):
            assert self.client.get(reverse(name, args=args)).status_code in (403, 404), name
        for name, args in (("hand_over_data", [self.siti.pk]), ("erase_customer", [self.siti.pk]), ("retain_now", [])):
            assert self.client.post(reverse(name, args=args), {"sure": self.siti.pk}).status_code == 403, name
        assert not Erasure.objects.exists()


class PrivacyPagesTest(People):
    def setUp(self) -> None:
        self.sign_in(self.rani)

    def test_a_request_goes_from_its_form_to_its_answer(self) -> None:
        answer = self.client.post(
            reverse("add_request"), {"kind": "ACCESS", "customer": self.siti.pk, "note": "<i>Minta data"}, follow=True
        )
        self.assertContains(answer, "&lt;i&gt;Minta data")
        self.assertContains(answer, "Download the copy")
        made = PrivacyRequest.objects.get()
        self.assertContains(self.client.get(reverse("privacy")), "Siti Nurhaliza")
        url = reverse("privacy_request", args=[made.pk])
        refused = self.client.post(url, {"refused": "1", "answer": " "})
        self.assertContains(refused, "why it was refused", status_code=422)
        self.assertRedirects(self.client.post(url, {"refused": "0", "answer": "Dikirim"}), reverse("privacy"))
        self.assertContains(self.client.get(reverse("customer_privacy", args=[self.siti.pk])), "Done")
        self.client.post(reverse("reopen_request", args=[made.pk]))
        made.refresh_from_db()
        assert made.state == "OPEN"

    def test_a_form_in_the_future_or_about_nobody_known(self) -> None:
        url = reverse("add_request")
        wrong = self.client.post(url, {"kind": "ACCESS", "received_at": "2999-01-01T10:00"})
        self.assertContains(wrong, "lies in the future", status_code=422)
        assert self.client.post(url, {"kind": "ACCESS", "customer": "999999"}).status_code == 422
        assert self.client.get(url, {"customer": "9" * 40}).status_code == 200
        self.client.post(url, {"kind": "ERASE"})
        assert PrivacyRequest.objects.get().customer is None

    def test_the_copy_holds_everything_for_machines_and_for_people(self) -> None:
        actions.note(by=self.dimas, at=NOON, customer=self.siti, body="Suka <b>Gayo</b>")
        actions.grant(by=self.dimas, at=NOON, customer=self.siti, purpose="MARKETING", channels=["WHATSAPP"])
        answer = self.client.post(reverse("hand_over_data", args=[self.siti.pk]))
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
            facts = json.loads(archive.read("data.json"))
            page = archive.read("data.html").decode()
            assert "data.css" in archive.namelist()
        held: dict[str, list[dict[str, Any]]] = facts["held"]
        assert held["customers_customer"][0]["name"] == "Siti Nurhaliza"
        assert held["customers_contactpoint"][0]["value"] == "+6281220457781"
        assert held["customers_consententry"][0]["purpose"] == "MARKETING"
        assert {"text": "Suka <b>Gayo</b>"} in [row["data"] for row in held["customers_timelineentry"]]
        assert {row["verb"] for row in held["accounts_auditentry"]} >= {"customer.added", "customer.handed_over"}
        for text in ("Siti Nurhaliza", "0812-2045-7781", "Offers and news", "Dimas Prasetyo", "Wrote a note about a"):
            assert text in page
        assert "<b>Gayo" not in page
        assert TimelineEntry.objects.filter(kind="HANDED_OVER").exists()

    def test_erasing_asks_first_and_says_what_goes(self) -> None:
        url = reverse("erase_customer", args=[self.siti.pk])
        self.assertContains(self.client.get(url), "Contacts")
        self.assertContains(self.client.post(url), "Tick the box first", status_code=422)
        assert Customer.objects.get(pk=self.siti.pk).name == "Siti Nurhaliza"
        answer = self.client.post(url, {"sure": self.siti.pk}, follow=True)
        self.assertContains(answer, "This person was erased")
        self.assertNotContains(answer, "Siti")
        self.assertContains(self.client.get(url), "was erased")
        self.assertContains(self.client.get(reverse("customer", args=[self.siti.pk])), "ERASED-")

    def test_a_breach_becomes_two_drafts_and_a_deadline(self) -> None:
        parts = dict.fromkeys(("which", "whose", "how", "done", "will", "contact"), "–")
        told = parts | {"which": "Nama dan nomor telepon", "how": "Ponsel kasir hilang", "known_at": "2026-01-05T08:00"}
        self.assertContains(
            self.client.post(reverse("breach_notice"), {"which": ""}), "need another look", status_code=422
        )
        answer = self.client.post(reverse("breach_notice"), told, follow=True)
        self.assertContains(answer, "Which data: Nama dan nomor telepon")
        self.assertContains(answer, "Kapan dan bagaimana terjadi: Ponsel kasir hilang")
        made = PrivacyRequest.objects.get()
        assert (made.kind, timezone.localtime(made.due_at).isoformat()) == ("BREACH", "2026-01-08T08:00:00+07:00")

    def test_how_long_data_is_kept_is_shown_and_changed(self) -> None:
        url = reverse("retention")
        self.assertContains(self.client.get(url), "Files that were taken in")
        self.client.post(url, {"code": "PROSPECTS", "days": "400", "on": "1"})
        assert (RetentionRule.objects.get().days, RetentionRule.objects.get().on) == (400, True)
        assert self.client.post(url, {"code": "NOTHING", "days": "4"}).status_code == 422
        assert self.client.post(url, {"code": "PROSPECTS", "days": "0"}).status_code == 422
        self.assertRedirects(self.client.post(reverse("retain_now")), url)


class RetentionTest(People):
    def test_a_silent_prospect_goes_and_nobody_else(self) -> None:
        year = timedelta(days=365)
        bought = actions.add(by=self.dimas, at=NOON - 3 * year, name="Budi")
        silent = actions.add(by=self.dimas, at=NOON - 3 * year, name="Joko")
        spoken = actions.add(by=self.dimas, at=NOON - 3 * year, name="Maria")
        actions.note(by=self.dimas, at=NOON, customer=spoken, body="halo")
        bought_at = NOON - 3 * year
        Order.objects.create(
            number="1",
            customer=bought,
            ordered_at=bought_at,
            day=bought_at.date(),
            kind="PURCHASE",
            total=1,
            created_at=NOON,
        )
        seen = {one.rule.keeping.code: (one.count, one.sample) for one in retention_preview(at=NOON)}
        assert seen["PROSPECTS"] == (1, ["Joko"])
        actions.retain(at=NOON)
        assert not Erasure.objects.exists()  # off until the firm says so
        actions.set_retention(by=self.rani, at=NOON, code="PROSPECTS", days=730, on=True)
        assert actions.retain(at=NOON)["PROSPECTS"] == 1
        assert [one.customer_key for one in Erasure.objects.all()] == [silent.pk]
        assert "PROSPECTS" not in actions.retain(at=NOON)
        assert AuditEntry.objects.filter(verb="retention.done", by=None).count() == 1

    def test_a_rule_of_nothing_is_refused(self) -> None:
        with pytest.raises(actions.UnknownKind):
            actions.set_retention(by=self.rani, at=NOON, code="NOTHING", days=1, on=True)
        with pytest.raises(PermissionDenied):
            actions.set_retention(by=self.dimas, at=NOON, code="PROSPECTS", days=1, on=True)


class MergedTest(People):
    def test_who_was_merged_is_one_person_in_the_copy_and_at_the_erasure(self) -> None:
        twin = actions.add(by=self.dimas, at=NOON, name="Siti Nurhalizah", contacts=[("EMAIL", "siti@contoh.id")])
        actions.note(by=self.dimas, at=NOON, customer=twin, body="Kembaran Siti")
        actions.merge(by=self.rani, at=LATER, survivor=self.siti, others=[twin])
        self.sign_in(self.rani)
        answer = self.client.post(reverse("hand_over_data", args=[self.siti.pk]))
        with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
            text = archive.read("data.json").decode()
        assert "Kembaran Siti" in text
        actions.erase(by=self.rani, at=LATER_STILL, customer=self.siti)
        assert {one.customer_key for one in Erasure.objects.all()} == {self.siti.pk, twin.pk}
        assert not Customer.objects.exclude(name="").exists()
        assert not TimelineEntry.objects.filter(data__icontains="siti").exists()

    def test_of_two_answers_the_stricter_holds_until_the_customer_says_otherwise(self) -> None:
        twin = actions.add(by=self.dimas, at=NOON, name="Siti N.", contacts=[("EMAIL", "siti@contoh.id")])
        offers: dict[str, Any] = {"by": self.dimas, "purpose": "MARKETING", "channels": ["WHATSAPP"]}
        actions.withdraw(**offers, customer=twin, at=NOON)
        actions.grant(**offers, customer=self.siti, at=LATER)
        done = actions.merge(by=self.rani, at=LATER, survivor=self.siti, others=[twin])
        assert may_contact(self.siti, "MARKETING", "WHATSAPP", on=NOON.date()).reason == "WITHDRAWN"
        actions.grant(**offers, customer=self.siti, at=LATER_STILL)
        assert may_contact(self.siti, "MARKETING", "WHATSAPP", on=NOON.date()).reason == "YES"
        other = actions.add(by=self.dimas, at=LATER_STILL, name="Siti S.")
        actions.merge(by=self.rani, at=LATER_STILL + timedelta(hours=1), survivor=self.siti, others=[other])
        assert may_contact(self.siti, "MARKETING", "WHATSAPP", on=NOON.date()).reason == "YES"
        assert not done.is_undone


class NoticeTest(People):
    def test_the_firms_language_comes_first(self) -> None:
        letters = notices.breach({"which": "x"}, firm=Firm(name="Kopi", language="en"), due_at=NOON)
        assert [one.language for one in letters] == ["English", "Bahasa Indonesia"]
        assert all("Kopi" in one.subject and "46" in one.text for one in letters)
        assert User.objects.count() == 3
