"""What a file of installed units becomes: where each stands, its warranty and service; again, changed, undone."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from setia.accounts.models import User
from setia.catalogue.models import Product
from setia.intake.actions import undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.tests.helping import take_in
from setia.subscriptions.actions import add_service
from setia.subscriptions.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
HEAD = (
    "Serial number,Product code,Product,Customer number,Customer,Installed on,Warranty until,Months between services,"
    "Place\n"
)
TWO = HEAD + (
    "sn-1,lm-1,Mesin espresso,7,Siti Rahma,2026-01-31,2027-01-31,1,Lantai 2\n"
    "SN-2,LM-1,Mesin espresso,8,Budi Santoso,2026-02-01,,,\n"
)


def _in(folder: Path, text: str, **more: Any) -> Run:
    return take_in(folder, text, what="UNITS", name="units.csv", **more)


def test_a_file_makes_units_changes_them_and_can_be_taken_back(tmp_path: Path) -> None:
    empty = business_checksum()
    first = _in(tmp_path, TWO)
    assert (first.state, first.rejected) == ("DONE", 0)
    assert first.counts["units"] == {"created": 2, "updated": 0, "unchanged": 0}
    one = Unit.objects.select_related("product", "customer").get(serial="SN-1")
    assert (one.product.code, one.product.name, one.customer.number) == ("LM-1", "Mesin espresso", "7")
    assert one.next_service_date == date(2026, 2, 28), "a month after the last day of January"
    before = business_checksum()
    again = _in(tmp_path, TWO)
    assert business_checksum() == before
    assert again.counts["units"] == {"created": 0, "updated": 0, "unchanged": 2}
    second = _in(tmp_path, TWO.replace("SN-2,LM-1,Mesin espresso,8,Budi Santoso", "SN-2,LM-1,,7,"))
    assert second.counts["units"]["updated"] == 1
    assert Unit.objects.get(serial="SN-2").customer_id == one.customer_id
    undo(second, by=None, at=NOW)
    assert business_checksum() == before
    undo(first, by=None, at=NOW)
    assert business_checksum() == empty


def test_undo_leaves_a_unit_that_was_served_since_and_its_product(tmp_path: Path) -> None:
    run = _in(tmp_path, TWO)
    dimas = User.objects.create_user("dimas@kopi.id", None, role="OWNER")
    add_service(by=dimas, at=NOW, unit=Unit.objects.get(serial="SN-1"), day=date(2026, 3, 1), done="Cleaned")
    report = undo(run, by=None, at=NOW)
    assert report["left"] == {"subscriptions_unit": 1, "customers_customer": 1, "catalogue_product": 1}
    assert Product.objects.get().code == "LM-1"


def test_rows_that_cannot_be_are_rejected_each_with_its_reason(tmp_path: Path) -> None:
    run = _in(
        tmp_path,
        HEAD
        + "A,X,,7,,2026-01-31,,0,\nB,X,,7,,1900-01-31,,,\nC,,,7,,2026-01-31,,,\nD,X,,,,2026-01-31,,,\n"
        + "E,X,,7,,2026-01-31,,,\nE,X,,8,,2026-01-31,,,\n",
    )
    assert (run.accepted, run.rejected, run.counts["units"]["created"]) == (0, 6, 0)
    with Path(run.rejects_path).open(encoding="utf-8-sig", newline="") as file:
        told = {(row[0], row[3]): row[-1] for row in csv.reader(file)}
    reasons = {
        ("A", "7"): "whole months",
        ("B", "7"): "too early",
        ("C", "7"): "nor its name",
        ("D", ""): "nobody to",
        ("E", "7"): "two customers",
        ("E", "8"): "two customers",
    }
    for row, words in reasons.items():
        assert words in told[row]
