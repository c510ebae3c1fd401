"""Reports: the command, the page and the export tell the same numbers."""

import argparse
import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.orders.models import Order
from setia.reports import command
from setia.reports.tables import REPORTS

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 3, 1, 3, tzinfo=UTC)


@pytest.fixture
def shop() -> None:
    """Siti bought in January and March, Budi in March only; one walk-in."""
    siti = Customer.objects.create(name="Siti Rahma", number="7", created_at=AT, updated_at=AT)
    budi = Customer.objects.create(name="Budi Santoso", number="8", created_at=AT, updated_at=AT)
    for number, customer, day, total in (
        ("A", siti, "2026-01-05", 100),
        ("B", siti, "2026-03-05", 200),
        ("C", budi, "2026-03-06", 50),
        ("D", None, "2026-03-06", 25),
    ):
        Order.objects.create(
            number=number,
            customer=customer,
            ordered_at=datetime.fromisoformat(f"{day}T03:00:00+00:00"),
            day=day,
            kind="PURCHASE",
            total=Decimal(total),
            created_at=AT,
        )


def _ask(capsys: pytest.CaptureFixture[str], name: str, as_of: date | None = None) -> list[dict[str, object]]:
    assert command.main(argparse.Namespace(name=name, json=True, as_of=as_of)) == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def _signed_in() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("siti@example.com", "a long enough word", role="MEMBER"))
    return client


@pytest.mark.usefixtures("shop")
def test_the_command_tells_revenue_by_month(capsys: pytest.CaptureFixture[str]) -> None:
    rows = {str(row["month"])[:7]: row for row in _ask(capsys, "revenue")}
    assert rows["2026-03"]["returning"] == 200
    assert rows["2026-03"]["new"] == 50
    assert rows["2026-03"]["walk_in"] == 25


@pytest.mark.usefixtures("shop")
def test_the_command_counts_as_of_a_day_of_ones_own_and_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    now = {row["class"]: row["customers"] for row in _ask(capsys, "base")}
    then = {row["class"]: row["customers"] for row in _ask(capsys, "base", date(2026, 2, 1))}
    assert (then["BUYERS"], now["BUYERS"]) == (1, 2)
    assert {row["class"]: row["customers"] for row in _ask(capsys, "base")} == now


@pytest.mark.usefixtures("shop")
def test_a_stale_report_is_counted_anew(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(argparse.Namespace(name="stages", json=False, as_of=None)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 7, "a head and six stages"


def test_an_unknown_report_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(argparse.Namespace(name="nothing", json=True, as_of=None)) == 2
    assert "new-returning" in capsys.readouterr().err


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", list(REPORTS))
def test_page_export_report_and_command_show_the_same_rows(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _ask(capsys, name)
    client = _signed_in()
    page = client.get(f"/reports/{name}/")
    assert page.status_code == 200
    assert page.content.count(b"<tr>") == (len(rows) + 1 if rows else 0)
    export = b"".join(client.get(f"/reports/{name}/export/")).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(export)))
    assert len(lines) == len(rows) + 1
    for line, row in zip(lines[1:], rows, strict=True):
        for cell, column in zip(line, REPORTS[name].columns, strict=True):
            value = row.get(column.key)
            if value is None or isinstance(value, str | bool):
                assert cell == ("" if value is None else str(int(value)) if isinstance(value, bool) else value)
            else:
                assert float(cell) == value


@pytest.mark.usefixtures("shop")
def test_a_figure_opens_its_customers() -> None:
    command.main(argparse.Namespace(name="base", json=True, as_of=None))
    page = _signed_in().get("/reports/new-returning/").content.decode()
    assert '<a class="s-link" href="/customers/?bought=2026-03.new">1</a>' in page


def test_an_empty_firm_is_told_what_to_do() -> None:
    page = _signed_in().get("/reports/base/")
    assert b"/import/" in page.content


def test_reports_and_a_report_are_not_shown_to_strangers() -> None:
    for address in ("/reports/", "/reports/base/", "/reports/base/export/"):
        assert Client().get(address).status_code == 302


def test_a_report_that_does_not_exist_is_not_found() -> None:
    assert _signed_in().get("/reports/nothing/").status_code == 404


@pytest.mark.usefixtures("shop")
def test_what_walk_ins_brought_opens_their_orders() -> None:
    command.main(argparse.Namespace(name="base", json=True, as_of=None))
    page = _signed_in().get("/reports/revenue/").content.decode()
    assert 'href="/orders/?walk_in=1&amp;from=2026-03-01&amp;to=2026-03-31"' in page
