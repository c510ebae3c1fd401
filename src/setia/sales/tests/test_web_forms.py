"""Forms on the web: what people send becomes a prospect once, and tells nobody who is here already."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from setia.core.personal import keepings
from setia.core.tests.pages import form_on
from setia.customers import actions as customers
from setia.customers.models import Consent, ConsentEntry, Customer, TimelineEntry
from setia.orders.tests.shop import LATER, NOON
from setia.sales import actions, letters
from setia.sales.models import Prospect, Submission, WebForm
from setia.sales.tests.test_prospects import ProspectTest

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
SENT = {"name": "Wulan Ayu", "whatsapp": "0812-3456-7890", "message": "Ingin demo mesin"}


class WebFormTest(ProspectTest):
    def setUp(self) -> None:
        super().setUp()
        cache.clear()
        self.visitor = Client(headers={"Accept-Language": "en"})

    def form(self, **facts: Any) -> WebForm:
        fields = {"name": "MUST", "whatsapp": "MAY", "email": "MAY", "message": "MAY"}
        facts = {
            "title": "Minta demo",
            "kind": "DEMO",
            "language": "en",
            "fields": fields,
            "source": "Website",
            **facts,
        }
        return actions.make_form(by=self.dimas, at=NOON, **facts)

    def send(self, form: WebForm, *, query: str = "", **answers: str) -> Any:
        return self.visitor.post(reverse("web_form", args=[form.slug]) + query, {**SENT, **answers})


class SendTest(WebFormTest):
    def test_what_a_stranger_sends_is_a_prospect_with_its_source_and_is_thanked(self) -> None:
        form = self.form(thanks="Kami segera menelepon.")
        page = self.visitor.get(reverse("web_form", args=[form.slug]) + "?source=ig&utm_campaign=lebaran")
        self.assertContains(page, 'name="source" value="ig"')
        answer = self.send(form, source="ig", campaign="lebaran")
        self.assertContains(answer, "Kami segera menelepon.")
        one = Prospect.objects.select_related("customer").get()
        assert (one.customer.name, one.how, one.source, one.campaign) == ("Wulan Ayu", "FORM", "ig", "lebaran")
        assert (one.note, one.captured_by, one.customer.owner) == ("Ingin demo mesin", None, None)
        assert Submission.objects.get().state == "NEW"

    def test_somebody_who_is_here_is_attached_unchanged_and_the_sender_sees_no_difference(self) -> None:
        form = self.form()
        fresh = self.send(form, name="Orang Baru", whatsapp="0813-1111-2222")
        known = customers.add(by=self.budi, at=NOON, name="Wulan Ayu", contacts=[("WHATSAPP", "081234567890")])
        before = Customer.objects.filter(pk=known.pk).values().get()
        again = self.send(form, email="lain@example.com")
        plain = [_TOKEN.sub("", page.content.decode()) for page in (fresh, again)]
        assert plain[0] == plain[1]
        assert Customer.objects.filter(pk=known.pk).values().get() == before
        assert known.contact_points.count() == 1
        sent = Submission.objects.latest("id")
        assert (sent.state, sent.customer_id) == ("KNOWN", known.pk)
        told = TimelineEntry.objects.get(customer=known, kind="PROSPECT_FORM_SENT")
        assert told.data["answers"]["message"] == "Ingin demo mesin"
        assert Prospect.objects.filter(customer=known).exists(), "who never bought and asks is a prospect"

    def test_somebody_set_aside_who_asks_again_is_new_again(self) -> None:
        form = self.form()
        self.send(form)
        one = Prospect.objects.get()
        actions.qualify(by=self.dimas, at=LATER, prospect=one, status="UNQUALIFIED", reason="NO_ANSWER")
        self.send(form)
        one.refresh_from_db()
        assert (one.status, one.closed_at) == ("NEW", None)
        assert Prospect.objects.count() == 1

    def test_advertising_and_programs_are_held_for_a_person_who_may_take_them_up(self) -> None:
        form = self.form()
        self.send(form, website="https://spam.example")
        self.send(form, name="Casino www.win.example")
        self.send(form, message="http://a.example http://b.example http://c.example")
        assert set(Submission.objects.values_list("state", flat=True)) == {"HELD"}
        assert not Prospect.objects.exists()
        held = Submission.objects.earliest("id")
        page = self.client.get(reverse("submissions", args=[form.pk]))
        self.assertContains(page, "Looks like advertising")
        self.client.post(reverse("accept_submission", args=[held.pk]))
        assert Prospect.objects.get().customer.name == "Wulan Ayu"
        old = next(one for one in keepings() if one.code == "sales_unclaimed")
        Submission.objects.filter(customer=None).update(at=NOON - timedelta(days=40))
        assert (old.due(NOON), old.go(NOON)) == (2, 2)

    def test_what_is_missing_or_no_number_is_said_and_nothing_kept(self) -> None:
        form = self.form()
        for wrong, words in (
            ({"name": ""}, "This field is required"),
            ({"whatsapp": "12"}, "is not a telephone number"),
            ({"whatsapp": ""}, "Tell us how we can reach you."),
            ({"email": "a@"}, "is not an e-mail address"),
            ({"name": "x" * 400}, "at most 300"),
        ):
            self.assertContains(self.send(form, **wrong), words, status_code=422)
        assert not Submission.objects.exists()

    def test_a_hostile_body_is_refused_and_a_strange_encoding_read_or_refused(self) -> None:
        form = self.form()
        address = reverse("web_form", args=[form.slug])
        assert self.send(form, message="x" * 70_000).status_code == 413
        kind = "application/x-www-form-urlencoded; charset=utf-16"
        body = b"name=%FF%FE%00&whatsapp=081234567890"
        assert self.visitor.generic("POST", address, body, kind).status_code in (200, 400, 422)
        page = self.send(form, name="<script>alert(1)</script>", whatsapp="")
        assert "<script>alert" not in page.content.decode()

    def test_more_than_a_person_sends_is_too_much(self) -> None:
        form = self.form()
        answers = [self.send(form, name=f"Orang {number}").status_code for number in range(11)]
        assert answers[:10] == [200] * 10
        assert answers[10] == 429

    def test_only_the_sites_the_firm_named_may_show_the_form(self) -> None:
        bare = self.visitor.get(reverse("web_form", args=[self.form().slug]))
        assert "frame-ancestors 'none'" in bare.headers["Content-Security-Policy"]
        assert bare.headers["X-Frame-Options"] == "DENY"
        named = self.visitor.get(reverse("web_form", args=[self.form(sites=["https://kopi.example"]).slug]))
        assert "frame-ancestors https://kopi.example" in named.headers["Content-Security-Policy"]
        assert "'none' https" not in named.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in named.headers

    def test_a_closed_form_is_not_there(self) -> None:
        form = self.form()
        self.client.post(reverse("close_web_form", args=[form.pk]))
        assert self.send(form).status_code == 404
        self.client.post(reverse("close_web_form", args=[form.pk]), {"open": "1"})
        assert self.send(form).status_code == 200


class AgreeTest(WebFormTest):
    def setUp(self) -> None:
        super().setUp()
        self.rani = self.dimas
        words = {"purpose": "MARKETING", "language": "en", "text": "Yes, write to me about offers."}
        self.rani.role_id = "OWNER"
        self.rani.save(update_fields=["role"])
        self.rani = type(self.dimas).objects.get(pk=self.dimas.pk)
        self.text = customers.word_consent(by=self.rani, at=NOON, **words)

    def test_the_words_shown_and_the_box_ticked_are_the_proof(self) -> None:
        form = self.form(consent_purpose="MARKETING")
        self.assertContains(self.visitor.get(reverse("web_form", args=[form.slug])), "Yes, write to me about offers.")
        self.send(form, agreed="on")
        entry = ConsentEntry.objects.get()
        assert (entry.state, entry.channel, entry.how, entry.text) == ("GRANTED", "WHATSAPP", "FORM", self.text)
        assert f"/f/{form.slug}/" in entry.evidence

    def test_no_tick_is_no_consent(self) -> None:
        self.send(self.form(consent_purpose="MARKETING"))
        assert not Consent.objects.exists()

    def test_nobody_consents_for_somebody_who_is_here_but_by_their_own_letter_box(self) -> None:
        known = customers.add(by=self.rani, at=NOON, name="Wulan Ayu", contacts=[("EMAIL", "wulan@kopi.example")])
        answers = {"email": "wulan@kopi.example", "whatsapp": "", "agreed": "on"}
        self.send(self.form(consent_purpose="MARKETING"), **answers)
        assert not Consent.objects.exists()
        fields = {"name": "MUST", "email": "MUST"}
        self.send(self.form(title="Two", consent_purpose="MARKETING", confirm=True, fields=fields), **answers)
        one = Submission.objects.latest("id")
        actions.confirm_submission(at=one.at, token=actions.fresh_link(submission=one))
        assert Consent.objects.get().customer == known


class ConfirmTest(WebFormTest):
    def test_nothing_counts_before_the_link_of_the_letter_was_opened_once(self) -> None:
        form = self.form(confirm=True, fields={"name": "MUST", "email": "MUST"})
        answer = self.send(form, name="Wulan Ayu <b>", email="wulan@kopi.example")
        self.assertContains(answer, "We have sent you a letter.")
        assert not Prospect.objects.exists()
        one = Submission.objects.get()
        letters.send_confirmation(one.pk)
        letter = mail.outbox[-1]
        assert letter.to == ["wulan@kopi.example"]
        assert "Wulan" not in letter.body, "nobody sends words of their own through the firm"
        token = letter.body.split("/f/confirm/")[1].split("/")[0]
        address = reverse("confirm_submission", args=[token])
        assert self.visitor.get(address).status_code == 200
        assert not Prospect.objects.exists(), "a letter-box that opens links confirms nothing"
        assert self.visitor.post(address).status_code == 200
        assert Prospect.objects.get().customer.contact_points.get().value == "wulan@kopi.example"
        assert self.visitor.post(address).status_code == 410

    def test_a_link_ends_after_a_week(self) -> None:
        self.send(self.form(confirm=True, fields={"name": "MUST", "email": "MUST"}), email="wulan@kopi.example")
        one = Submission.objects.get()
        with pytest.raises(actions.LinkSpent):
            actions.confirm_submission(at=one.at + timedelta(days=8), token=actions.fresh_link(submission=one))


class ArrangeTest(WebFormTest):
    def test_a_form_is_made_changed_and_shown_with_how_to_put_it_elsewhere(self) -> None:
        add = reverse("add_web_form")
        sent = form_on(self.client.get(add)) | {"title": "Minta Demo Mesin!", "sites": "https://Kopi.example/page x"}
        self.assertContains(self.client.post(add, sent), "is not an address like", status_code=422)
        assert self.client.post(add, sent | {"sites": "https://Kopi.example/page"}).status_code == 302
        form = WebForm.objects.get()
        assert (form.slug, form.sites) == ("minta-demo-mesin", ["https://kopi.example"])
        page = self.client.get(reverse("edit_web_form", args=[form.pk]))
        self.assertContains(page, "&lt;iframe src=")
        again = form_on(page) | {"ask_whatsapp": "NO", "ask_email": "NO"}
        edit = reverse("edit_web_form", args=[form.pk])
        self.assertContains(self.client.post(edit, again), "else nobody can be answered", status_code=422)
        assert self.client.post(edit, form_on(page) | {"confirm": "on", "ask_email": "MUST"}).status_code == 302
        assert self.client.post(edit, form_on(page) | {"title": "Lain"}).status_code == 409
        self.assertContains(self.client.get(reverse("web_forms")), "/f/minta-demo-mesin/")

    def test_a_rep_arranges_none_and_reads_nothing_of_what_was_sent(self) -> None:
        form = self.form()
        self.sign_in(self.sari)
        assert self.client.get(reverse("submissions", args=[form.pk])).status_code == 403
