"""What a file of orders, customers or products becomes. Each test's file can be counted by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from setia.catalogue.models import Category, Product
from setia.customers.models import ContactPoint, Customer
from setia.intake.actions import undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.intake.queries import problem_text
from setia.intake.tests.helping import ORDERS, draft, take_in
from setia.orders.models import Order, OrderLine

pytestmark = pytest.mark.django_db(transaction=True)

MORNING = ORDERS + (
    "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,2,85000\n"
    "A2,2026-03-01 09:05,8,Budi Santoso,GAYO-1 ,1,85000\n"
    "A1,2026-03-01 08:59,7,Siti Rahma,filter,1,30000.50\n"
    "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,2,85000\n"
    "A3,2026-03-01 09:10,,,filter,3,30000\n"
)


def test_rows_of_one_order_are_gathered_wherever_they_stand(tmp_path: Path) -> None:
    run = take_in(tmp_path, MORNING)
    assert (run.state, run.rows, run.accepted, run.rejected) == ("DONE", 5, 5, 0)
    order = Order.objects.get(number="A1")
    assert order.total == Decimal("370000.5")
    assert order.lines.count() == 3, "two identical lines are two lines"
    assert order.ordered_at.isoformat() == "2026-03-01T01:59:00+00:00", "the earliest row's time, in WIB"
    assert order.customer is not None
    assert order.customer.name == "Siti Rahma"


def test_the_commit_knows_how_much_was_written_whoever_counted_the_tables_meanwhile(tmp_path: Path) -> None:
    module = import_module("setia.intake.actions.execute")  # the package has the verb under this name
    write, tables = module._write, ("customers_customer", "catalogue_product", "orders_order")

    def written_and_counted_from_outside(*given: Any) -> Any:
        counts = write(*given)
        outside = connection.copy()  # to whom what is written does not exist yet
        with outside.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
        outside.close()
        return counts

    with mock.patch.object(module, "_write", written_and_counted_from_outside):
        take_in(tmp_path, MORNING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [list(tables)])
        assert dict(cursor.fetchall()) == {"customers_customer": 2, "catalogue_product": 2, "orders_order": 3}


def test_products_are_one_by_folded_code(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    assert sorted(Product.objects.values_list("code", flat=True)) == ["FILTER", "GAYO-1"]


def test_an_order_without_a_customer_is_a_walk_in(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    assert Order.objects.get(number="A3").is_walk_in


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    before = business_checksum()
    again = take_in(tmp_path, MORNING)
    assert business_checksum() == before
    assert all(row["created"] == row["updated"] == 0 for row in again.counts.values())
    assert again.counts["orders"]["unchanged"] == 3


def test_a_re_sorted_file_changes_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    before = business_checksum()
    head, *rows = MORNING.splitlines()
    again = take_in(tmp_path, "\n".join([head, *reversed(rows)]) + "\n")
    assert business_checksum() == before
    assert again.counts["orders"] == {"created": 0, "updated": 0, "unchanged": 3}


def test_a_newer_file_replaces_an_orders_lines_as_a_set(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    run = take_in(tmp_path, ORDERS + "A1,2026-03-01 08:59,7,Siti Rahma,filter,2,30000\n")
    assert run.counts["orders"] == {"created": 0, "updated": 1, "unchanged": 0}
    order = Order.objects.get(number="A1")
    assert [line.quantity for line in order.lines.all()] == [2]
    assert order.total == 60000


def test_append_adds_lines_and_not_those_that_are_there(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    more = ORDERS + "A2,2026-03-01 09:05,8,Budi Santoso,GAYO-1,1,85000\nA2,2026-03-01 09:05,8,Budi Santoso,cup,1,5000\n"
    take_in(tmp_path, more, append=True)
    order = Order.objects.get(number="A2")
    assert order.total == 90000
    assert order.lines.count() == 2
    assert order.customer is not None
    assert order.customer.number == "8"
    before = business_checksum()
    again = take_in(tmp_path, more, append=True)
    assert again.counts["orders"] == {"created": 0, "updated": 0, "unchanged": 1}
    assert business_checksum() == before


def test_an_order_with_two_customers_is_rejected_whole_with_the_reason(tmp_path: Path) -> None:
    run = take_in(
        tmp_path, ORDERS + "B1,2026-03-01,7,Siti,x,1,10\nB1,2026-03-01,8,Budi,x,1,10\nB2,2026-03-01,8,Budi,x,1,10\n"
    )
    assert (run.rows, run.accepted, run.rejected) == (3, 1, 2)
    assert list(Order.objects.values_list("number", flat=True)) == ["B2"]
    rejected = Path(run.rejects_path).read_text()
    assert rejected.count("B1") >= 2
    assert not Customer.objects.filter(number="7").exists()


def test_rejected_rows_can_be_mended_and_fed_again(tmp_path: Path) -> None:
    run = take_in(tmp_path, ORDERS + "C1,2026-03-01,7,Siti,x,1,10\nC2,31.02.2026,7,Siti,x,1,20\n")
    assert (run.accepted, run.rejected) == (1, 1)
    mended = Path(run.rejects_path).read_text().replace("31.02.2026", "28.02.2026")
    again = take_in(tmp_path, mended, name="mended.csv")
    assert (again.state, again.accepted, again.rejected) == ("DONE", 1, 0)
    assert Order.objects.get(number="C2").day.isoformat() == "2026-02-28"


def test_each_kind_of_order_is_what_the_meanings_say(tmp_path: Path) -> None:
    take_in(
        tmp_path,
        ORDERS
        + "D1,2026-03-01,7,Siti,x,1,10\n"
        + "D2,2026-03-01,7,Siti,x,-1,10\n"
        + "D3,2026-03-01,7,Siti,x,1,0\n"
        + "D4,2026-03-01,,,x,1,0\n"
        + "D5,2026-03-01,,,x,-1,10\n"
        + "D6,2026-03-01,,,x,1,10\n",
    )
    kinds = dict(Order.objects.values_list("number", "kind"))
    assert kinds == {
        "D1": "PURCHASE",
        "D2": "RETURN",
        "D3": "FREE",
        "D4": "ADJUSTMENT",
        "D5": "ADJUSTMENT",
        "D6": "PURCHASE",
    }


def test_a_return_that_names_an_order_takes_it_out_of_the_purchases(tmp_path: Path) -> None:
    head = ORDERS.strip() + ",reverses order\n"
    take_in(
        tmp_path,
        head + "E1,2026-03-01,7,Siti,x,2,10,\nE2,2026-03-02,7,Siti,x,-2,10,E1\nE3,2026-03-03,7,Siti,x,-1,10,E1\n",
    )
    assert Order.objects.get(number="E1").reversed
    assert Order.objects.get(number="E2").reverses_id == Order.objects.get(number="E1").pk


def test_orders_without_numbers_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    text = "date,customer no,amount\n2026-03-01,7,100\n2026-03-01,7,100\n2026-03-02,7,100\n"
    run = take_in(tmp_path, text)
    assert run.counts["orders"]["created"] == 3
    again = take_in(tmp_path, text + "2026-03-03,7,100\n")
    assert again.counts["orders"] == {"created": 1, "updated": 0, "unchanged": 3}


def test_a_buyer_known_by_phone_or_name_alone_is_one_customer(tmp_path: Path) -> None:
    take_in(
        tmp_path,
        "order no,date,customer name,phone,amount\n"
        "F1,2026-03-01,Siti Rahma,0812-3456-7890,100\n"
        "F2,2026-03-02,Siti R.,+62 812 3456 7890,100\n"
        "F3,2026-03-02,Budi  Santoso,,100\n"
        "F4,2026-03-03,budi santoso,,100\n",
    )
    assert Customer.objects.count() == 2
    assert list(ContactPoint.objects.values_list("value", flat=True)) == ["+6281234567890"]
    again = take_in(
        tmp_path,
        "order no,date,customer name,phone,amount\nF5,2026-04-01,BUDI SANTOSO,,5\nF6,2026-04-01,Siti,6281234567890,5\n",
    )
    assert again.counts["customers"]["created"] == 0


def test_an_order_file_fills_what_is_unknown_and_overwrites_nothing(tmp_path: Path) -> None:
    take_in(tmp_path, "order no,date,customer no,amount\nG1,2026-03-01,7,100\n")
    take_in(tmp_path, ORDERS + "G2,2026-03-02,7,Siti Rahma,x,1,5\n")
    take_in(tmp_path, ORDERS + "G3,2026-03-03,7,Somebody Else,x,1,5\n")
    assert Customer.objects.get().name == "Siti Rahma"


def test_a_crowd_behind_one_id_counts_as_no_customer_and_the_result_says_so(tmp_path: Path) -> None:
    rows = "".join(f"H{n},2026-03-01 08:{n % 60:02d},9999,Person {n},x,1,5\n" for n in range(250))
    run = take_in(tmp_path, ORDERS + rows + "I1,2026-03-01,7,Siti,x,1,5\n")
    assert list(Customer.objects.values_list("number", flat=True)) == ["7"]
    assert Order.objects.filter(customer=None, kind="PURCHASE").count() == 250
    assert any(w["code"] == "placeholder_crowd" and w["value"] == "9999" for w in run.warnings)


def test_a_cancelled_run_writes_nothing(tmp_path: Path) -> None:
    run = draft(tmp_path, MORNING)
    Run.objects.filter(pk=run.pk).update(cancel_asked=True)
    from setia.intake.actions import execute

    assert execute(run.pk).state == "CANCELLED"
    assert not Order.objects.exists()


def test_a_job_delivered_twice_does_nothing_the_second_time(tmp_path: Path) -> None:
    from setia.intake.actions import execute

    run = take_in(tmp_path, MORNING)
    before = business_checksum()
    execute(run.pk)
    assert business_checksum() == before
    assert Run.objects.get().state == "DONE"


def test_a_product_file_makes_and_changes_products(tmp_path: Path) -> None:
    text = "code,name,category,price\ngayo-1,Gayo 1 kg,Coffee,85000\ncup,Cup,,5000\n"
    take_in(tmp_path, text, what="PRODUCTS")
    run = take_in(tmp_path, text.replace("85000", "90000"), what="PRODUCTS")
    assert run.counts["products"] == {"created": 0, "updated": 1, "unchanged": 1}
    assert Product.objects.get(code="GAYO-1").price == 90000
    assert Category.objects.get().name == "Coffee"


def test_a_customer_file_makes_and_changes_customers(tmp_path: Path) -> None:
    text = "customer no,name,phone,email,city,industry\n7,Siti Rahma,081234567890,Siti@Example.com,Medan,Kopi\n"
    run = take_in(tmp_path, text, what="CUSTOMERS")
    assert run.counts["customers"]["created"] == 1
    assert set(ContactPoint.objects.values_list("value", flat=True)) == {"+6281234567890", "siti@example.com"}
    again = take_in(tmp_path, text.replace("Medan", "Binjai"), what="CUSTOMERS")
    assert again.counts["customers"] == {"created": 0, "updated": 1, "unchanged": 0}
    customer = Customer.objects.get()
    assert (customer.region, str(customer.industry)) == ("Binjai", "Kopi")


def test_lines_belong_to_products_and_add_up(tmp_path: Path) -> None:
    take_in(tmp_path, MORNING)
    for order in Order.objects.all():
        assert order.total == sum(line.amount for line in OrderLine.objects.filter(order=order))


def test_a_cancelled_upload_leaves_no_copy_and_a_persons_own_file_stays(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from setia.intake.actions import cancel, start_draft

    at = datetime.now(UTC)
    own = tmp_path / "orders.csv"
    own.write_text(MORNING)
    with own.open("rb") as upload:
        copied = start_draft(by=None, at=at, what="ORDERS", file_name=own.name, upload=upload)
    read_in_place = start_draft(by=None, at=at, what="ORDERS", file_name=own.name, upload=own)
    assert Path(copied.path).exists()
    for run in (copied, read_in_place):
        assert cancel(run, by=None, at=at).state == "CANCELLED"
    assert not Path(copied.path).exists()
    assert own.exists()


def test_a_file_in_another_currency_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    run = take_in(
        tmp_path, "order no,date,customer no,amount,currency\nJ1,2026-03-01,7,100,IDR\nJ2,2026-03-01,7,5,USD\n"
    )
    assert run.state == "FAILED"
    assert run.problem is not None
    assert run.problem["code"] == "foreign_currency"
    assert "USD" in problem_text(run)
    assert not Order.objects.exists()


def test_an_order_cancelled_by_its_status_brought_no_money(tmp_path: Path) -> None:
    take_in(
        tmp_path,
        "order no,date,customer no,amount,status\nK1,2026-03-01,7,100,selesai\nK2,2026-03-02,7,80,dibatalkan\n",
    )
    cancelled = Order.objects.get(number="K2")
    assert cancelled.kind == "RETURN"
    assert cancelled.total == 0
    assert Order.objects.get(number="K1").kind == "PURCHASE"


def test_tax_numbers_are_read_kept_and_taken_back(tmp_path: Path) -> None:
    first = "nomor,nama,NPWP\nK1,PT Kusuma,01.300.276.1-093.000\nK2,Ratna,3273014107880002\nK3,Budi,12345\n"
    run = take_in(tmp_path, first, what="CUSTOMERS", name="people.csv")
    assert run.accepted == 3, "a number that is none is left out; its row is taken in"
    assert [one["code"] for one in run.warnings] == ["tax"]
    kept = dict(Customer.objects.order_by("number").values_list("number", "tax_number"))
    assert kept == {"K1": "0013002761093000", "K2": "3273014107880002", "K3": ""}
    before = business_checksum()
    assert take_in(tmp_path, first, what="CUSTOMERS", name="people.csv").counts["customers"]["unchanged"] == 3
    assert business_checksum() == before
    later = take_in(tmp_path, "nomor,npwp\nK1,3273014107880002\n", what="CUSTOMERS", name="more.csv")
    assert Customer.objects.get(number="K1").tax_number == "3273014107880002"
    undo(later, by=None, at=datetime.now(UTC))
    assert Customer.objects.get(number="K1").tax_number == "0013002761093000"
