"""Roles from end to end, and what went wrong elsewhere, tried here."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase
from django.utils import translation

from setia.accounts import actions as people
from setia.accounts.models import AuditEntry, Role, Team, User
from setia.accounts.queries import roles_for
from setia.core import permissions
from setia.customers import actions as customers
from setia.customers.models import Customer, TimelineEntry
from setia.orders.models import Order
from setia.orders.queries import orders_for
from setia.portraits.queries import figures_for
from setia.reports.queries import reports_for

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)


class World(TestCase):
    """Rani owns the firm, Mira manages it, Sari and Budi sell. Siti is Budi's customer; an order walked in."""

    rani: User
    mira: User
    sari: User
    budi: User
    siti: Customer
    hers: Order
    walk_in: Order

    @classmethod
    def setUpTestData(cls) -> None:
        for name, role in (("rani", "OWNER"), ("mira", "MANAGER"), ("sari", "SALES"), ("budi", "SALES")):
            person = User.objects.create_user(f"{name}@kopi.id", None, name=name.title(), role=role)
            setattr(cls, name, User.objects.get(pk=person.pk))
        cls.siti = customers.add(by=cls.budi, at=NOON, name="Siti Nurhaliza", contacts=[("EMAIL", "siti@kopi.id")])
        facts: dict[str, Any] = {"ordered_at": NOON, "day": date(2026, 11, 19), "kind": "PURCHASE", "created_at": NOON}
        cls.hers = Order.objects.create(number="1", customer=cls.siti, total=Decimal(1), **facts)
        cls.walk_in = Order.objects.create(number="2", total=Decimal(1), **facts)


class ElsewhereTest(World):
    """What users of other customer platforms have reported, done to Setia."""

    def test_a_record_is_not_read_by_typing_its_address(self) -> None:
        """Elsewhere somebody without the right read any lead by its URL (krayin/laravel-crm #592)."""
        self.client.force_login(self.sari)
        for path in (
            f"/customers/{self.siti.pk}/",
            f"/customers/{self.siti.pk}/timeline/",
            f"/customers/{self.siti.pk}/edit/",
            f"/customers/{self.siti.pk}/privacy/",
            f"/orders/{self.hers.pk}/",
            f"/orders/{self.walk_in.pk}/",
            f"/orders/{self.hers.pk}/edit/",
        ):
            answer = self.client.get(path)
            assert answer.status_code == 404, path
            assert "Siti" not in answer.content.decode(), path

    def test_a_change_that_is_refused_has_not_happened(self) -> None:
        """Elsewhere 403 was answered and the row changed all the same (EspoCRM, CVE-2026-41160)."""
        before = Customer.objects.filter(pk=self.siti.pk).values().get()
        trail, told = AuditEntry.objects.count(), TimelineEntry.objects.count()
        sent = {"kind": "PERSON", "name": "Changed", "role": "EXTERNAL", "body": "x", "text": "a@b.id"}
        for user, refusal in ((self.sari, 404), (self.analyst(), 403)):
            self.client.force_login(user)
            for verb in ("edit", "archive", "note", "contacts/new"):
                answer = self.client.post(f"/customers/{self.siti.pk}/{verb}/", sent)
                assert answer.status_code == refusal, (user, verb)
        for action in (customers.edit, customers.archive):
            with pytest.raises(PermissionDenied):
                action(by=self.analyst(), at=NOON, customer=self.siti)
        assert Customer.objects.filter(pk=self.siti.pk).values().get() == before
        assert (AuditEntry.objects.count(), TimelineEntry.objects.count()) == (trail, told)

    def test_a_list_does_not_show_what_its_records_would_refuse(self) -> None:
        """Elsewhere agents saw conversations of others in lists and counts (chatwoot #3272, #10221)."""
        self.client.force_login(self.sari)
        self.client.cookies["setia_language"] = "en"
        for path in ("/customers/", "/customers/?q=siti", "/customers/?sort=name", "/orders/", "/orders/?walk_in=1"):
            text = self.client.get(path).content.decode()
            assert "Siti" not in text, path
        assert not orders_for(self.sari)
        assert "Siti" not in self.client.get(f"/orders/?customer={self.siti.pk}").content.decode()
        assert self.client.get(f"/orders/new/?customer={self.siti.pk}").content.decode().count("Siti") == 0

    def analyst(self) -> User:
        """Somebody who sees all customers and changes none."""
        User.objects.get_or_create(email="ani@kopi.id", defaults={"name": "Ani", "role_id": "ANALYST"})
        return User.objects.get(email="ani@kopi.id")


