"""The real order file of a gift shop, taken in whole: the pinned figures of its meaning, and cell by cell against SQL.

The SQL runs in DuckDB over the raw file and shares no code with Setia. Data: Chen, Online Retail II, UCI, CC BY 4.0.
"""

import argparse
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection
from django.test import Client

from setia.accounts.models import User
from setia.customers.models import Customer
from setia.intake.actions import execute, start_draft, undo
from setia.intake.checksum import business_checksum
from setia.intake.models import Run
from setia.portraits.actions import refresh
from setia.portraits.models import Picture, Portrait
from setia.reports.command import main as report

DATASETS = os.environ.get("SETIA_DATASETS")

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not DATASETS, reason="SETIA_DATASETS does not say where the real data sets are"),
]

ORDERS = """
CREATE TABLE raw AS SELECT * FROM read_csv('{path}', header = true, all_varchar = true);
CREATE TABLE orders AS
SELECT Invoice AS number, min(InvoiceDate::timestamp) AS ordered, max(nullif("Customer ID", '0')) AS customer,
       starts_with(Invoice, 'C') AS cancelled, sum(Quantity::decimal(18, 4) * Price::decimal(18, 4)) AS total
FROM raw GROUP BY Invoice;
CREATE TABLE bought AS SELECT *, ordered::date AS day FROM orders WHERE NOT cancelled AND total > 0;
CREATE TABLE firsts AS SELECT customer, min(day) AS first FROM bought WHERE customer IS NOT NULL GROUP BY 1;
"""
COHORTS = """
SELECT date_trunc('month', first)::date AS cohort, datediff('month', first, day) AS k, count(DISTINCT customer) AS n
FROM bought JOIN firsts USING (customer) GROUP BY 1, 2
"""
QUINTILES = """
WITH per AS (SELECT customer, max(day) AS latest, count(DISTINCT day) AS days, sum(total) AS spent
             FROM bought WHERE customer IS NOT NULL GROUP BY 1)
SELECT customer, ntile(5) OVER (ORDER BY latest, customer), ntile(5) OVER (ORDER BY days, customer),
       ntile(5) OVER (ORDER BY spent, customer) FROM per
"""
REVENUE = """
SELECT date_trunc('month', ordered)::date AS month,
       sum(total) FILTER (WHERE customer IS NOT NULL AND NOT cancelled AND total > 0) AS known,
       sum(total) FILTER (WHERE customer IS NULL AND NOT cancelled AND total > 0) AS walk_in,
       sum(total) FILTER (WHERE cancelled OR (total < 0 AND customer IS NOT NULL)) AS returned
FROM orders GROUP BY 1
"""


@pytest.fixture(scope="module")
def raw() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        database.execute(ORDERS.format(path=_retail()))
        yield database


def _retail() -> Path:
    return Path(str(DATASETS)) / "retail" / "online_retail_2.csv.gz"


def _take_in() -> Run:
    at = datetime.now(UTC)
    run = start_draft(by=None, at=at, what="ORDERS", file_name=_retail().name, upload=_retail())
    Run.objects.filter(pk=run.pk).update(state=Run.State.QUEUED, beat_at=at)
    return execute(run.pk)


