"""A fact changed where it stands, in the list or on the record (`edit_fact`)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase
from django.urls import reverse

from setia.accounts.models import AuditEntry, User
from setia.core.versions import ChangedMeanwhile
from setia.customers import actions, queries
from setia.customers.models import Customer, CustomField, TimelineEntry
from setia.customers.tests.people import NOON

PART = {"HX-Request": "true"}


class Base(TestCase):
    """Ratna owns the shop, Dimas sells his own, Tika only reads. Siti is a person, Rasa a company."""

    ratna: User
    dimas: User
    siti: Customer
    rasa: Customer
    target: CustomField
    partner: CustomField

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ratna = User.objects.create_user("ratna@kopi.id", None, name="Ratna Wulandari", role=User.Role.OWNER)
        cls.dimas = User.objects.create_user("dimas@kopi.id", None, name="Dimas Prasetyo", role="SALES")
        cls.siti = actions.add(by=cls.ratna, at=NOON, name="Siti Nurhaliza", number="C-1", owner=cls.dimas)
        cls.rasa = actions.add(by=cls.ratna, at=NOON, name="PT Rasa Nusantara", kind="COMPANY", number="C-2")
        cls.target = actions.add_field(by=cls.ratna, at=NOON, label="Target", type="NUMBER", quick=False)
        cls.partner = actions.add_field(by=cls.ratna, at=NOON, label="Partner", type="REFERENCE", quick=False)

    def setUp(self) -> None:
        self.enter(self.ratna)

    def enter(self, user: User) -> None:
        self.client.force_login(user)
        self.client.cookies["setia_language"] = "en"

    def path(self, fact: str, customer: Customer | None = None) -> str:
        return reverse("edit_fact", args=[(customer or self.siti).pk, fact])

    def opened(self, fact: str, customer: Customer | None = None) -> dict[str, str]:
        """The form of a fact as it arrives: what its inputs and choices say."""
        page = self.client.get(self.path(fact, customer), headers=PART)
        assert page.status_code == 200, page.status_code
        return self.filled(page.content.decode())

    @staticmethod
    def filled(page: str) -> dict[str, str]:
        found = {}
        for tag in re.findall(r"<input[^>]*>", page):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and name[1] != "csrfmiddlewaretoken":
                found[name[1]] = value[1] if value else ""
        for name, inner in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
            chosen = re.search(r'<option value="([^"]*)" selected', inner)
            found[name] = chosen[1] if chosen else ""
        return found

    def send(self, fact: str, given: dict[str, str], customer: Customer | None = None, **more: Any) -> Any:
        return self.client.post(self.path(fact, customer), given, headers=PART, **more)

    def now(self, customer: Customer | None = None) -> Customer:
        return Customer.objects.get(pk=(customer or self.siti).pk)


class EditFactTest(Base):
    def test_each_fact_is_saved_from_its_own_form_and_told_as_an_edit_is(self) -> None:
        cases: dict[str, tuple[str, str, Callable[[Customer], bool]]] = {
            "name": ("name", "Siti Rahma", lambda one: one.name == "Siti Rahma"),
            "called": ("call_name", "Bu Siti", lambda one: one.call_name == "Bu Siti"),
            "title": ("title", "Ibu", lambda one: one.title == "Ibu"),
            "number": ("number", "C-77", lambda one: one.number == "C-77"),
            "tax": ("tax_number", "3171015505900003", lambda one: one.tax_number == "3171015505900003"),
            "industry": ("industry_name", "Coffee shops", lambda one: str(one.industry) == "Coffee shops"),
            "region": ("region", "Sanur", lambda one: one.region == "Sanur"),
            "gender": ("gender", "FEMALE", lambda one: one.gender == "FEMALE"),
            "birthday": ("birthday", "1990-05-01", lambda one: str(one.birthday) == "1990-05-01"),
            "acquisition": ("acquisition", "OWN", lambda one: one.acquisition == "OWN"),
            "owner": ("owner", str(self.ratna.pk), lambda one: one.owner_id == self.ratna.pk),
            self.target.key: (f"own_{self.target.key}", "1.250,5", lambda one: one.extra[self.target.key] == 1250.5),
            self.partner.key: (
                f"own_{self.partner.key}",
                str(self.rasa.pk),
                lambda one: one.extra[self.partner.key] == self.rasa.pk,
            ),
        }
        assert set(cases) == set(queries.facts_for(self.ratna, queries.custom_fields()))
        for fact, (field, value, holds) in cases.items():
            with self.subTest(fact=fact):
                told = TimelineEntry.objects.filter(customer=self.siti).count()
                audited = AuditEntry.objects.filter(verb="customer.edited").count()
                answer = self.send(fact, self.opened(fact) | {field: value})
                assert answer.status_code == 200, answer.content.decode()
                assert holds(self.now())
                assert TimelineEntry.objects.filter(customer=self.siti).count() == told + 1
                assert AuditEntry.objects.filter(verb="customer.edited").count() == audited + 1

    def test_the_timeline_is_told_of_what_was_saved_and_of_nothing_else(self) -> None:
        form = self.opened("title")
        assert "HX-Trigger-After-Settle" not in self.client.get(self.path("title"), headers=PART)
        assert "HX-Trigger-After-Settle" not in self.send("tax", self.opened("tax") | {"tax_number": "12"})
        saved = self.send("title", form | {"title": "Ibu"})
        assert saved["HX-Trigger-After-Settle"] == "record-changed"
        page = self.client.get(reverse("customer", args=[self.siti.pk]) + "?show=changes").content.decode()
        asked = re.search(r'<div id="happenings" hx-get="([^"]*)" hx-trigger="record-changed from:body"', page)
        assert asked
        assert "Ibu" in self.client.get(asked[1], headers=PART).content.decode()

    def test_what_does_not_fit_is_said_in_place_and_nothing_is_saved(self) -> None:
        cases = {
            "tax": ("tax_number", "12", "is not a tax number"),
            "birthday": ("birthday", "1790-01-01", "between 1900 and today"),
            "acquisition": ("acquisition", "LUCK", "Select a valid choice"),
            "number": ("number", "C-2", "This number belongs to"),
            self.target.key: (f"own_{self.target.key}", "many", "many"),
        }
        for fact, (field, value, words) in cases.items():
            with self.subTest(fact=fact):
                answer = self.send(fact, self.opened(fact) | {field: value})
                page = answer.content.decode()
                assert answer.status_code == 422
                assert (words in page and f'value="{value}"' in page) or fact == "acquisition"
                assert self.now().updated_at == self.siti.updated_at

    def test_a_name_and_a_number_cannot_both_be_taken_away(self) -> None:
        assert self.send("number", self.opened("number") | {"number": ""}).status_code == 200
        answer = self.send("name", self.opened("name") | {"name": " "})
        assert answer.status_code == 422
        assert "Give a name or a customer number" in answer.content.decode()
        assert self.now().name == "Siti Nurhaliza"

    def test_a_name_without_number_or_name_before_does_not_stand_in_the_way_of_another_fact(self) -> None:
        Customer.objects.filter(pk=self.siti.pk).update(name="", number=None)
        assert self.send("industry", self.opened("industry") | {"industry_name": "Bakeries"}).status_code == 200

    def test_titles_in_a_new_name_are_put_apart_and_the_kind_stays(self) -> None:
        self.send("name", self.opened("name") | {"name": "Ibu Maria Goretti, S.E."})
        one = self.now()
        assert (one.name, one.title, one.call_name) == ("Maria Goretti", "Ibu, S.E.", "Maria")
        self.send("name", self.opened("name") | {"name": "PT Maria Sejahtera"})
        assert self.now().kind == "PERSON"

    def test_somebody_elses_newer_change_of_this_fact_is_told_and_not_overwritten(self) -> None:
        given = self.opened("industry")
        self.send("industry", self.opened("industry") | {"industry_name": "Hotels"})
        answer = self.send("industry", given | {"industry_name": "Bakeries"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Somebody else has changed this meanwhile" in page
        assert "Hotels" in page
        assert 'value="Bakeries"' in page
        assert str(self.now().industry) == "Hotels"
        # Having seen it, the person says so again: now it counts.
        assert self.send("industry", self.filled(page)).status_code == 200
        assert str(self.now().industry) == "Bakeries"

    def test_another_fact_changed_meanwhile_is_no_conflict(self) -> None:
        given = self.opened("called")
        self.send("industry", self.opened("industry") | {"industry_name": "Hotels"})
        assert self.send("called", given | {"call_name": "Bu Siti"}).status_code == 200
        one = self.now()
        assert (one.call_name, str(one.industry)) == ("Bu Siti", "Hotels")

    def test_a_form_without_its_version_overwrites_nothing(self) -> None:
        assert self.send("called", {"call_name": "Bu"}).status_code == 409
        with pytest.raises(ChangedMeanwhile):
            actions.edit_fact(
                by=self.ratna, at=NOON, customer=self.siti, kept=("call_name",), version="", call_name="Bu"
            )
        assert self.now().call_name == self.siti.call_name

    def test_what_was_saved_can_be_put_back_as_it_was(self) -> None:
        actions.edit(by=self.ratna, at=NOON + timedelta(hours=1), customer=self.siti, call_name="")
        cases = {
            "name": ("name", "Ibu Maria Goretti"),
            "industry": ("industry_name", "Hotels"),
            "owner": ("owner", ""),
            self.target.key: (f"own_{self.target.key}", "12"),
        }
        fields = ("name", "title", "call_name", "industry_id", "owner_id", "extra")
        before = [getattr(self.now(), name) for name in fields]
        for fact, (field, value) in cases.items():
            with self.subTest(fact=fact):
                page = self.send(fact, self.opened(fact) | {field: value}).content.decode()
                assert "Undo" in page
                assert [getattr(self.now(), name) for name in fields] != before
                assert self.send(fact, self.filled(page)).status_code == 200
                assert [getattr(self.now(), name) for name in fields] == before

    def test_saving_the_same_again_tells_nothing(self) -> None:
        page = self.send("called", self.opened("called")).content.decode()
        assert "Undo" not in page
        assert self.now().updated_at == self.siti.updated_at

    def test_a_form_that_is_left_shows_what_stands_there(self) -> None:
        page = self.client.get(self.path("called") + "?show=1", headers=PART).content.decode()
        assert "<form" not in page
        assert self.siti.call_name in page

    def test_a_name_from_the_record_is_put_into_its_heading_too(self) -> None:
        given = self.opened("name") | {"name": "Rahma"}
        page = self.client.post(self.path("name") + "?place=record", given, headers=PART).content.decode()
        assert '<h1 id="record-name" hx-swap-oob="innerHTML">Rahma</h1>' in page

    def test_without_script_the_whole_form_answers_and_a_send_leads_to_the_record(self) -> None:
        assert self.client.get(self.path("called"))["Location"] == reverse("edit_customer", args=[self.siti.pk])
        given = self.opened("called") | {"call_name": "Bu"}
        assert self.client.post(self.path("called"), given)["Location"] == reverse("customer", args=[self.siti.pk])
        assert self.now().call_name == "Bu"
        assert self.client.post(self.path("called"), given)["Location"] == reverse("edit_customer", args=[self.siti.pk])

    def test_hostile_text_is_only_text(self) -> None:
        hostile = "<script>alert(1)</script>"
        page = self.send("called", self.opened("called") | {"call_name": hostile}).content.decode()
        assert "<script" not in page
        assert "&lt;script&gt;" in page


class EditFactGateTest(Base):
    def test_facts_that_do_not_fit_or_do_not_exist_are_not_there(self) -> None:
        for fact, customer in (
            ("called", self.rasa),
            ("birthday", self.rasa),
            ("stage", self.siti),
            ("kind", self.siti),
            ("n999", self.siti),
        ):
            assert self.client.get(self.path(fact, customer), headers=PART).status_code == 404, fact
        Customer.objects.filter(pk=self.siti.pk).update(
            name="", call_name="", title="", archived_at=NOON, erased_at=NOON
        )
        assert self.client.get(self.path("industry"), headers=PART).status_code == 404

    def test_who_sees_only_their_own_changes_only_those_and_chooses_nobody_responsible(self) -> None:
        self.enter(self.dimas)
        assert self.send("called", self.opened("called") | {"call_name": "Bu"}).status_code == 200
        assert self.client.get(self.path("industry", self.rasa), headers=PART).status_code == 404
        assert self.send("industry", {"industry_name": "X"}, self.rasa).status_code == 404
        assert self.client.get(self.path("owner"), headers=PART).status_code == 404
        version = queries.fact_version(self.siti, ("owner_id",))
        with pytest.raises(PermissionDenied):
            actions.edit_fact(
                by=self.dimas, at=NOON, customer=self.siti, kept=("owner_id",), version=version, owner=self.ratna
            )

    def test_who_may_only_read_is_refused_and_sees_no_button(self) -> None:
        tika = User.objects.create_user("tika@kopi.id", None, name="Tika", role="ANALYST")
        self.enter(tika)
        assert self.client.get(self.path("called"), headers=PART).status_code == 403
        assert self.send("called", {"call_name": "Bu"}).status_code == 403
        for path in (reverse("customers") + "?cols=called,industry", reverse("customer", args=[self.siti.pk])):
            page = self.client.get(path).content.decode()
            assert "Siti Nurhaliza" in page
            assert "s-open" not in page

    def test_a_reference_to_somebody_out_of_sight_is_refused_and_never_named(self) -> None:
        self.enter(self.dimas)
        field = f"own_{self.partner.key}"
        answer = self.send(self.partner.key, self.opened(self.partner.key) | {field: str(self.rasa.pk)})
        assert answer.status_code == 422
        assert "Rasa" not in answer.content.decode()

    def test_the_list_and_the_record_offer_what_can_be_changed(self) -> None:
        page = self.client.get(reverse("customers") + f"?cols=called,owner,industry,stage,{self.target.key}")
        text = page.content.decode()
        for fact in ("name", "called", "owner", "industry", self.target.key):
            assert f'hx-get="{self.path(fact)}"' in text, fact
        assert f'hx-get="{self.path("called", self.rasa)}"' not in text
        assert f'hx-get="{self.path("industry", self.rasa)}"' in text
        printed = self.client.get(reverse("customers") + "?cols=called&print=1").content.decode()
        assert "s-open" not in printed
        record = self.client.get(reverse("customer", args=[self.siti.pk])).content.decode()
        for fact in queries.facts_for(self.ratna, queries.custom_fields()):
            assert f'hx-get="{self.path(fact)}?place=record"' in record, fact
