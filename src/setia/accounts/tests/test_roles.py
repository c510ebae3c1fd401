"""Roles people make, and teams: nobody hands on what they have not got."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase

from setia.accounts import actions
from setia.accounts.models import AuditEntry, Role, Team, User
from setia.accounts.tests.people import NOON


class RolesTest(TestCase):
    """Ratna owns the firm; Mira manages it, and may make roles since Ratna made her a role for that."""

    ratna: User
    mira: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ratna = User.objects.create_user("ratna@kopi.example", None, name="Ratna", role="OWNER")
        verbs = sorted({*Role.objects.get(pk="SALES").granted, "accounts.roles", "accounts.people"})
        lead = actions.add_role(by=cls.ratna, at=NOON, name="Team lead", sees="TEAM", verbs=verbs)
        made = User.objects.create_user("mira@kopi.example", None, name="Mira", role=lead.code)
        cls.mira = User.objects.get(pk=made.pk)

    def test_a_role_hands_on_what_its_maker_has_and_not_more(self) -> None:
        actions.add_role(by=self.mira, at=NOON, name="Trainee", sees="OWN", verbs=["customers.view"])
        for sees, verbs in (("OWN", ["customers.delete"]), ("ALL", ["customers.view"]), ("OWN", ["accounts.firm"])):
            with pytest.raises(PermissionDenied):
                actions.add_role(by=self.mira, at=NOON, name="More", sees=sees, verbs=verbs)
        assert not Role.objects.filter(name="More").exists()

    def test_nobody_widens_their_own_role_or_one_above_it(self) -> None:
        own = self.mira.role
        more = [*own.verbs, "customers.delete"]
        with pytest.raises(PermissionDenied):
            actions.edit_role(by=self.mira, at=NOON, role=own, name=own.name, sees="TEAM", verbs=more)
        with pytest.raises(PermissionDenied):
            actions.edit_role(by=self.mira, at=NOON, role=own, name=own.name, sees="ALL", verbs=own.verbs)
        with pytest.raises(PermissionDenied):
            actions.edit_role(by=self.mira, at=NOON, role=Role.objects.get(pk="MANAGER"), name="", sees="OWN", verbs=[])

    def test_a_built_in_role_keeps_its_verbs_and_the_owner_sees_all(self) -> None:
        sales = Role.objects.get(pk="SALES")
        assert actions.edit_role(by=self.ratna, at=NOON, role=sales, name="x", sees="TEAM", verbs=[])
        sales = Role.objects.get(pk="SALES")
        assert (sales.sees, sales.name, "customers.view" in sales.granted) == ("TEAM", "", True)
        with pytest.raises(actions.BuiltInRole):
            actions.edit_role(by=self.ratna, at=NOON, role=self.ratna.role, name="", sees="OWN", verbs=[])
        with pytest.raises(actions.BuiltInRole):
            actions.remove_role(by=self.ratna, at=NOON, role=sales)

    def test_a_role_somebody_has_stays(self) -> None:
        with pytest.raises(actions.StillHeld):
            actions.remove_role(by=self.ratna, at=NOON, role=self.mira.role)
        free = actions.add_role(by=self.ratna, at=NOON, name="Free", sees="OWN", verbs=[])
        actions.remove_role(by=self.ratna, at=NOON, role=free)
        assert not Role.objects.filter(pk=free.pk).exists()

    def test_two_roles_do_not_share_a_name_in_any_case(self) -> None:
        with pytest.raises(actions.NameTaken):
            actions.add_role(by=self.ratna, at=NOON, name="TEAM LEAD", sees="OWN", verbs=[])

    def test_what_was_given_and_taken_stands_in_the_trail(self) -> None:
        role = actions.add_role(by=self.ratna, at=NOON, name="Helper", sees="OWN", verbs=["customers.view"])
        actions.edit_role(by=self.ratna, at=NOON, role=role, name="Helper", sees="OWN", verbs=["orders.view"])
        entry = AuditEntry.objects.filter(verb="role.changed").latest("pk")
        assert (entry.data["given"], entry.data["taken"]) == (["orders.view"], ["customers.view"])

    def test_the_pages_of_roles(self) -> None:
        self.client.force_login(self.ratna)
        self.client.cookies["setia_language"] = "en"
        text = self.client.get("/settings/roles/").content.decode()
        assert "Team lead" in text
        assert "Merge doubles" in text
        sent = {"name": "Night shift", "sees": "OWN", "verbs": ["customers.view", "orders.view"]}
        assert self.client.get("/settings/roles/new/?like=SALES").status_code == 200
        assert self.client.post("/settings/roles/new/", sent).status_code == 302
        assert self.client.post("/settings/roles/new/", sent).status_code == 422
        role = Role.objects.get(name="Night shift")
        assert role.granted == {"customers.view", "orders.view"}
        where = f"/settings/roles/{role.code}/"
        assert self.client.get(where).status_code == 200
        assert self.client.post(where, sent | {"verbs": ["customers.view"]}).status_code == 302
        assert Role.objects.get(pk=role.pk).granted == {"customers.view"}
        assert self.client.post(f"{where}remove/").status_code == 302
        assert not Role.objects.filter(pk=role.pk).exists()
        assert self.client.get("/settings/roles/OWNER/").status_code == 404

    def test_somebody_with_less_sees_the_matrix_and_changes_nothing(self) -> None:
        seller = User.objects.create_user("sari@kopi.example", None, role="SALES")
        self.client.force_login(seller)
        assert self.client.get("/settings/roles/").status_code == 200
        for path in ("/settings/roles/new/", "/settings/roles/SALES/", "/settings/teams/"):
            assert self.client.get(path).status_code == 403, path

    def test_the_pages_of_teams(self) -> None:
        self.client.force_login(self.ratna)
        assert self.client.get("/settings/teams/").status_code == 200
        sent = {"name": "North", "members": [self.mira.pk]}
        assert self.client.post("/settings/teams/new/", sent).status_code == 302
        assert self.client.post("/settings/teams/new/", sent | {"name": "north"}).status_code == 422
        team = Team.objects.get()
        assert list(team.members.all()) == [self.mira]
        where = f"/settings/teams/{team.pk}/"
        assert self.client.get(where).status_code == 200
        assert self.client.post(where, {"name": "South", "members": [self.ratna.pk]}).status_code == 302
        team.refresh_from_db()
        assert (team.name, list(team.members.all())) == ("South", [self.ratna])
        assert self.client.post(f"{where}remove/").status_code == 302
        assert not Team.objects.exists()
        assert AuditEntry.objects.filter(verb__startswith="team.").count() == 3
