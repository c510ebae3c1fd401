"""`setia user`: letting people in from the keyboard of the machine, without e-mail."""

import argparse
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client

from setia.accounts import actions, command
from setia.accounts.models import AuditEntry, Invitation
from setia.accounts.tests.people import NOON, PASSWORD, dewi, ratna

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def run(capsys: pytest.CaptureFixture[str], action: str, **values: Any) -> tuple[int, str, str]:
    code = command.main(argparse.Namespace(action=action, **({"second_factor": False} | values)))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_list_says_who_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody is here yet" in run(capsys, "list")[1]
    owner, member = ratna(), dewi()
    actions.deactivate(by=owner, at=NOON, user=member)
    lines = run(capsys, "list")[1].splitlines()
    assert lines == [
        "ratna@kopi.example\tRatna Wulandari\tOwner\tnever",
        "dewi@kopi.example\tDewi Lestari\tMember\tnever\tdeactivated",
    ]


def test_reset_prints_a_link_that_sets_a_new_password(capsys: pytest.CaptureFixture[str]) -> None:
    member, fresh = dewi(), "teh-poci-tanpa-gula"
    code, out, _err = run(capsys, "reset", email="Dewi@kopi.example")
    assert code == 0
    link = out.splitlines()[-1]
    assert link.startswith("http://127.0.0.1:8700/password/reset/")
    guest = Client()
    form = guest.get(link.removeprefix("http://127.0.0.1:8700"), follow=True)
    guest.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh})
    member.refresh_from_db()
    assert member.check_password(fresh)
    assert AuditEntry.objects.filter(verb="user.reset_link_made", by=None, about_id=member.pk).exists()


def test_reset_of_nobody_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "reset", email="siapa@kopi.example")
    assert (code, out) == (1, "")
    assert "setia user list" in err


def test_reset_of_somebody_deactivated_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    owner, member = ratna(), dewi()
    actions.deactivate(by=owner, at=NOON, user=member)
    code, _out, err = run(capsys, "reset", email=member.email)
    assert code == 1
    assert "deactivated" in err


def test_add_prints_a_link_that_lets_somebody_in_with_the_role(
    capsys: pytest.CaptureFixture[str], client: Client
) -> None:
    code, out, _err = run(capsys, "add", email="bayu@kopi.example", role="owner")
    assert code == 0
    assert Invitation.objects.get().role_id == "OWNER"
    path = out.splitlines()[-1].removeprefix("http://127.0.0.1:8700")
    assert client.post(path, {"name": "Bayu Saputra", "password": PASSWORD}).status_code == 302
    assert client.get("/settings/firm/").status_code == 200


@pytest.mark.parametrize("email", ["dewi@kopi.example", "bukan surel"])
def test_add_of_somebody_who_is_here_or_of_no_address_is_refused(
    capsys: pytest.CaptureFixture[str], email: str
) -> None:
    dewi()
    code, out, err = run(capsys, "add", email=email, role="member")
    assert (code, out) == (1, "")
    assert email in err
    with pytest.raises(ObjectDoesNotExist):
        Invitation.objects.get()


def test_it_speaks_the_terminals_language_and_else_the_firms(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nobody is here yet" in run(capsys, "list")[1]
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    assert "Belum ada" in run(capsys, "list")[1]
    monkeypatch.delenv("LANG")
    assert "Belum ada" in run(capsys, "list")[1]  # a new firm's language is Indonesian