class WholeTest(World):
    """The pictures of the whole firm are for those who see all of it."""

    def test_pictures_and_reports_are_refused_to_whoever_sees_some_customers(self) -> None:
        with pytest.raises(PermissionDenied):
            figures_for(self.sari, "base")
        with pytest.raises(PermissionDenied):
            reports_for(self.sari)
        self.client.force_login(self.sari)
        self.client.cookies["setia_language"] = "en"
        for path in ("/reports/base/", "/reports/base/export/", "/understand/cohorts/", "/import/"):
            answer = self.client.get(path)
            assert answer.status_code == 403, path
            assert "sees only some of them" in answer.content.decode(), path
        assert figures_for(self.mira, "base") is not None

    def test_a_verb_on_everything_does_not_count_for_a_role_that_sees_some(self) -> None:
        Role.objects.create(code="x", name="Importer", sees="TEAM", verbs=["intake.run", "customers.view"])
        person = User.objects.create_user("x@kopi.id", None, role="x")
        assert permissions.may(person, "customers.view")
        assert not permissions.may(person, "intake.run")
        Role.objects.filter(pk="x").update(sees="ALL")
        assert permissions.may(User.objects.get(pk=person.pk), "intake.run")

    def test_walk_ins_are_for_those_who_see_all(self) -> None:
        assert {one.number for one in orders_for(self.mira)} == {"1", "2"}
        assert {one.number for one in orders_for(self.budi)} == {"1"}
        assert str(orders_for(self.rani).query) == str(Order.objects.all().query)

    def test_who_sees_some_customers_enters_orders_of_theirs_alone(self) -> None:
        sent = {"ordered_at": "2026-11-19T12:00", "lines": "1", "line-0-quantity": "1", "line-0-unit_price": "9000"}
        sent["line-0-description"] = "Kopi"
        self.client.force_login(self.budi)
        assert self.client.post("/orders/new/", sent).status_code == 422
        assert self.client.post("/orders/new/", sent | {"customer": str(self.siti.pk)}).status_code == 302
        self.client.force_login(self.sari)
        assert self.client.post("/orders/new/", sent | {"customer": str(self.siti.pk)}).status_code == 422
        assert orders_for(self.budi).count() == 2


class GivingTest(World):
    """Nobody gives more than they have, and nobody takes hold of somebody who has more."""

    def test_a_manager_gives_every_role_but_the_owners(self) -> None:
        given = {role.code for role in roles_for(self.mira)}
        assert given == {code for code in permissions.BUILT_IN if code != "OWNER"}
        assert {role.code for role in roles_for(self.rani)} == set(permissions.BUILT_IN)
        with pytest.raises(PermissionDenied):
            people.change_role(by=self.mira, at=NOON, user=self.sari, role="OWNER")
        assert people.change_role(by=self.mira, at=NOON, user=self.sari, role="AGENT")

    def test_nobody_raises_themselves(self) -> None:
        for person in (self.mira, self.sari):
            with pytest.raises(PermissionDenied):
                people.change_role(by=person, at=NOON, user=person, role="OWNER")
        self.client.force_login(self.mira)
        self.client.post(f"/settings/people/{self.mira.pk}/role/", {"role": "OWNER"})
        self.mira.refresh_from_db()
        assert self.mira.role_id == "MANAGER"

    def test_a_manager_does_not_take_over_an_owner(self) -> None:
        for act in (people.deactivate, people.sign_out_everywhere, people.reset_link):
            with pytest.raises(PermissionDenied):
                act(by=self.mira, at=NOON, user=self.rani)
        with pytest.raises(PermissionDenied):
            people.change_role(by=self.mira, at=NOON, user=self.rani, role="SALES")

    def test_a_manager_neither_invites_an_owner_nor_renews_an_owners_invitation(self) -> None:
        invite: dict[str, Any] = {"at": NOON, "email": "bayu@kopi.id", "base": "http://localhost/", "post": False}
        with pytest.raises(PermissionDenied):
            people.invite(by=self.mira, role="OWNER", **invite)
        theirs = people.invite(by=self.rani, role="OWNER", **invite)
        with pytest.raises(PermissionDenied):
            people.invite(by=self.mira, role="SALES", **invite)
        with pytest.raises(PermissionDenied):
            people.revoke_invitation(by=self.mira, at=NOON, invitation=theirs.invitation)

    def test_a_demotion_counts_from_the_next_request_on(self) -> None:
        self.client.force_login(self.mira)
        assert self.client.get("/import/").status_code == 200
        people.change_role(by=self.rani, at=NOON, user=self.mira, role="SALES")
        assert self.client.get("/import/").status_code == 403


class ListOfVerbsTest(World):
    def test_a_manager_may_all_that_any_other_built_in_role_may(self) -> None:
        manager = permissions.verbs_of("MANAGER")
        assert all(permissions.verbs_of(role) <= manager for role in permissions.BUILT_IN if role != "OWNER")

    def test_every_verb_and_every_room_has_its_words_in_both_languages(self) -> None:
        for words, verbs in permissions.rooms():
            for one in [words, *(verb.words for verb in verbs)]:
                with translation.override("en"):
                    english = str(one)
                with translation.override("id"):
                    assert str(one) != english or english in {"Import", "Tim"}, english

    def test_a_verb_named_twice_or_for_an_unknown_role_is_refused(self) -> None:
        words = translation.gettext_lazy("Customers")
        with pytest.raises(LookupError):
            permissions.offer("customers", words, {"view": (words, "MANAGER")})
        with pytest.raises(LookupError):
            permissions.offer("customers", words, {"fly": (words, "PILOT")})

    def test_what_nobody_listed_nobody_may(self) -> None:
        assert not permissions.may(self.rani, "customers.fly")
        assert not permissions.may(None, "customers.view")

    def test_a_check_costs_no_query(self) -> None:
        person = User.objects.get(pk=self.sari.pk)
        with self.assertNumQueries(0):
            assert permissions.may(person, "customers.view")
            assert not permissions.may(person, "customers.delete")

    def test_a_team_shows_its_members_customers_to_a_role_that_sees_the_team(self) -> None:
        Role.objects.filter(pk="SALES").update(sees="TEAM")
        Team.objects.create(name="North").members.add(self.sari, self.budi)
        assert {one.number for one in orders_for(User.objects.get(pk=self.sari.pk))} == {"1"}
