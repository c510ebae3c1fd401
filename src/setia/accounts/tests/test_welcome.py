"""The first owner's link."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from setia.accounts import actions
from setia.accounts.models import AuditEntry, OwnerLink, User
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna
from setia.core.queries import firm

JOIN = {"name": "Ratna Wulandari", "email": "Ratna@Kopi.example", "password": PASSWORD, "firm_name": "Kopi Nusantara"}


def come(token: str, email: str = "ratna@kopi.example") -> User:
    return actions.welcome_owner(
        token=token, email=email, name="Ratna", password=PASSWORD, firm_name="Kopi", language="id", at=NOON
    )


def token_of(path: str) -> str:
    found = re.fullmatch(r"/welcome/([^/]+)/", path)
    assert found
    return found[1]


@pytest.mark.django_db
def test_the_link_makes_the_owner_names_the_firm_and_signs_in(client: Client) -> None:
    path = actions.owner_link(at=timezone.now())
    assert client.get(path).status_code == 200
    answer = client.post(path, JOIN)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    owner = User.objects.get()
    assert (owner.email, owner.is_owner, owner.name) == ("ratna@kopi.example", True, "Ratna Wulandari")
    assert firm().name == "Kopi Nusantara"
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert AuditEntry.objects.filter(verb="user.joined", about_id=owner.pk).exists()


@pytest.mark.django_db
def test_the_link_works_once(client: Client) -> None:
    path = actions.owner_link(at=timezone.now())
    client.post(path, JOIN)
    assert client.get(path).status_code == 410
    assert client.post(path, {**JOIN, "email": "thief@example.com"}).status_code == 410
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_asking_again_gives_a_new_link_and_spends_the_old() -> None:
    old, new = (token_of(actions.owner_link(at=NOON)) for _ in range(2))
    with pytest.raises(actions.LinkSpent):
        come(old)
    assert come(new).is_owner


@pytest.mark.django_db
def test_it_runs_out_after_a_day() -> None:
    token = token_of(actions.owner_link(at=NOON - timedelta(hours=24)))
    with pytest.raises(actions.LinkSpent):
        come(token)


@pytest.mark.django_db
def test_there_is_none_once_an_owner_is_here() -> None:
    ratna()
    assert actions.owner_link(at=NOON) == ""


@pytest.mark.django_db
def test_the_database_holds_no_token() -> None:
    token = token_of(actions.owner_link(at=NOON))
    assert token not in str(OwnerLink.objects.values())


@pytest.mark.django_db
def test_an_address_that_is_taken_is_refused_beside_the_field(client: Client) -> None:
    dewi()
    path = actions.owner_link(at=timezone.now())
    answer = client.post(path, {**JOIN, "email": "dewi@kopi.example"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "is here already" in answer.content.decode()
    assert client.post(path, JOIN).status_code == 302  # the link is not spent by the attempt


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "ratna wulandari"])
def test_a_password_that_is_easy_to_guess_is_refused(client: Client, password: str) -> None:
    path = actions.owner_link(at=timezone.now())
    assert client.post(path, {**JOIN, "password": password}).status_code == 422
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_with_the_link_one_gets_in() -> None:
    token = token_of(actions.owner_link(at=NOON))

    def attempt(email: str) -> bool:
        try:
            come(token, email)
        except actions.LinkSpent:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, ["a@kopi.example", "b@kopi.example"])) == [False, True]
    assert User.objects.count() == 1
