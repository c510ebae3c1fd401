"""The real data sets, read once per session and independently of the library's own code."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder SETIA_DATASETS names; tests that need it are skipped where there is none."""
    named = os.environ.get("SETIA_DATASETS")
    if not named:
        pytest.skip("SETIA_DATASETS is not set: this test compares with real data, which the repository does not hold")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"SETIA_DATASETS names {folder}, which is not a folder")
    return folder


def _cdnow(path: Path, customer: int, header: bool) -> pa.Table:
    rows = [line.split() for line in path.read_text().splitlines()[1 if header else 0 :]]
    return pa.table(
        {
            "customer": pa.array([int(row[customer]) for row in rows], pa.int64()),
            "day": pa.array([dt.datetime.strptime(row[customer + 1], "%Y%m%d").date() for row in rows], pa.date32()),
            "amount": pa.array([float(row[-1]) for row in rows], pa.float64()),
        }
    )


@pytest.fixture(scope="session")
def cdnow_sample(datasets: Path) -> pa.Table:
    """The 1/10 sample the papers use: 2,357 customers."""
    return _cdnow(datasets / "cdnow" / "CDNOW_sample.txt", 1, header=False)


@pytest.fixture(scope="session")
def cdnow(datasets: Path) -> pa.Table:
    """All 23,570 customers."""
    return _cdnow(datasets / "cdnow" / "CDNOW_master.txt", 0, header=True)


@pytest.fixture(scope="session")
def retail(datasets: Path) -> duckdb.DuckDBPyConnection:
    """Online Retail II in DuckDB: `orders` with (customer, day, amount, kind), kind PURCHASE, RETURN or OTHER."""
    connection = duckdb.connect()
    connection.execute(
        f"""
        create table line as
        select Invoice as number,
               InvoiceDate::timestamp as at_time,
               Quantity::double * Price::double as money,
               nullif(nullif(trim("Customer ID"), ''), '0')::bigint as customer
        from read_csv('{datasets / "retail" / "online_retail_2.csv.gz"}', all_varchar = true, header = true);
        create table orders as
        select max(customer) as customer, min(at_time)::date as day, sum(money) as amount,
               case when number like 'C%' then 'RETURN'
                    when sum(money) > 0 then 'PURCHASE'
                    when sum(money) < 0 and max(customer) is not null then 'RETURN'
                    else 'OTHER' end as kind
        from line group by number;
        create view bought as select customer, day, amount from orders where kind = 'PURCHASE' and customer is not null;
        """
    )
    return connection


@pytest.fixture(scope="session")
def retail_purchases(retail: duckdb.DuckDBPyConnection) -> pa.Table:
    """Purchases, walk-ins among them."""
    return retail.execute("select customer, day, amount from orders where kind = 'PURCHASE'").to_arrow_table()


@pytest.fixture(scope="session")
def retail_returns(retail: duckdb.DuckDBPyConnection) -> pa.Table:
    """What came back."""
    return retail.execute("select customer, day, amount from orders where kind = 'RETURN'").to_arrow_table()
