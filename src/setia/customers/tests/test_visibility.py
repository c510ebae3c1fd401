"""Own, team, all: everywhere a customer can be met, by those who look after them, their team, and nobody else."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from setia.accounts.models import Role, Team, User
from setia.customers import actions, queries
from setia.customers.models import Customer
from setia.customers.tests.people import LATER, NOON


class VisibilityTest(TestCase):
    """Rani owns the firm. Sari and Budi sell, Budi in a team that Wati leads; Dimas may do all but sees his own."""

    rani: User
    sari: User
    budi: User
    wati: User
    siti: Customer
    ayu: Customer
    joko: Customer

    @classmethod
    def setUpTestData(cls) -> None:
        cls.rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role="OWNER")
        cls.sari = User.objects.create_user("sari@kopi.id", None, name="Sari", role="SALES")
        cls.budi = User.objects.create_user("budi@kopi.id", None, name="Budi", role="SALES")
        lead = Role.objects.create(code="lead", name="Team lead", sees="TEAM")
        Role.objects.filter(pk=lead.pk).update(
            verbs=sorted({*Role.objects.get(pk="SALES").granted, "customers.assign"})
        )
        cls.wati = User.objects.create_user("wati@kopi.id", None, name="Wati", role="lead")
        Team.objects.create(name="North").members.add(cls.budi, cls.wati)
        cls.siti = actions.add(by=cls.budi, at=NOON, name="Siti Nurhaliza", contacts=[("EMAIL", "siti@kopi.id")])
        cls.ayu = actions.add(by=cls.sari, at=NOON, name="Ayu Nurhaliza", number="C-7")
        cls.joko = actions.add(by=cls.rani, at=NOON, name="Joko Nurhaliza")

    def names(self, user: User) -> set[str]:
        return {one.name.split()[0] for one in queries.customers_for(User.objects.get(pk=user.pk))}

    def test_each_sees_what_their_role_says(self) -> None:
        assert self.names(self.rani) == {"Siti", "Ayu", "Joko"}
        assert self.names(self.budi) == {"Siti"}
        assert self.names(self.sari) == {"Ayu"}
        assert self.names(self.wati) == {"Siti"}
        assert not queries.customers_for(AnonymousUser())  # type: ignore[arg-type]

    def test_for_whoever_sees_all_nothing_is_added_to_the_query(self) -> None:
        assert str(queries.customers_for(self.rani).query) == str(Customer.objects.filter(merged_into=None).query)

    def test_own_and_team_cost_one_query_for_the_team_and_none_for_oneself(self) -> None:
        budi, wati = User.objects.get(pk=self.budi.pk), User.objects.get(pk=self.wati.pk)
        with self.assertNumQueries(0):
            queries.customers_for(budi)
        with self.assertNumQueries(1):
            queries.customers_for(wati)
            queries.customers_for(wati)

    def test_who_sees_their_own_is_responsible_for_those_they_add(self) -> None:
        assert (self.siti.owner, self.ayu.owner, self.joko.owner) == (self.budi, self.sari, None)

    def test_search_list_export_and_picker_hold_ones_own_alone(self) -> None:
        self.client.force_login(self.sari)
        for path in (
            "/customers/?q=nurhaliza",
            "/customers/",
            "/customers/search/?field=customer&customer_q=nurhaliza",
        ):
            text = self.client.get(path).content.decode()
            assert "Ayu Nurhaliza" in text, path
            assert "Siti Nurhaliza" not in text, path
            assert "Joko Nurhaliza" not in text, path
        assert self.client.get("/customers/export/").status_code == 403
        Role.objects.create(code="x", name="Exporter", sees="OWN", verbs=["customers.view", "customers.export"])
        User.objects.filter(pk=self.sari.pk).update(role="x")
        answer = self.client.get("/customers/export/")
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert "Ayu Nurhaliza" in text
        assert "Siti Nurhaliza" not in text
        answer = self.client.get(f"/customers/export/?id={self.siti.pk}")
        assert "Siti" not in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]

    def test_home_tells_ones_own_figures_and_says_that_it_does(self) -> None:
        self.client.force_login(self.sari)
        self.client.cookies["setia_language"] = "en"
        text = self.client.get("/").content.decode()
        assert "You see the customers you look after" in text
        self.client.force_login(self.wati)
        assert "Your team's customers" in self.client.get("/").content.decode()

    def test_a_number_of_a_customer_not_seen_is_taken_without_telling_by_whom(self) -> None:
        self.client.force_login(self.budi)
        text = self.client.post(
            "/customers/new/", {"kind": "PERSON", "name": "Umar", "number": "C-7", "role": "EXTERNAL"}
        )
        assert text.status_code == 422
        assert not re.search(r"\bAyu\b", text.content.decode())

    def test_a_recommendation_does_not_name_somebody_not_seen(self) -> None:
        actions.edit(by=self.rani, at=LATER, customer=self.siti, recommended_by=self.ayu)
        self.client.force_login(self.budi)
        # As a word: a form's token may hold these three letters.
        assert not re.search(r"\bAyu\b", self.client.get(f"/customers/{self.siti.pk}/").content.decode())
        self.client.force_login(self.sari)
        assert "Siti" not in self.client.get(f"/customers/{self.ayu.pk}/").content.decode()

    def test_a_customer_is_handed_over_by_whoever_may_and_only_to_people_they_see(self) -> None:
        with pytest.raises(PermissionDenied):
            actions.edit(by=self.budi, at=LATER, customer=self.siti, owner=self.sari)
        with pytest.raises(PermissionDenied):
            actions.edit(by=self.wati, at=LATER, customer=self.siti, owner=self.sari)
        with pytest.raises(PermissionDenied):
            actions.edit(by=self.wati, at=LATER, customer=self.siti, owner=None)
        actions.edit(by=self.wati, at=LATER, customer=self.siti, owner=self.wati)
        assert self.names(self.budi) == set()
        assert self.names(self.wati) == {"Siti"}
        actions.edit(by=self.rani, at=LATER, customer=self.siti, owner=self.sari)
        assert self.names(self.sari) == {"Siti", "Ayu"}

    def test_the_form_offers_owners_to_whoever_may_choose_and_saves_the_choice(self) -> None:
        self.client.force_login(self.budi)
        assert 'name="owner"' not in self.client.get(f"/customers/{self.siti.pk}/edit/").content.decode()
        self.client.force_login(self.rani)
        assert 'name="owner"' in self.client.get(f"/customers/{self.siti.pk}/edit/").content.decode()
        sent = {"kind": "PERSON", "name": "Siti Nurhaliza", "role": "EXTERNAL", "owner": self.sari.pk}
        assert self.client.post(f"/customers/{self.siti.pk}/edit/", sent).status_code == 302
        self.siti.refresh_from_db()
        assert self.siti.owner == self.sari

    def test_the_list_is_narrowed_to_a_person_and_to_nobody(self) -> None:
        everybody = queries.customers_for(self.rani)
        found, chips = queries.narrow(everybody, {"owner": str(self.sari.pk)})
        assert [one.name for one in found] == ["Ayu Nurhaliza"]
        assert [chip.value for chip in chips] == ["Sari"]
        found, _chips = queries.narrow(everybody, {"owner": "none"})
        assert [one.name for one in found] == ["Joko Nurhaliza"]
        found, chips = queries.narrow(everybody, {"owner": "'; DROP"})
        assert (found.count(), chips) == (3, [])

    def test_somebody_whose_role_sees_no_customers_sees_none_whoever_looks_after_them(self) -> None:
        Role.objects.create(code="none", name="None", sees="ALL", verbs=["customers.edit"])
        User.objects.filter(pk=self.budi.pk).update(role="none")
        assert self.names(self.budi) == set()
        self.client.force_login(self.budi)
        assert self.client.get(f"/customers/{self.siti.pk}/edit/").status_code == 404
