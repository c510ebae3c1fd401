"""What a file of contracts, and one of revisions and complaints, becomes: taken in, again, changed, undone."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.intake.actions import CannotUndo, execute, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.queries.choices import choice_words
from setia.intake.reading.fields import FIELDS
from setia.intake.tests.helping import draft, take_in
from setia.service import actions
from setia.service.models import Concern, Contract

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
CONTRACTS = (
    "Nomor kontrak,Kontrak,Customer number,Customer,From,Until,Value,Complexity,Account manager\n"
    "K-1,Bar kopi kantor,7,Siti Rahma,2026-01-01,2026-12-31,12500000,rumit,dimas@kopi.id\n"
    "K-2,Kebun mini,8,Budi Santoso,2026-02-01,,,,\n"
)
CONCERNS = (
    "Tiket,Jenis,Keluhan,Customer number,Customer,Tanggal,Nomor kontrak,Selesai pada,Yang dilakukan\n"
    "T-1,Keluhan,Datang terlambat,7,Siti Rahma,2026-03-01,K-1,2026-03-04,Ongkos kirim diganti\n"
    ",Revisi,Meja lebih tinggi,7,Siti Rahma,2026-03-02,K-1,,\n"
)


def _in(folder: Path, text: str, what: str, **more: Any) -> Run:
    return take_in(folder, text, what=what, name=f"{what.lower()}.csv", **more)


def _reasons(run: Run) -> dict[str, str]:
    with Path(run.rejects_path).open(encoding="utf-8-sig", newline="") as file:
        return {row[0]: row[-1] for row in csv.reader(file)}


@pytest.fixture
def dimas() -> User:
    return User.objects.create_user("dimas@kopi.id", None, name="Dimas", role="OWNER")


def test_a_file_of_contracts_makes_them_changes_them_and_can_be_taken_back(tmp_path: Path, dimas: User) -> None:
    empty = business_checksum()
    first = _in(tmp_path, CONTRACTS, "CONTRACTS")
    assert (first.state, first.rejected) == ("DONE", 0)
    assert first.counts["contracts"] == {"created": 2, "updated": 0, "unchanged": 0}
    one = Contract.objects.select_related("customer").get(number="K-1")
    assert (one.title, one.customer.number, one.until_date) == ("Bar kopi kantor", "7", date(2026, 12, 31))
    assert (one.value, one.complexity, one.responsible) == (Decimal(12_500_000), "COMPLEX", dimas)
    before = business_checksum()
    again = _in(tmp_path, CONTRACTS, "CONTRACTS")
    assert business_checksum() == before
    assert again.counts["contracts"] == {"created": 0, "updated": 0, "unchanged": 2}
    changed = _in(tmp_path, CONTRACTS.replace("12500000", "13000000"), "CONTRACTS")
    assert changed.counts["contracts"]["updated"] == 1
    assert Contract.objects.get(number="K-1").value == Decimal(13_000_000)
    with pytest.raises(CannotUndo):
        undo(first, by=None, at=NOW)
    undo(changed, by=None, at=NOW)
    assert business_checksum() == before
    undo(first, by=None, at=NOW)
    assert business_checksum() == empty


def test_a_contract_somebody_entered_with_that_number_is_the_same_one(tmp_path: Path, dimas: User) -> None:
    siti = customers.add(by=dimas, at=NOW, name="Siti Rahma", number="7")
    hers = actions.add_contract(
        by=dimas, at=NOW, customer=siti, title="Bar", number="K-1", from_date=date(2026, 1, 1), note="lantai 2"
    )
    before = business_checksum()
    run = _in(tmp_path, CONTRACTS, "CONTRACTS")
    assert run.counts["contracts"] == {"created": 1, "updated": 1, "unchanged": 0}
    hers.refresh_from_db()
    assert (hers.title, hers.note) == ("Bar kopi kantor", "lantai 2"), "what the file does not say stays"
    undo(run, by=None, at=NOW)
    assert business_checksum() == before


def test_a_contract_changed_or_needed_since_stays_at_an_undo(tmp_path: Path, dimas: User) -> None:
    run = _in(tmp_path, CONTRACTS, "CONTRACTS")
    actions.edit_contract(by=dimas, at=NOW, contract=Contract.objects.get(number="K-2"), title="Kebun besar")
    first = Contract.objects.select_related("customer").get(number="K-1")
    words: Any = {"kind": "COMPLAINT", "words": "Terlambat", "raised_date": date(2026, 3, 1), "contract": first}
    actions.add_concern(by=dimas, at=NOW, customer=first.customer, **words)
    report = undo(run, by=None, at=NOW)
    assert report["left"] == {"service_contract": 2, "customers_customer": 2}
    assert {row["reason"] for row in report["left_rows"]} == {"edited", "needed"}


def test_a_file_of_complaints_makes_them_closes_them_and_can_be_taken_back(tmp_path: Path, dimas: User) -> None:
    _in(tmp_path, CONTRACTS, "CONTRACTS")
    before = business_checksum()
    first = _in(tmp_path, CONCERNS, "CONCERNS")
    assert (first.state, first.rejected) == ("DONE", 0)
    assert first.counts["concerns"] == {"created": 2, "updated": 0, "unchanged": 0}
    late = Concern.objects.select_related("contract").get(number="T-1")
    assert (late.kind, late.answer, late.contract.number) == ("COMPLAINT", "Ongkos kirim diganti", "K-1")  # type: ignore[union-attr]
    assert late.closed_at == datetime(2026, 3, 4, 5, 0, tzinfo=UTC), "noon in Jakarta"
    revision = Concern.objects.get(number="")
    assert (revision.kind, revision.is_open) == ("REVISION", True)
    taken = business_checksum()
    again = _in(tmp_path, CONCERNS, "CONCERNS")
    assert business_checksum() == taken
    assert again.counts["concerns"] == {"created": 0, "updated": 0, "unchanged": 2}
    closed = _in(tmp_path, CONCERNS.replace("2026-03-02,K-1,,", "2026-03-02,K-1,2026-03-09,Diganti"), "CONCERNS")
    assert closed.counts["concerns"]["updated"] == 1
    assert not Concern.objects.get(number="").is_open
    undo(closed, by=None, at=NOW)
    assert business_checksum() == taken
    undo(first, by=None, at=NOW)
    assert business_checksum() == before


def test_rows_that_cannot_be_are_rejected_each_with_its_reason(tmp_path: Path, dimas: User) -> None:
    head = CONTRACTS.splitlines()[0] + "\n"
    _in(tmp_path, CONTRACTS, "CONTRACTS")
    wrong = _in(
        tmp_path,
        head
        + "A,Bar,7,,2026-01-02,2026-01-01,,,\nB,Bar,7,,2026-01-02,,-5,,\nC,Bar,,,2026-01-02,,,,\nD,,7,,2026-01-02,,,,\n"
        + "E,Bar,7,,2026-01-02,,,,\nE,Bar,8,,2026-01-02,,,,\nK-1,Bar,8,,2026-01-02,,,,\n"
        + "F,Bar,7,,2026-01-02,,,,siapa?\n",
        "CONTRACTS",
    )
    told = _reasons(wrong)
    for number, words in [("A", "fit the other days"), ("B", "0 or more"), ("C", "nobody"), ("D", "is empty")]:
        assert words in told[number], (number, told[number])
    for number, words in [("E", "two customers"), ("K-1", "another customer"), ("F", "Nobody of the firm")]:
        assert words in told[number], (number, told[number])
    assert wrong.accepted == 0
    head = CONCERNS.splitlines()[0] + "\n"
    wrong = _in(
        tmp_path,
        head
        + "A,Keluhan,x,7,,2026-03-01,,2026-02-01,\nB,Keluhan,x,7,,2026-03-01,,,Diganti\nC,Keluhan,x,7,,2026-03-01,Z,,\n"
        + "D,Pujian,x,7,,2026-03-01,,,\nE,Keluhan,,7,,2026-03-01,,,\n",
        "CONCERNS",
    )
    told = _reasons(wrong)
    for number, words in [
        ("A", "fit the other days"),
        ("B", "but not when"),
        ("C", "no contract Z"),
        ("D", "revision or complaint"),
    ]:
        assert words in told[number], (number, told[number])
    assert wrong.accepted == 0


def test_a_complaint_names_no_contract_of_another_customer(tmp_path: Path, dimas: User) -> None:
    _in(tmp_path, CONTRACTS, "CONTRACTS")
    run = _in(tmp_path, CONCERNS.replace("K-1", "K-2"), "CONCERNS")
    assert [one["code"] for one in run.warnings] == ["contract_whose"]
    assert not Concern.objects.exclude(contract=None).exists()


def test_rows_of_somebody_merged_away_land_on_the_survivor(tmp_path: Path, dimas: User) -> None:
    _in(tmp_path, CONTRACTS, "CONTRACTS")
    siti, budi = Customer.objects.get(number="7"), Customer.objects.get(number="8")
    customers.merge(by=dimas, at=NOW, survivor=budi, others=[siti])
    before = business_checksum()
    again = _in(tmp_path, CONTRACTS, "CONTRACTS")
    assert (again.rejected, business_checksum()) == (0, before)
    _in(tmp_path, CONCERNS, "CONCERNS")
    assert set(Concern.objects.values_list("customer", flat=True)) == {budi.pk}
    assert business_checksum() == (_in(tmp_path, CONCERNS, "CONCERNS") and business_checksum())


def test_who_may_not_enter_contracts_by_hand_brings_no_file_of_them(tmp_path: Path) -> None:
    agent = User.objects.create_user("agus@kopi.id", None, role="AGENT")
    run = draft(tmp_path, CONTRACTS, what="CONTRACTS", name="contracts.csv")
    Run.objects.filter(pk=run.pk).update(by=agent)
    assert execute(run.pk).state == "FAILED"
    assert not Contract.objects.exists()


@pytest.mark.parametrize("language", ["en", "id"])
def test_what_is_exported_is_read_again_and_changes_nothing(
    tmp_path: Path, dimas: User, client: Client, language: str
) -> None:
    _in(tmp_path, CONTRACTS, "CONTRACTS")
    _in(tmp_path, CONCERNS.replace(",Revisi", "T-2,Revisi"), "CONCERNS")
    client.force_login(dimas)
    client.cookies["django_language"] = language
    User.objects.update(language=language)
    before = business_checksum()
    for what, name in (("CONTRACTS", "export_contracts"), ("CONCERNS", "export_concerns")):
        answer: Any = client.get(reverse(name), {"state": "ALL"}, headers={"accept-language": language})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        run = _in(tmp_path, text, what)
        assert (run.state, run.rejected) == ("DONE", 0), (text, run.problem)
    assert business_checksum() == before


def test_an_export_holds_what_the_filters_leave_and_no_formula(tmp_path: Path, dimas: User, client: Client) -> None:
    _in(tmp_path, CONTRACTS.replace("Kebun mini", "=1+1"), "CONTRACTS")
    _in(tmp_path, CONCERNS, "CONCERNS")
    client.force_login(dimas)
    answer: Any = client.get(reverse("export_contracts"), {"who": "NOBODY", "state": "ALL"})
    rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert [(row[0], row[3]) for row in rows[1:]] == [("K-2", "'=1+1")]
    done: Any = client.get(reverse("export_concerns"), {"done": "1"})
    rows = list(csv.reader(b"".join(done.streaming_content).decode("utf-8-sig").splitlines()))
    assert [(row[0], row[8]) for row in rows[1:]] == [("T-1", "2026-03-04")]


def test_the_preview_speaks_of_contracts_in_the_words_of_their_page(
    tmp_path: Path, dimas: User, client: Client
) -> None:
    waiting = draft(tmp_path, CONTRACTS, what="CONTRACTS", name="contracts.csv")
    Run.objects.update(state=Run.State.DRAFT)
    client.force_login(dimas)
    answer = client.get(reverse("import_run", args=[waiting.pk]), headers={"accept-language": "en"})
    page = answer.content.decode()
    assert "Contracts not here yet are made" in page
    assert "Products not here yet" not in page
    assert str(Contract.Complexity.COMPLEX.label) in page
    assert "COMPLEX" not in page


def test_every_choice_of_a_file_has_the_words_of_its_table() -> None:
    for what, fields in FIELDS.items():
        for field in fields:
            if field.choices:
                words = choice_words(what, field.name)
                assert {code for code, _words in field.choices} <= set(words), (what, field.name)
