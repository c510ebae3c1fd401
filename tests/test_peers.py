"""What users of other systems complain of, tried on Setia: `docs/peers.md` names each case and where it is held.

Here are the cases that no room's own tests held yet, through the pages that a person uses.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from setia.accounts.models import User
from setia.customers import actions
from setia.customers.models import Customer
from setia.intake.actions import execute
from setia.intake.models import Run

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
PEOPLE = "number,name,phone\n7,Siti Rahma,0812-2045-7781\n8,Joko Susilo,0812-2045-7782\n"


@pytest.fixture
def rani(tmp_path: Path, settings: LazySettings) -> User:
    """The owner, in a home of the test's own."""
    settings.HOME = tmp_path / "home"
    return User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def handed_in(by: User, text: str) -> tuple[str, Run | None]:
    """A file given to the page of imports: what the page says, and the run, executed where it could begin."""
    client = signed_in(by)
    before = Run.objects.count()
    answer = client.post("/import/", {"what": "CUSTOMERS", "file": SimpleUploadedFile("people.csv", text.encode())})
    said = answer.content.decode()
    if Run.objects.count() == before:
        return said, None
    run = Run.objects.latest("id")
    said = client.get(f"/import/{run.pk}/").content.decode()
    client.post(f"/import/{run.pk}/start/")
    run.refresh_from_db()
    return said, execute(run.pk) if run.state == Run.State.QUEUED else run


def test_the_same_file_twice_makes_nobody_twice(rani: User) -> None:
    handed_in(rani, PEOPLE)
    _said, again = handed_in(rani, PEOPLE)
    assert again is not None
    assert again.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 2}
    assert Customer.objects.count() == 2


def test_a_file_whose_head_nobody_understands_says_what_is_missing_and_takes_nothing_in(rani: User) -> None:
    said, run = handed_in(rani, "foo,bar\n1,2\n3,4\n")
    assert run is not None
    assert run.state != Run.State.DONE
    assert "foo" in said
    assert "Name" in said
    assert not Customer.objects.exists()


def test_an_empty_file_is_refused_with_the_reason(rani: User) -> None:
    said, run = handed_in(rani, "")
    assert run is None
    assert "empty" in said
    assert not Customer.objects.exists()


def test_a_customer_deleted_comes_back_with_the_next_file_and_blocks_nothing(rani: User) -> None:
    handed_in(rani, PEOPLE)
    actions.delete(by=rani, at=NOON, customer=Customer.objects.get(number="7"))
    actions.archive(by=rani, at=NOON, customer=Customer.objects.get(number="8"))
    _said, run = handed_in(rani, PEOPLE)
    assert run is not None
    assert run.state == Run.State.DONE
    assert set(Customer.objects.values_list("number", flat=True)) == {"7", "8"}
    assert Customer.objects.count() == 2


def test_six_thousand_rows_come_in_and_the_wrong_one_is_named(rani: User) -> None:
    rows = "".join(f"{number},Pelanggan {number},+62812{number:08}\n" for number in range(1, 6001))
    _said, run = handed_in(rani, "number,name,phone,birthday\n" + rows.replace("\n", ",\n") + "X1,Salah,,31/02/1990\n")
    assert run is not None
    assert run.state == Run.State.DONE
    assert Customer.objects.count() == 6000
    assert run.rejected == 1


def test_a_merge_shows_what_moves_and_keeps_the_record_that_was_chosen(rani: User) -> None:
    older = actions.add(by=rani, at=NOON, name="Siti Rahma", contacts=[("WHATSAPP", "0812-2045-7781")])
    newer = actions.add(by=rani, at=NOON, name="Siti R.", contacts=[("EMAIL", "siti@kopi.example")])
    client = signed_in(rani)
    asked = {"ids": f"{older.pk},{newer.pk}", "keep": str(newer.pk)}
    shown = client.get("/customers/merge/", asked).content.decode()
    assert "Siti Rahma" in shown
    assert "1 contact" in shown
    client.post("/customers/merge/", asked)
    older.refresh_from_db()
    assert older.merged_into_id == newer.pk
    assert Customer.objects.get(pk=newer.pk).contact_points.count() == 2


def test_a_change_that_is_refused_changes_nothing(rani: User) -> None:
    siti = actions.add(by=rani, at=NOON, name="Siti Rahma", owner=rani)
    sari = signed_in(User.objects.create_user("sari@kopi.id", None, name="Sari Dewi", role="SALES"))
    for path in ("", "edit/", "history/", "related/"):
        assert sari.get(f"/customers/{siti.pk}/{path}").status_code == 404
    assert sari.post(f"/customers/{siti.pk}/edit/", {"kind": "PERSON", "name": "Mine"}).status_code == 404
    assert sari.post(f"/customers/{siti.pk}/archive/").status_code == 404
    siti.refresh_from_db()
    assert (siti.name, siti.archived_at) == ("Siti Rahma", None)


def test_a_seller_is_warned_of_a_colleagues_prospect_and_shown_nothing_of_the_record(rani: User) -> None:
    actions.add(
        by=rani, at=NOON, name="Siti Rahma", contacts=[("WHATSAPP", "0812-2045-7781")], owner=rani, region="Bogor"
    )
    sari = User.objects.create_user("sari@kopi.id", None, name="Sari Dewi", role="SALES")
    said = (
        signed_in(sari).post("/customers/twins/", {"name": "Hj. Siti Rahma", "phone": "081220457781"}).content.decode()
    )
    assert "Rani Wulandari" in said
    assert "Siti" not in said
    assert "Bogor" not in said
    for tried in ({"name": "Siti Rahma"}, {"phone": "081220457781"}):
        assert "Rani" not in signed_in(sari).post("/customers/twins/", tried).content.decode()
