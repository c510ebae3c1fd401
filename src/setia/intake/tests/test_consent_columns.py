"""Answers on consent from a file: only whole ones, with their moment; never over a later one; taken back by undo."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from setia.accounts.models import User
from setia.customers import actions as customers
from setia.customers.models import Consent, ConsentEntry, Customer
from setia.intake.actions import undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.tests.helping import draft, take_in

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = (
    "nomor,nama,tanggal lahir,persetujuan,tujuan persetujuan,kanal persetujuan,tanggal persetujuan,cara persetujuan\n"
)
FILE = HEAD + (
    'K1,Siti,1988-03-14,ya,promosi,"WhatsApp, email",2026-03-01 10:00,formulir\n'
    "K2,Budi,,tidak,survei,semua,2026-03-02 10:00,\n"
    "K3,Tono,,,,,,\n"
    "K4,Wati,,ya,promosi,,2026-03-02 10:00,\n"
    "K5,Anak,2020-01-01,ya,promosi,WA,2026-03-02 10:00,\n"
)


def people(folder: Path, text: str = FILE) -> Run:
    return take_in(folder, text, what="CUSTOMERS", name="people.csv")


def holding(number: str) -> list[tuple[str, str, str, str]]:
    found = Consent.objects.filter(customer__number=number).order_by("channel")
    return list(found.values_list("purpose", "channel", "state", "how"))


def test_an_answer_is_written_down_with_what_for_where_when_and_how(tmp_path: Path) -> None:
    run = people(tmp_path)
    assert (run.accepted, run.rejected) == (4, 1), run.problem
    assert [one["code"] for one in run.warnings] == ["consent_child"]
    assert holding("K1") == [("MARKETING", "EMAIL", "GRANTED", "FORM"), ("MARKETING", "WHATSAPP", "GRANTED", "FORM")]
    assert {(one[0], one[2], one[3]) for one in holding("K2")} == {("SURVEY", "WITHDRAWN", "IMPORT")}
    assert len(holding("K2")) == 9
    assert holding("K3") == holding("K5") == []
    entry = ConsentEntry.objects.filter(customer__number="K1").first()
    assert entry is not None
    assert entry.at.isoformat() == "2026-03-01T03:00:00+00:00", "the customer's moment, in WIB"
    assert (entry.text, entry.evidence) == (None, "people.csv"), "no wording is made up"


def test_again_it_changes_nothing_and_undo_takes_all_of_it_back(tmp_path: Path) -> None:
    empty = business_checksum()
    first = people(tmp_path)
    before = business_checksum()
    again = people(tmp_path)
    assert business_checksum() == before
    undo(again, by=None, at=datetime.now(UTC))
    undo(first, by=None, at=datetime.now(UTC))
    assert business_checksum() == empty


def test_a_later_no_stays_and_an_earlier_yes_comes_back_with_undo(tmp_path: Path) -> None:
    rani = User.objects.create_user("rani@kopi.id", None, name="Rani", role=User.Role.OWNER)
    people(tmp_path)
    siti = Customer.objects.get(number="K1")
    now = datetime.now(UTC)
    customers.withdraw(by=rani, at=now, customer=siti, purpose="MARKETING", channels=["EMAIL"])
    before = business_checksum()
    changed = people(tmp_path, HEAD + 'K1,Siti,,tidak,promosi,"WhatsApp, email",2026-04-01 10:00,lisan\n')
    assert [(channel, state, how) for _purpose, channel, state, how in holding("K1")] == [
        ("EMAIL", "WITHDRAWN", "SPOKEN"),
        ("WHATSAPP", "WITHDRAWN", "SPOKEN"),
    ]
    undo(changed, by=None, at=datetime.now(UTC))
    assert business_checksum() == before


def test_half_an_answer_is_not_suggested_and_has_to_be_made_whole(tmp_path: Path) -> None:
    run = draft(tmp_path, "nomor,nama,persetujuan\nK1,Siti,ya\n", what="CUSTOMERS", name="half.csv")
    assert set(run.mapping["fields"]) == {"number", "name"}
    plan = {"fields": {"number": "nomor", "name": "nama", "consent": "persetujuan"}}
    from_hand = take_in(tmp_path, "nomor,nama,persetujuan\nK1,Siti,ya\n", what="CUSTOMERS", plan=plan)
    assert from_hand.state == "FAILED"
    assert from_hand.problem is not None
    assert from_hand.problem["fields"] == ["consent_purpose", "consent_channel", "consent_at"]
    assert not Customer.objects.exists()
