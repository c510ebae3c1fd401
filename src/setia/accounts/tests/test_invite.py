"""Invitations, from the owner's page to the new colleague's first page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from setia.accounts import actions, queries
from setia.accounts.models import Invitation, User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna

BASE = "https://setia.kopi.example/"


def invite(by: User, email: str = "Bayu@Kopi.example", role: str = "MEMBER") -> actions.Invited:
    return actions.invite(by=by, at=NOON, email=email, role=role, base=BASE)


def token_of(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def accept(token: str) -> User:
    return actions.accept_invitation(token=token, name="Bayu Saputra", password=PASSWORD, at=NOON)


@pytest.mark.django_db
class TestInvite:
    def test_a_letter_with_the_link_goes_to_the_invited_address(self) -> None:
        invited = invite(ratna())
        letter = outbox.outbox[0]
        assert letter.to == ["bayu@kopi.example"]
        assert invited.url.startswith("https://setia.kopi.example/invitation/")
        assert invited.url in letter.body
        assert "Ratna Wulandari" in letter.subject

    def test_the_link_brings_in_the_invited_address_with_the_invited_role(self) -> None:
        user = accept(token_of(invite(ratna(), role="OWNER").url))
        assert (user.email, user.role_id, user.name) == ("bayu@kopi.example", "OWNER", "Bayu Saputra")
        assert user.check_password(PASSWORD)

    def test_it_works_once(self) -> None:
        token = token_of(invite(ratna()).url)
        accept(token)
        with pytest.raises(actions.LinkSpent):
            accept(token)

    def test_it_runs_out_after_a_week(self) -> None:
        token = token_of(invite(ratna()).url)
        Invitation.objects.update(expires_at=NOON)
        with pytest.raises(actions.LinkSpent):
            accept(token)
        assert queries.invitation_by_token(token, at=NOON) is None
        assert queries.invitation_by_token(token, at=NOON - timedelta(seconds=1)) is not None

    def test_taken_back_it_opens_nothing(self) -> None:
        owner = ratna()
        invited = invite(owner)
        assert actions.revoke_invitation(by=owner, at=NOON, invitation=invited.invitation)
        assert not actions.revoke_invitation(by=owner, at=NOON, invitation=invited.invitation)
        with pytest.raises(actions.LinkSpent):
            accept(token_of(invited.url))

    def test_inviting_again_renews_the_link_and_spends_the_old(self) -> None:
        owner = ratna()
        old, new = invite(owner), invite(owner, "bayu@kopi.example", role="OWNER")
        assert old.invitation.pk == new.invitation.pk
        with pytest.raises(actions.LinkSpent):
            accept(token_of(old.url))
        assert accept(token_of(new.url)).is_owner

    def test_somebody_who_is_here_is_not_invited(self) -> None:
        owner, member = ratna(), dewi()
        with pytest.raises(actions.AlreadyHere) as caught:
            invite(owner, "DEWI@kopi.example")
        assert caught.value.user == member

    def test_a_member_invites_nobody(self) -> None:
        member = dewi()
        with pytest.raises(PermissionDenied):
            invite(member)
        assert not Invitation.objects.exists()

    def test_the_database_holds_no_token(self) -> None:
        assert token_of(invite(ratna()).url) not in str(Invitation.objects.values())

    @override_settings(EMAIL_BACKEND="setia.core.mail.FirmBackend")
    def test_without_a_mail_server_the_invitation_stands_and_says_so(self) -> None:
        invited = invite(ratna())
        assert invited.trouble
        assert invited.trouble.reason == "NOT_SET_UP"
        assert accept(token_of(invited.url)).email == "bayu@kopi.example"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_the_link_at_once_one_gets_in() -> None:
    token = token_of(invite(ratna()).url)

    def attempt(_: int) -> bool:
        try:
            accept(token)
        except actions.LinkSpent:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_invite_the_same_person_at_once_make_one_invitation() -> None:
    owner = ratna()

    def attempt(_: int) -> None:
        try:
            invite(owner)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(4)))
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
class TestPages:
    def test_the_owner_sees_the_link_once_to_hand_it_over(self, client: Client) -> None:
        client.force_login(ratna())
        answer = client.post("/settings/people/invite/", {"email": "bayu@kopi.example", "role": "MEMBER"})
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "http://testserver/invitation/" in text
        assert "/invitation/" not in client.get("/settings/people/").content.decode()

    @override_settings(EMAIL_BACKEND="setia.core.mail.FirmBackend")
    def test_the_owner_is_told_that_no_letter_left(self, client: Client) -> None:
        client.force_login(ratna())
        answer = client.post(
            "/settings/people/invite/",
            {"email": "bayu@kopi.example", "role": "MEMBER"},
            headers={"accept-language": "en"},
        )
        assert "No mail server is set up" in answer.content.decode()

    def test_a_member_is_refused(self, client: Client) -> None:
        client.force_login(dewi())
        answer = client.post("/settings/people/invite/", {"email": "bayu@kopi.example", "role": "OWNER"})
        assert answer.status_code == 403

    def test_an_address_that_is_none_is_refused_beside_the_field(self, client: Client) -> None:
        client.force_login(ratna())
        answer = client.post("/settings/people/invite/", {"email": "bayu at kopi", "role": "MEMBER"})
        assert answer.status_code == 422
        assert not Invitation.objects.exists()

    def test_the_invited_one_chooses_name_and_password_and_is_in(self, client: Client) -> None:
        url = actions.invite(
            by=ratna(), at=timezone.now(), email="bayu@kopi.example", role="MEMBER", base="http://testserver/"
        ).url
        assert "bayu@kopi.example" in client.get(url).content.decode()
        answer = client.post(url, {"name": "Bayu Saputra", "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert client.get("/settings/profile/").status_code == 200

    def test_a_link_that_was_never_given_is_gone(self, client: Client) -> None:
        assert client.get("/invitation/nothing/").status_code == 410
        assert client.post("/invitation/nothing/", {"name": "X", "password": PASSWORD}).status_code == 410

    def test_taking_back_twice_is_told_calmly(self, client: Client) -> None:
        owner = ratna()
        client.force_login(owner)
        invitation = invite(owner).invitation
        where = f"/settings/people/invitations/{invitation.pk}/revoke/"
        assert client.post(where).status_code == 302
        answer = client.post(where, follow=True, headers={"accept-language": "en"})
        assert "no longer open" in answer.content.decode()
