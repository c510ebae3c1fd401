"""Roles, leaving, coming back: the firm is never without an owner."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from setia.accounts import actions, queries
from setia.accounts.models import AuditEntry, User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


@pytest.mark.django_db
class TestRoles:
    def test_an_owner_makes_another_owner(self) -> None:
        owner, member = ratna(), dewi()
        assert actions.change_role(by=owner, at=NOON, user=member, role="OWNER")
        member.refresh_from_db()
        assert member.is_owner
        assert not actions.change_role(by=owner, at=NOON, user=member, role="OWNER")
        assert verbs() == ["user.role_changed"]

    def test_a_member_changes_nobody_himself_included(self) -> None:
        owner, member = ratna(), dewi()
        for person in (owner, member):
            with pytest.raises(PermissionDenied):
                actions.change_role(by=member, at=NOON, user=person, role="OWNER")
            with pytest.raises(PermissionDenied):
                actions.deactivate(by=member, at=NOON, user=person)
        assert verbs() == []

    def test_the_only_owner_stays_one(self) -> None:
        owner = ratna()
        with pytest.raises(actions.LastOwner):
            actions.change_role(by=owner, at=NOON, user=owner, role="MEMBER")
        with pytest.raises(actions.LastOwner):
            actions.deactivate(by=owner, at=NOON, user=owner)

    def test_a_deactivated_owner_does_not_count(self) -> None:
        owner, other = ratna(), dewi()
        actions.change_role(by=owner, at=NOON, user=other, role="OWNER")
        actions.deactivate(by=owner, at=NOON, user=other)
        with pytest.raises(actions.LastOwner):
            actions.deactivate(by=owner, at=NOON, user=owner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["change_role", "deactivate"])
def test_two_owners_who_remove_each_other_at_once_leave_one(verb: str) -> None:
    people = [ratna(), dewi()]
    actions.change_role(by=people[0], at=NOON, user=people[1], role="OWNER")
    people[1].refresh_from_db()

    def remove(pair: tuple[User, User]) -> bool:
        by, user = pair
        try:
            if verb == "deactivate":
                return actions.deactivate(by=by, at=NOON, user=user)
            return actions.change_role(by=by, at=NOON, user=user, role="MEMBER")
        except (actions.LastOwner, PermissionDenied):
            return False
        finally:
            connection.close()

    for _ in range(10):
        User.objects.update(role="OWNER", is_active=True)
        with ThreadPoolExecutor(2) as pool:
            done = sorted(pool.map(remove, [(people[0], people[1]), (people[1], people[0])]))
        assert done == [False, True]
        assert len(queries.owners()) == 1


@pytest.mark.django_db
class TestLeaving:
    def test_a_deactivated_person_is_out_at_once(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(member)
        assert client.get("/settings/profile/").status_code == 200
        actions.deactivate(by=owner, at=NOON, user=member)
        assert client.get("/settings/profile/").status_code == 302

    def test_and_comes_back_with_the_same_password_but_not_the_old_session(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(member)
        actions.deactivate(by=owner, at=NOON, user=member)
        assert actions.reactivate(by=owner, at=NOON, user=member)
        assert client.get("/settings/profile/").status_code == 302
        assert client.post("/sign-in/", {"login": member.email, "password": PASSWORD}).status_code == 302
        assert client.get("/settings/profile/").status_code == 200

    def test_a_deactivated_person_cannot_sign_in(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        actions.deactivate(by=owner, at=NOON, user=member)
        client.post("/sign-in/", {"login": member.email, "password": PASSWORD})
        assert "_auth_user_id" not in client.session

    def test_signing_out_everywhere_ends_all_sessions_of_that_person_alone(self) -> None:
        owner, member = ratna(), dewi()
        phone, laptop, owners = Client(), Client(), Client()
        phone.force_login(member)
        laptop.force_login(member)
        owners.force_login(owner)
        assert owners.post(f"/settings/people/{member.pk}/sign-out/").status_code == 302
        assert phone.get("/settings/profile/").status_code == laptop.get("/settings/profile/").status_code == 302
        assert owners.get("/settings/profile/").status_code == 200
        assert "user.signed_out_everywhere" in verbs()

    def test_a_member_signs_out_his_own_devices_but_nobody_elses(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(member)
        assert client.post(f"/settings/people/{owner.pk}/sign-out/").status_code == 404
        assert client.post(f"/settings/people/{member.pk}/sign-out/").status_code == 302
        assert client.get("/settings/profile/").status_code == 302


@pytest.mark.django_db
class TestPage:
    def test_owners_see_what_they_can_do_members_only_who_is_here(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(owner)
        text = client.get("/settings/people/").content.decode()
        assert f"/settings/people/{member.pk}/deactivate/" in text
        client.force_login(member)
        text = client.get("/settings/people/").content.decode()
        assert "Ratna Wulandari" in text
        assert "/deactivate/" not in text
        assert "/invite/" not in text

    @pytest.mark.parametrize("verb", ["role", "deactivate", "reactivate", "reset-link"])
    def test_a_member_is_refused_at_every_door(self, client: Client, verb: str) -> None:
        owner, member = ratna(), dewi()
        client.force_login(member)
        assert client.post(f"/settings/people/{owner.pk}/{verb}/", {"role": "MEMBER"}).status_code == 403
        assert client.get(f"/settings/people/{owner.pk}/{verb}/").status_code == (403 if verb == "role" else 405)

    def test_the_last_owner_is_told_what_to_do(self, client: Client) -> None:
        owner = ratna()
        client.force_login(owner)
        answer = client.post(f"/settings/people/{owner.pk}/deactivate/", follow=True, headers={"accept-language": "en"})
        assert "Make somebody else an owner first" in answer.content.decode()

    def test_a_role_that_does_not_exist_changes_nothing(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(owner)
        client.post(f"/settings/people/{member.pk}/role/", {"role": "EMPEROR"})
        member.refresh_from_db()
        assert member.role_id == "MEMBER"

    def test_an_owner_makes_a_link_for_a_lost_password_and_it_works_once(self, client: Client) -> None:
        owner, member = ratna(), dewi()
        client.force_login(owner)
        answer = client.post(f"/settings/people/{member.pk}/reset-link/")
        link = next(part for part in answer.content.decode().split('"') if "/password/reset/" in part)
        guest = Client()
        form = guest.get(link, follow=True)
        where = form.request["PATH_INFO"]
        fresh = "teh-poci-tanpa-gula"
        assert guest.post(where, {"password1": fresh, "password2": fresh}).status_code == 302
        member.refresh_from_db()
        assert member.check_password(fresh)
        assert "user.password_changed" in verbs()
        late = Client().get(link, follow=True)
        assert "password1" not in late.content.decode()
