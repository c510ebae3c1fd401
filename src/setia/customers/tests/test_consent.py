from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from setia.customers import actions
from setia.customers.models import Answer, Consent, ConsentEntry, ConsentText, Customer, Erasure, Purpose
from setia.customers.queries import contactable, may_contact
from setia.customers.tests.people import LATER, LATER_STILL, NOON, People

OFFERS = {"purpose": "MARKETING", "channels": ["WHATSAPP"]}
DAY = date(2026, 11, 19)
CHILD, GROWN = date(2008, 11, 20), date(2008, 11, 19)


class ConsentTest(People):
    def reason(self, purpose: str = "MARKETING", channel: str = "WHATSAPP") -> str:
        return may_contact(self.siti, purpose, channel, on=DAY).reason

    def test_nobody_is_sent_offers_who_was_not_asked_but_orders_need_no_consent(self) -> None:
        assert self.reason() == "NOT_ASKED"
        assert self.reason("SERVICE") == "CONTRACT"
        assert self.reason("SERVICE", "EMAIL") == "NO_ADDRESS"

    def test_a_yes_opens_what_it_was_given_for_and_keeps_its_proof(self) -> None:
        text = actions.word_consent(by=self.rani, at=NOON, purpose="MARKETING", language="id", text="Boleh kami kirim?")
        said_at = NOON - timedelta(days=3)
        actions.grant(
            by=self.dimas,
            at=LATER,
            customer=self.siti,
            purpose="MARKETING",
            channels=["WHATSAPP"],
            how="PAPER",
            said_at=said_at,
            evidence="Folder 12",
        )
        assert self.reason() == "YES"
        assert self.reason("SURVEY") == "NOT_ASKED"
        entry = ConsentEntry.objects.get()
        assert (entry.at, entry.written_at, entry.how, entry.text, entry.evidence, entry.by) == (
            said_at,
            LATER,
            "PAPER",
            text,
            "Folder 12",
            self.dimas,
        )
        assert self.told(self.siti)[-1] == ("CONSENT_GIVEN", {"purpose": "MARKETING", "channels": ["WHATSAPP"]})

    def test_a_no_stops_everything_but_orders_and_both_answers_stay_in_the_history(self) -> None:
        who: dict[str, Any] = {"by": self.dimas, "customer": self.siti}
        actions.grant(**who, at=NOON, purpose="MARKETING", channels=["WHATSAPP"])
        actions.withdraw(**who, at=LATER)
        assert self.reason() == self.reason("SURVEY") == self.reason("SHARING") == "WITHDRAWN"
        assert self.reason("SERVICE") == "CONTRACT"
        actions.withdraw(**who, at=LATER, purpose="SERVICE", channels=["WHATSAPP"])
        assert self.reason("SERVICE") == "WITHDRAWN"
        answers = ConsentEntry.objects.filter(purpose="MARKETING", channel="WHATSAPP").order_by("id")
        assert [one.state for one in answers] == ["GRANTED", "WITHDRAWN"]

    def test_a_late_note_of_an_old_yes_does_not_undo_a_newer_no(self) -> None:
        who: dict[str, Any] = {
            "by": self.dimas,
            "customer": self.siti,
            "purpose": "MARKETING",
            "channels": ["WHATSAPP"],
        }
        actions.withdraw(**who, at=LATER)
        actions.grant(**who, at=LATER_STILL, said_at=NOON)
        assert self.reason() == "WITHDRAWN"
        assert ConsentEntry.objects.count() == 2

    def test_a_customer_may_withdraw_at_a_door_of_their_own(self) -> None:
        actions.withdraw(by=None, at=NOON, customer=self.siti, how="FORM")
        assert set(ConsentEntry.objects.values_list("by", flat=True)) == {None}

    def test_a_childs_yes_needs_a_guardian(self) -> None:
        actions.edit(by=self.dimas, at=NOON, customer=self.siti, birthday=CHILD)
        self.siti.refresh_from_db()
        who: dict[str, Any] = {
            "by": self.dimas,
            "at": NOON,
            "customer": self.siti,
            "purpose": "MARKETING",
            "channels": ["WHATSAPP"],
        }
        with pytest.raises(actions.GuardianNeeded):
            actions.grant(**who)
        actions.grant(**who, guardian="Ibu Aminah")
        assert self.reason() == "YES"

    def test_a_yes_does_not_count_once_the_customer_turns_out_to_be_a_child(self) -> None:
        actions.grant(by=self.dimas, at=NOON, customer=self.siti, purpose="MARKETING", channels=["WHATSAPP"])
        self.siti.birthday = CHILD
        assert self.reason() == "GUARDIAN"
        self.siti.birthday = GROWN
        assert self.reason() == "YES"

    def test_the_preferred_channel_goes_before_others_where_it_is_open(self) -> None:
        mail = actions.add_contact(by=self.dimas, at=NOON, customer=self.siti, kind="EMAIL", text="siti@contoh.id")
        actions.prefer_contact(by=self.dimas, at=NOON, contact=mail)
        who: dict[str, Any] = {"by": self.dimas, "at": NOON, "customer": self.siti, "purpose": "MARKETING"}
        actions.grant(**who, channels=["WHATSAPP"])
        assert self.reason() == "YES"  # the preferred one is not open, so this one serves
        actions.grant(**who, channels=["EMAIL"])
        answer = may_contact(self.siti, "MARKETING", "WHATSAPP", on=DAY)
        assert (answer.allowed, answer.reason, answer.instead) == (False, "PREFERS_OTHER", "EMAIL")
        assert self.reason("SERVICE") == "CONTRACT"

    def test_the_rule_for_many_is_the_rule_for_one(self) -> None:
        """Every combination of birthday, preference, answers and erasure, asked both ways."""
        kinds = ("WHATSAPP", "EMAIL")
        answers = [None, ("GRANTED", ""), ("GRANTED", "Ibu Aminah"), ("WITHDRAWN", "")]
        cases = product([None, CHILD, GROWN], ["", *kinds], answers, answers, [False, True])
        for number, (born, preferred, first, second, erased) in enumerate(cases):
            one = Customer.objects.create(name=f"C{number}", birthday=born, created_at=NOON, updated_at=NOON)
            for kind in kinds:
                if number % 5 or kind == "EMAIL":
                    one.contact_points.create(kind=kind, value=f"+62812{number:05}", preferred=kind == preferred)
            for kind, answer in zip(kinds, (first, second), strict=True):
                if answer:
                    Consent.objects.create(
                        customer=one,
                        purpose="MARKETING",
                        channel=kind,
                        state=answer[0],
                        at=NOON,
                        how="PAPER",
                        guardian=answer[1],
                    )
            if erased:
                Erasure.objects.create(customer_key=one.pk, made_at=NOON, pseudonym=f"P{number}", at=NOON)
        everybody = Customer.objects.order_by("id")
        for purpose, channel in product(Purpose.values, kinds):
            singly = [one.pk for one in everybody if may_contact(one, purpose, channel, on=DAY).allowed]
            assert list(contactable(everybody, purpose, channel, on=DAY).values_list("pk", flat=True)) == singly
            assert singly or purpose not in ("MARKETING", "SERVICE")

    def test_the_history_cannot_be_rewritten(self) -> None:
        actions.grant(by=self.dimas, at=NOON, customer=self.siti, purpose="MARKETING", channels=["WHATSAPP"])
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentEntry.objects.update(state=Answer.State.WITHDRAWN)

    def test_who_left_the_firm_writes_no_consent(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.grant(by=self.bayu, at=NOON, customer=self.siti, purpose="MARKETING", channels=["WHATSAPP"])

    def test_a_consent_to_no_channel_is_none(self) -> None:
        with pytest.raises(actions.NoChannel):
            actions.grant(by=self.dimas, at=NOON, customer=self.siti, purpose="MARKETING", channels=["PIGEON"])

    def test_the_same_words_again_are_no_new_version(self) -> None:
        say: dict[str, Any] = {"by": self.rani, "at": NOON, "purpose": "MARKETING", "language": "id"}
        versions = [actions.word_consent(**say, text=text).version for text in ("Boleh?", " Boleh? ", "Bolehkah?")]
        assert versions == [1, 1, 2]
        with pytest.raises(actions.EmptyText):
            actions.word_consent(**say, text=" \n")


class ConsentPagesTest(People):
    def setUp(self) -> None:
        self.sign_in(self.rani)

    def test_the_record_loads_what_a_customer_may_be_contacted_for(self) -> None:
        with self.assertNumQueries(8):
            answer = self.client.get(reverse("customer_consent", args=[self.siti.pk]))
        self.assertContains(answer, "not asked yet")
        self.assertContains(answer, "needs no consent")

    def test_an_answer_is_written_down_on_its_form(self) -> None:
        said = {"purpose": "MARKETING", "state": "GRANTED", "channels": ["WHATSAPP"], "how": "PAPER"}
        answer = self.client.post(
            reverse("change_consent", args=[self.siti.pk]), said | {"said_date": "2026-01-05", "evidence": "<b>12"}
        )
        self.assertRedirects(answer, reverse("customer_privacy", args=[self.siti.pk]))
        page = self.client.get(reverse("customer_privacy", args=[self.siti.pk]))
        self.assertContains(page, "&lt;b&gt;12")
        assert ConsentEntry.objects.get().at.isoformat() == "2026-01-05T05:00:00+00:00"

    def test_nothing_is_ticked_before_somebody_said_it(self) -> None:
        page = self.client.get(reverse("change_consent", args=[self.siti.pk]))
        self.assertNotContains(page, " checked")

    def test_a_no_without_channels_closes_them_all(self) -> None:
        url = reverse("change_consent", args=[self.siti.pk])
        self.client.post(url, {"purpose": "MARKETING", "state": "WITHDRAWN", "how": "SPOKEN"})
        assert set(Consent.objects.values_list("purpose", "state")) == {("MARKETING", "WITHDRAWN")}
        assert Consent.objects.count() == 9

    def test_the_form_says_what_is_missing(self) -> None:
        url = reverse("change_consent", args=[self.siti.pk])
        said = {"purpose": "MARKETING", "state": "GRANTED", "how": "SPOKEN"}
        self.assertContains(self.client.post(url, said), "Tick the channels", status_code=422)
        self.assertContains(self.client.post(url, said | {"said_date": "2999-01-01"}), "2000 and", status_code=422)
        Customer.objects.filter(pk=self.siti.pk).update(birthday=date(2020, 1, 1))
        answer = self.client.post(url, said | {"channels": ["WHATSAPP"]})
        self.assertContains(answer, "under 18", status_code=422)

    def test_a_wording_is_kept_by_version(self) -> None:
        url = reverse("consent_texts")
        for text in ("Boleh kami kirim penawaran?", "Bolehkah?"):
            answer = self.client.post(url, {"purpose": "MARKETING", "language": "id", "text": text}, follow=True)
        self.assertContains(answer, "Version 2")
        self.assertContains(answer, "Bolehkah?")
        assert ConsentText.objects.count() == 2
        self.assertContains(self.client.post(url, {"purpose": "MARKETING"}), "Write the words", status_code=422)
