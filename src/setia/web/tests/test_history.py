"""The history of a record: what people and imports changed, from what to what, each shown exactly once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from setia.accounts.models import User
from setia.catalogue import actions as catalogue
from setia.catalogue.models import Product
from setia.customers import actions as customers
from setia.customers.models import Customer
from setia.intake.models import Run
from setia.intake.tests.helping import ORDERS, take_in
from setia.orders import actions as orders
from setia.orders.lines import Line
from setia.orders.models import Order
from setia.web import history

pytestmark = pytest.mark.django_db(transaction=True)

PRODUCTS = "code,name,price,category\n"


@pytest.fixture
def ratna() -> User:
    return User.objects.create_user("ratna@kopi.example", None, name="Ratna Wulandari", role=User.Role.OWNER)


def told(steps: history.History) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    """Who, what, and the fields from what to what, in English."""
    return [
        (step.who, step.title, {one.label: (one.before, one.after) for one in step.changes}) for step in steps.steps
    ]


@pytest.fixture(autouse=True)
def _english() -> object:
    from django.utils.translation import override

    with override("en"):
        yield


def test_an_edit_between_two_imports_leaves_each_with_what_it_did_itself(tmp_path: Path, ratna: User) -> None:
    take_in(tmp_path, PRODUCTS + "GAYO,Gayo,85000,Kopi\n", what="PRODUCTS", name="first.csv")
    take_in(tmp_path, PRODUCTS + "GAYO,Gayo Natural,90000,Kopi\n", what="PRODUCTS", name="second.csv")
    gayo = Product.objects.get(code="GAYO")
    catalogue.edit(by=ratna, at=datetime.now(UTC), product=gayo, price=Decimal(95000))
    take_in(tmp_path, PRODUCTS + "GAYO,Gayo Natural,99000,Biji\n", what="PRODUCTS", name="third.csv")
    assert told(history.of_product(gayo)) == [
        ("", "Changed by an import", {"Category": ("Kopi", "Biji"), "Price": ("95000", "99000")}),
        ("Ratna Wulandari", "Changed a product", {"Price": ("90000", "95000")}),
        ("", "Changed by an import", {"Name": ("Gayo", "Gayo Natural"), "Price": ("85000", "90000")}),
        ("", "Came with an import", {}),
    ]


def test_the_value_after_an_import_is_not_what_somebody_typed_later(tmp_path: Path, ratna: User) -> None:
    take_in(tmp_path, PRODUCTS + "GAYO,Gayo,85000,Kopi\n", what="PRODUCTS", name="first.csv")
    take_in(tmp_path, PRODUCTS + "GAYO,Gayo,90000,Kopi\n", what="PRODUCTS", name="second.csv")
    gayo = Product.objects.get(code="GAYO")
    for price in (91000, 92000):
        catalogue.edit(by=ratna, at=datetime.now(UTC), product=gayo, price=Decimal(price))
    changes = [step[2] for step in told(history.of_product(gayo))]
    assert changes[:3] == [
        {"Price": ("91000", "92000")},
        {"Price": ("90000", "91000")},
        {"Price": ("85000", "90000")},
    ]


def test_an_orders_lines_are_told_whoever_changed_them(tmp_path: Path, ratna: User) -> None:
    line = "A1,2026-03-01 09:00,7,Siti Rahma,gayo-1,{},85000\n"
    take_in(tmp_path, ORDERS + line.format(2), name="first.csv")
    take_in(tmp_path, ORDERS + line.format(3), name="second.csv")
    order, gayo = Order.objects.get(number="A1"), Product.objects.get()
    orders.edit(by=ratna, at=datetime.now(UTC), order=order, lines=[Line(gayo, Decimal(1), Decimal(85000))])
    steps = told(history.of_order(order))
    assert steps[0][:2] == ("Ratna Wulandari", "Changed an order")
    assert steps[0][2]["Lines"] == ("3 × GAYO-1 = 255000", "1 × GAYO-1 = 85000")
    assert steps[1][2]["Lines"] == ("2 × GAYO-1 = 170000", "3 × GAYO-1 = 255000")
    assert steps[1][2]["Total"] == ("170000", "255000")
    assert steps[2][1] == "Came with an import"


def test_a_customer_filled_by_a_file_and_corrected_by_hand(tmp_path: Path, ratna: User) -> None:
    take_in(tmp_path, "order no,date,customer no,amount\nG1,2026-03-01,7,100\n", name="first.csv")
    take_in(tmp_path, ORDERS + "G2,2026-03-02,7,Siti Rahma,x,1,5\n", name="second.csv")
    siti = Customer.objects.get(number="7")
    customers.edit(by=ratna, at=datetime.now(UTC), customer=siti, name="Siti Rahmawati", gender="FEMALE")
    customers.note(by=ratna, at=datetime.now(UTC), customer=siti, body="Suka pagi")
    steps = told(history.of_customer(siti))
    assert [step[1] for step in steps] == ["Changed", "Changed by an import", "Came with an import"]
    assert steps[0][2]["Name"] == ("Siti Rahma", "Siti Rahmawati")
    assert steps[1][2]["Name"] == ("nothing", "Siti Rahma")
    assert "Gender" not in steps[1][2]


def test_an_import_that_was_undone_is_no_history(tmp_path: Path) -> None:
    from setia.intake.actions import undo

    take_in(tmp_path, PRODUCTS + "GAYO,Gayo,85000,Kopi\n", what="PRODUCTS", name="first.csv")
    second = take_in(tmp_path, PRODUCTS + "GAYO,Gayo,90000,Kopi\n", what="PRODUCTS", name="second.csv")
    undo(Run.objects.get(pk=second.pk), by=None, at=datetime.now(UTC))
    assert [step[1] for step in told(history.of_product(Product.objects.get()))] == ["Came with an import"]


def test_a_long_history_is_read_page_by_page_without_loss(ratna: User, client: Client) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    gayo = catalogue.add(by=ratna, at=start, code="GAYO", name="0")
    for number in range(1, 120):
        catalogue.edit(by=ratna, at=start + timedelta(hours=number), product=gayo, name=str(number))
    seen, before = [], ""
    while True:
        page = history.of_product(gayo, before=before)
        seen += [step[2]["Name"][1] for step in told(page) if step[2]]
        before = page.before
        if not before:
            break
    assert seen == [str(number) for number in range(119, 0, -1)]
    client.force_login(ratna)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        text = client.get(f"/products/{gayo.pk}/history/", headers={"accept-language": "en"}).content.decode()
    assert len(asked) <= 12, [query["sql"][:120] for query in asked]
    assert "Show what came before" in text
    assert "119" in text


def test_the_pages_need_the_gate_of_their_record(ratna: User, client: Client) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    siti = customers.add(by=ratna, at=start, name="Siti <b>Rahma")
    customers.edit(by=ratna, at=start + timedelta(hours=1), customer=siti, name="<script>alert(1)</script>")
    gayo = catalogue.add(by=ratna, at=start, code="GAYO", name="Gayo")
    order = orders.add(by=ratna, at=start, customer=siti, lines=[Line(gayo, Decimal(1), Decimal(5))], ordered_at=start)
    paths = [f"/customers/{siti.pk}/history/", f"/products/{gayo.pk}/history/", f"/orders/{order.pk}/history/"]
    assert [client.get(path).status_code for path in paths] == [302] * 3
    client.force_login(ratna)
    for path in paths:
        answer = client.get(path, {"before": "nonsense~x"})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
        assert client.get(path.replace(f"/{path.split('/')[2]}/", "/999999/")).status_code == 404
    leaver = User.objects.create_user("b@kopi.example", None, is_active=False)
    client.force_login(leaver)
    assert [client.get(path).status_code for path in paths] == [302] * 3
