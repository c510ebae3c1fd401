"""`import_twins` and the choice of keys: who in a file is somebody already here, by other means than the number."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.intake.actions import execute, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run, Shape
from setia.intake.tests.helping import draft, take_in
from setia.intake.tests.people import home, signed_in
from setia.intake.tests.test_map_import import chosen

__all__ = ["home"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]

HEAD = "nomor,nama,hp,email,npwp,kota,tanggal lahir\n"
ROWS = HEAD + (
    "B1,Bpk. Moh. Budi Santoso,+62 812 1111 2222,,,Bandung,14/03/1988\n"
    "B2,Kusuma Jaya,,,013002761093000,Semarang,\n"
    "B3,Wati Lestari,0813-9999-0001,,,Medan,\n"
)


@pytest.fixture
def budi() -> Customer:
    """Budi and a firm, known by other numbers than the file's."""
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani Wulandari", role=User.Role.OWNER)
    at = datetime.now(UTC)
    customers.add(by=rani, at=at, kind="COMPANY", name="PT Kusuma Jaya", tax_number="0013002761093000", region="Solo")
    return customers.add(
        by=rani,
        at=at,
        name="Muhammad Budi Santoso",
        birthday=date(1988, 3, 14),
        contacts=[("WHATSAPP", "0812-1111-2222")],
        region="Bandung",
    )


def waiting(folder: Path, text: str = ROWS) -> Run:
    run = draft(folder, text, what="CUSTOMERS", name="people.csv")
    Run.objects.filter(pk=run.pk).update(state="DRAFT")
    run.refresh_from_db()
    return run


def started(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state="QUEUED")
    return execute(run.pk)


def test_rows_that_are_probably_somebody_here_are_shown_with_the_reason(tmp_path: Path, budi: Customer) -> None:
    run = waiting(tmp_path)
    browser = signed_in()
    assert f"/import/{run.pk}/twins/" in browser.get(f"/import/{run.pk}/").content.decode()
    page = browser.get(f"/import/{run.pk}/twins/").content.decode()
    assert "2 rows may be somebody who is here already" in page
    assert "Muhammad Budi Santoso" in page
    assert "The same telephone" in page
    assert "The same tax number" in page
    assert "Wati" not in page, "nobody here is like her"


def test_a_row_that_is_recognised_by_its_key_needs_no_choice(tmp_path: Path, budi: Customer) -> None:
    run = waiting(tmp_path, "nama,hp\nMuhammad Budi Santoso,081211112222\n")
    assert "may be somebody" not in signed_in().get(f"/import/{run.pk}/twins/").content.decode()


def test_the_choice_is_kept_and_followed_and_taken_back(tmp_path: Path, budi: Customer) -> None:
    before = business_checksum()
    run = waiting(tmp_path)
    browser = signed_in()
    choices = {"row_2": str(budi.pk), "row_3": "SKIP", "row_4": "NEW"}
    page = browser.post(f"/import/{run.pk}/twins/", choices, headers={"HX-Request": "true"}).content.decode()
    assert f'value="{budi.pk}" selected' in page
    assert browser.post(f"/import/{run.pk}/map/", chosen(Run.objects.get(pk=run.pk))).status_code == 302
    assert browser.post(f"/import/{run.pk}/start/").status_code == 302
    assert "rows" not in Shape.objects.get().mapping, "the next file of this shape has other rows"
    ended = execute(run.pk)
    assert (ended.state, ended.counts["customers"]) == ("DONE", {"created": 1, "updated": 1, "unchanged": 0})
    assert {"code": "skipped", "field": "", "count": 1} in ended.warnings
    budi.refresh_from_db()
    assert budi.number == "B1", "the next file recognises him by it"
    assert set(Customer.objects.filter(number__isnull=False).values_list("number", flat=True)) == {"B1", "B3"}
    again = take_in(tmp_path, ROWS.replace("B2,Kusuma Jaya,,,013002761093000,Semarang,\n", ""), what="CUSTOMERS")
    assert again.counts["customers"] == {"created": 0, "updated": 0, "unchanged": 2}
    undo(again, by=None, at=datetime.now(UTC))
    undo(ended, by=None, at=datetime.now(UTC))
    assert business_checksum() == before


def test_nobody_s_key_is_no_choice_and_a_started_import_takes_none(tmp_path: Path, budi: Customer) -> None:
    run = waiting(tmp_path)
    browser = signed_in()
    browser.post(f"/import/{run.pk}/twins/", {"row_2": str(budi.pk + 999), "row_x": "SKIP", "row_3": "<b>"})
    assert Run.objects.get(pk=run.pk).mapping["rows"] == {}
    started(run)
    assert browser.post(f"/import/{run.pk}/twins/", {"row_2": "SKIP"}).status_code == 302
    assert Run.objects.get(pk=run.pk).mapping["rows"] == {}


@pytest.mark.parametrize(
    ("match", "text", "whom"),
    [
        ("PHONE", "nomor,nama,hp\nB9,Budi S,081211112222\n", "Muhammad Budi Santoso"),
        ("TAX", "nomor,nama,npwp\nB9,Kusuma,013002761093000\n", "PT Kusuma Jaya"),
        ("NAME_TOWN", "nomor,nama,kota\nB9,muhammad budi  santoso,BANDUNG\n", "Muhammad Budi Santoso"),
    ],
)
def test_the_key_chosen_in_the_mapping_recognises_whom_the_number_does_not(
    tmp_path: Path, budi: Customer, match: str, text: str, whom: str
) -> None:
    known = Customer.objects.get(name=whom).pk
    run = waiting(tmp_path, text)
    assert signed_in().post(f"/import/{run.pk}/map/", chosen(run, match=match)).status_code == 302
    ended = started(Run.objects.get(pk=run.pk))
    assert ended.counts["customers"]["created"] == 0, ended.problem
    assert Customer.objects.count() == 2
    assert Customer.objects.get(pk=known).name != whom or match == "NAME_TOWN"


def test_two_rows_with_one_number_and_two_phones_stay_two_customers_with_one_number(tmp_path: Path) -> None:
    text = "nomor,nama,hp\nB1,Ani,081300000001\nB1,Ina,081300000002\n"
    plan = {"fields": {"number": "nomor", "name": "nama", "phone": "hp"}, "match": "PHONE"}
    run = take_in(tmp_path, text, what="CUSTOMERS", plan=plan)
    assert run.counts["customers"]["created"] == 2, run.problem
    assert sorted(Customer.objects.values_list("name", "number")) in (
        [("Ani", "B1"), ("Ina", None)],
        [("Ani", None), ("Ina", "B1")],
    )


def test_orders_may_be_recognised_by_phone_before_number(tmp_path: Path, budi: Customer) -> None:
    text = (
        "order no,date,customer no,customer name,phone,product,qty,price\nA1,2026-03-01,77,Budi,0812 1111 2222,x,1,10\n"
    )
    names = ("order_number", "ordered_at", "customer_number", "customer_name", "customer_phone", "product_code")
    plan = {"fields": {name: place for place, name in enumerate((*names, "quantity", "unit_price"))}, "match": "PHONE"}
    take_in(tmp_path, text, plan=plan)
    assert Customer.objects.count() == 2
