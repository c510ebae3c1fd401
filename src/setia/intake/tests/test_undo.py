"""Undo: as before by checksum; what people changed since stays and is listed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from setia.catalogue.models import Product
from setia.customers.models import Customer, TimelineEntry
from setia.intake.actions import CannotUndo, undo, undo_preview
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.tests.helping import ORDERS, take_in
from setia.orders.models import Order
from setia.reports.actions import count_sold, mark_different
from setia.reports.models import SoldTally

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = ORDERS + "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,2,85000\nA2,2026-03-01,8,Budi Santoso,cup,1,5000\n"
SECOND = ORDERS + "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,3,85000\nA3,2026-03-02,9,Made Wirawan,gayo-1,1,85000\n"


def _undo(run: Run) -> dict[str, object]:
    return undo(run, by=None, at=datetime.now(UTC))


def test_undo_leaves_everything_as_before(tmp_path: Path) -> None:
    empty = business_checksum()
    run = take_in(tmp_path, FIRST)
    report = _undo(run)
    assert business_checksum() == empty
    assert report["left"] == {}
    run.refresh_from_db()
    assert run.state == "UNDONE"


def test_undo_of_a_second_file_puts_changed_orders_back_with_their_lines(tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    before = business_checksum()
    second = take_in(tmp_path, SECOND)
    assert business_checksum() != before
    _undo(second)
    assert business_checksum() == before


def test_reports_follow_orders_that_a_file_and_its_undo_change_without_changing_a_sum(tmp_path: Path) -> None:
    take_in(tmp_path, FIRST)
    mark_different()
    count_sold()
    before = _sold()
    assert before
    # The same money on the same day, from the other customer and for the other product.
    second = take_in(tmp_path, ORDERS + "A1,2026-03-01 09:00,8,Budi Santoso,cup,2,85000\nA2,2026-03-01,8,,cup,1,5000\n")
    count_sold()
    assert _sold() != before
    assert ("I", str(Product.objects.get(name="cup").pk), 175_000) in _sold()
    _undo(second)
    count_sold()
    assert _sold() == before


def _sold() -> set[tuple[str, str, int]]:
    rows = SoldTally.objects.filter(span="D", owner=-1).values_list("way", "key", "purchased")
    return {(way, key, int(purchased)) for way, key, purchased in rows}


def test_undo_of_a_filled_name_empties_it_again(tmp_path: Path) -> None:
    take_in(tmp_path, "order no,date,customer no,amount\nG1,2026-03-01,7,100\n")
    before = business_checksum()
    second = take_in(tmp_path, ORDERS + "G2,2026-03-02,7,Siti Rahma,x,1,5\n")
    _undo(second)
    assert business_checksum() == before
    assert Customer.objects.get().name == ""


def test_undo_after_a_later_edit_leaves_the_edit_and_lists_it(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    siti = Customer.objects.get(number="7")
    siti.notes = "Prefers mornings"
    siti.save(update_fields=["notes"])
    report = _undo(run)
    assert [c.number for c in Customer.objects.all()] == ["7"]
    assert Customer.objects.get().notes == "Prefers mornings"
    assert report["left"] == {"customers_customer": 1}
    assert not Order.objects.exists()


def test_an_edited_order_keeps_its_customer_and_products(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    Order.objects.filter(number="A1").update(note="paid in cash")
    report = _undo(run)
    assert list(Order.objects.values_list("number", flat=True)) == ["A1"]
    assert list(Customer.objects.values_list("number", flat=True)) == ["7"]
    assert list(Product.objects.values_list("code", flat=True)) == ["GAYO-1"]
    assert report["left"] == {"orders_order": 1, "customers_customer": 1, "catalogue_product": 1}


def test_a_customer_with_a_note_stays(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    siti = Customer.objects.get(number="7")
    TimelineEntry.objects.create(customer=siti, kind="note", at=datetime.now(UTC), data={"text": "called"})
    assert _undo(run)["left"] == {"customers_customer": 1}
    assert Customer.objects.get() == siti


def test_a_later_run_on_the_same_rows_is_undone_first(tmp_path: Path) -> None:
    empty = business_checksum()
    first, second = take_in(tmp_path, FIRST), take_in(tmp_path, SECOND)
    with pytest.raises(CannotUndo) as refused:
        _undo(first)
    assert (refused.value.code, refused.value.runs) == ("later_first", [second.pk])
    _undo(second)
    _undo(first)
    assert business_checksum() == empty


def test_a_run_is_undone_once(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    _undo(run)
    with pytest.raises(CannotUndo):
        _undo(run)


def test_the_preview_tells_and_changes_nothing(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    before = business_checksum()
    told = undo_preview(run)
    assert business_checksum() == before
    assert told["removed"] == {"orders_order": 2, "customers_customer": 2, "catalogue_product": 2}


def test_after_undo_the_file_can_come_in_again(tmp_path: Path) -> None:
    _undo(take_in(tmp_path, FIRST))
    again = take_in(tmp_path, FIRST)
    assert again.counts["orders"]["created"] == 2


def test_undo_counts_the_tables_before_it_deletes_from_them(tmp_path: Path) -> None:
    run = take_in(tmp_path, FIRST)
    with CaptureQueriesContext(connection) as asked:
        _undo(run)
    said = [query["sql"] for query in asked.captured_queries]
    counted = next(at for at, sql in enumerate(said) if sql.startswith("ANALYZE orders_orderline"))
    for table in ("orders_order", "orders_orderline", "customers_customer", "catalogue_product"):
        assert table in said[counted]
        assert not any(sql.startswith(f"DELETE FROM {table} ") for sql in said[:counted])
        assert any(sql.startswith(f"DELETE FROM {table} ") for sql in said[counted:])