def _one(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _rows(name: str) -> list[dict[str, Any]]:
    return list(Picture.objects.get(name=name).rows)


@pytest.mark.django_db(transaction=True)
def test_the_real_file_comes_in_is_understood_comes_in_again_and_goes(
    raw: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = business_checksum()
    run = _take_in()
    assert (run.state, run.rows, run.accepted, run.rejected) == ("DONE", 1_034_220, 1_034_220, 0)
    _the_database_holds_the_pinned_figures()

    refresh(by=None, at=datetime.now(UTC))
    _the_pictures_show_the_pinned_figures()
    _the_pages_and_the_reports_show_them_too(capsys)
    _cohorts_equal(raw)
    _quintiles_equal(raw)
    _revenue_equals(raw)

    filled = business_checksum()
    again = _take_in()
    assert all(kind["created"] == kind["updated"] == 0 for kind in again.counts.values()), again.counts
    assert business_checksum() == filled

    report = undo(run, by=None, at=datetime.now(UTC))
    assert report["left"] == {}
    assert business_checksum() == empty

    third = _take_in()
    customer = Customer.objects.get(number="14911")
    customer.notes = "The largest one"
    customer.save(update_fields=["notes"])
    report = undo(third, by=None, at=datetime.now(UTC))
    assert report["left"] == {"customers_customer": 1}
    assert [row["label"] for row in report["left_rows"]] == ["14911"]
    assert Customer.objects.get().notes == "The largest one"


def _the_database_holds_the_pinned_figures() -> None:
    assert _one("SELECT count(*) FROM orders_orderline") == (1_034_220,)
    assert _one(
        "SELECT count(*), count(*) FILTER (WHERE kind = 'PURCHASE'),"
        " count(*) FILTER (WHERE kind = 'PURCHASE' AND customer_id IS NOT NULL),"
        " count(*) FILTER (WHERE kind = 'PURCHASE' AND customer_id IS NULL), count(*) FILTER (WHERE kind = 'RETURN'),"
        " count(*) FILTER (WHERE kind = 'FREE'), count(*) FILTER (WHERE kind = 'ADJUSTMENT') FROM orders_order"
    ) == (48_453, 40_076, 36_969, 3_107, 4_456, 6, 3_915)
    assert _one("SELECT count(*) FROM customers_customer") == (5_941,)
    assert _one("SELECT count(DISTINCT customer_id) FROM orders_order WHERE kind = 'PURCHASE'") == (5_878,)
    assert _one("SELECT count(*) FROM catalogue_product") == (5_122,)
    assert _one(
        "SELECT sum(total) FILTER (WHERE kind = 'PURCHASE' AND customer_id IS NOT NULL),"
        " sum(total) FILTER (WHERE kind = 'PURCHASE' AND customer_id IS NULL),"
        " sum(total) FILTER (WHERE kind = 'RETURN'),"
        " sum(total) FILTER (WHERE kind IN ('PURCHASE', 'RETURN')), sum(total) FILTER (WHERE kind = 'ADJUSTMENT')"
        " FROM orders_order"
    ) == tuple(map(Decimal, ("17431533.178", "3091128.68", "-568491.17", "19954170.688", "-136552.02")))
    assert (
        _one(
            "SELECT count(*) FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id AND o.number = '528588'"
        )[0]
        > 1
    ), "an order whose rows stand apart is one order"


def _the_pictures_show_the_pinned_figures() -> None:
    base = {row["class"]: row["customers"] for row in _rows("base")}
    assert (base["ALL"], base["BUYERS"], base["GENERAL"], base["LOYAL"]) == (5_941, 5_878, 4_264, 563)
    year = [row for row in _rows("retention") if row["period"] == "YEAR" and row["as_of"] == "2011-12-09"]
    assert [(row["kept"], row["earlier"], round(row["rate"], 3)) for row in year] == [(2_683, 4_248, 0.632)]
    new = {row["period"][:7]: row["new"] for row in _rows("new-returning")}
    assert (new["2009-12"], new["2010-01"], new["2011-12"]) == (955, 383, 28)
    assert round(sum(row["revenue"] for row in _rows("revenue")), 3) == 19_954_170.688
    json.dumps(_rows("rfm"), allow_nan=False)


# What stands on which page, as a reader of English sees it.
ON_PAGES = {
    "/": ["4,264", "563", "63.2%", "2,683", "1,614"],
    "/reports/base/": ["5,941", "5,878", "4,264", "563"],
    "/reports/retention/": ["2,683", "4,248", "63.2%"],
    "/reports/new-returning/": ["955", "383", "28"],
    "/understand/cohorts/?span=all&view=numbers": ["955", "383", "28"],
    "/customers/": ["5,941"],
    "/customers/?base=LOYAL": ["563"],
    "/customers/?base=GENERAL": ["4,264"],
    "/customers/?retention=YEAR.2011-12-09.kept": ["2,683"],
    "/customers/?cohort=2010-01": ["383"],
    "/orders/?kind=RETURN": ["4,456"],
    "/orders/?kind=FREE": ["6 orders"],
    "/orders/?kind=ADJUSTMENT": ["3,915"],
    "/orders/?walk_in=1": ["3,107"],
    "/products/": ["5,122"],
}


def _the_pages_and_the_reports_show_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(User.objects.create_user("ratna@kopi.id", role=User.Role.OWNER, language="en"))
    for path, figures in ON_PAGES.items():
        page = browser.get(path).content.decode()
        missing = [figure for figure in figures if not re.search(rf"(?<![\d,.]){re.escape(figure)}(?![\d,])", page)]
        assert not missing, (path, missing)
    rows = {name: _reported(name, capsys) for name in ("base", "retention", "new-returning", "cohorts", "revenue")}
    base = {row["class"]: row["customers"] for row in rows["base"]}
    assert (base["ALL"], base["BUYERS"], base["GENERAL"], base["LOYAL"]) == (5_941, 5_878, 4_264, 563)
    assert any((row["kept"], row["earlier"]) == (2_683, 4_248) for row in rows["retention"])
    assert [row["new"] for row in rows["new-returning"]][0::24] == [955, 28]
    assert [row["customers"] for row in rows["cohorts"] if row["k"] == 0][:2] == [955, 383]
    assert round(sum(row["revenue"] for row in rows["revenue"]), 3) == 19_954_170.688


def _reported(name: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert report(argparse.Namespace(name=name, json=True, as_of=None)) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def _cohorts_equal(raw: duckdb.DuckDBPyConnection) -> None:
    wanted = {(cohort, k): n for cohort, k, n in raw.execute(COHORTS).fetchall()}
    rows = _rows("cohorts")
    got = {(date.fromisoformat(r["cohort"]), r["k"]): r["customers"] for r in rows if r["customers"]}
    assert got == wanted
    sizes = {cohort: n for (cohort, k), n in wanted.items() if k == 0}
    for row in rows:
        size = sizes[date.fromisoformat(row["cohort"])]
        assert row["size"] == size
        assert row["share"] == pytest.approx(row["customers"] / size, abs=1e-5)


def _quintiles_equal(raw: duckdb.DuckDBPyConnection) -> None:
    wanted = {customer: (r, f, m) for customer, r, f, m in raw.execute(QUINTILES).fetchall()}
    kept = Portrait.objects.exclude(r=None).values_list("customer__number", "r", "f", "m")
    assert {number: (r, f, m) for number, r, f, m in kept} == wanted


def _revenue_equals(raw: duckdb.DuckDBPyConnection) -> None:
    wanted = {month: tuple(float(v or 0) for v in rest) for month, *rest in raw.execute(REVENUE).fetchall()}
    for row in _rows("revenue"):
        known, walk_in, returned = wanted.pop(date.fromisoformat(row["month"]))
        assert row["new"] + row["returning"] == pytest.approx(known, abs=0.005)
        assert row["walk_in"] == pytest.approx(walk_in, abs=0.005)
        assert row["returns"] == pytest.approx(returned, abs=0.005)
    assert not wanted
