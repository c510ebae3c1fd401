"""DuckDB and Spark answer alike, to the latest bit, and as the arrays do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import big_shop
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from setia_insight import base, cohort, repeat, revenue, rfm, summary, tables

COUNT = 1_000_000
AS_OF = dt.date(2013, 12, 20)
SPLIT = dt.date(2012, 8, 31)
MODEL = repeat.ModifiedBetaGeometricNBD.given(r=0.4, alpha=50.0, a=0.8, b=2.4, unit="DAY")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A million purchases and a few thousand returns as Parquet, the purchases in a folder of several files."""
    folder = tmp_path_factory.mktemp("shop")
    shop = big_shop.orders(COUNT)
    (folder / "orders").mkdir()
    for i in range(4):
        pq.write_table(shop.slice(i * COUNT // 4, COUNT // 4), folder / "orders" / f"part-{i}.parquet")
    back = big_shop.orders(5_000, seed=2)
    pq.write_table(back.set_column(2, "amount", pc.negate(back["amount"])), folder / "returns.parquet")
    return {"orders": folder / "orders", "returns": folder / "returns.parquet"}


def _everything(engine: tables.Engine, files: dict[str, Path]) -> dict[str, Any]:
    orders, returns = engine.orders(files["orders"]), engine.orders(files["returns"])
    customers = tables.summarise(orders, as_of=AS_OF).keep()
    scored, classes = tables.rfm(customers).keep(), tables.base(customers, as_of=AS_OF)
    found = {
        "count": orders.count,
        "summary": customers.arrow(),
        "holdout": tables.holdout(orders, split=SPLIT, end=AS_OF).arrow(),
        "rfm": scored.arrow(),
        "rfm map": tables.rfm_map(scored, customers),
        "base": classes.arrow(),
        "base counts": tables.base_counts(classes),
        "months": tables.cohorts(orders, as_of=AS_OF),
        "weeks": tables.cohorts(orders, as_of=AS_OF, by="WEEK"),
        "new by month": tables.new_returning(orders, as_of=AS_OF),
        "new by day": tables.new_returning(orders, as_of=AS_OF, by="DAY"),
        "revenue": tables.revenue(orders, as_of=AS_OF, returns=returns),
        "retention": tables.retention(customers),
        "series": tables.retention_series(customers, as_of=AS_OF),
        "predictions": tables.predict(customers, MODEL, horizon=90.0).arrow(),
    }
    engine.release()
    return found


@pytest.fixture(scope="module")
def duckdb_says(files: dict[str, Path]) -> dict[str, Any]:
    return _everything(tables.DuckDB(), files)


def test_spark_gives_every_cell_that_duckdb_gives_on_a_million_orders(
    files: dict[str, Path], duckdb_says: dict[str, Any], session: Any
) -> None:
    spark_says = _everything(tables.Spark(session), files)
    assert spark_says["count"] == COUNT
    for name, expected in duckdb_says.items():
        found = spark_says[name]
        if name == "predictions":  # a model groups its sums by the parts it is given: twelve digits, not every bit
            assert found["customer"].equals(expected["customer"])
            for column in ("probability_alive", "expected_purchases"):
                np.testing.assert_allclose(found[column].to_numpy(), expected[column].to_numpy(), rtol=1e-12)
        elif isinstance(expected, pa.Table):
            assert found.schema == expected.schema, name
            assert found.num_rows == expected.num_rows > 0, name
            for column in expected.column_names:
                assert _bits(found[column]) == _bits(expected[column]), (name, column)
        else:
            assert found == expected, name


def _bits(column: pa.ChunkedArray) -> Any:
    """A column so that only equal is equal: floats by their bits, and not-a-number is itself."""
    if not pa.types.is_floating(column.type):
        return column.combine_chunks()
    return column.is_null().to_pylist(), column.fill_null(0.0).to_numpy().tobytes()


@pytest.fixture(scope="module")
def arrays(files: dict[str, Path]) -> pa.Table:
    return pq.read_table(files["orders"])


def _as_arrays_say(found: pa.Table, expected: pa.Table) -> None:
    """Equal, but for money: floats there, exact here."""
    assert [name for name in found.column_names if name in expected.column_names] == expected.column_names
    for name in expected.column_names:
        if pa.types.is_floating(expected[name].type):
            np.testing.assert_allclose(
                found[name].cast(pa.float64()).to_numpy(), expected[name].to_numpy(), rtol=1e-12, err_msg=name
            )
        else:
            assert found[name].equals(expected[name]), name


def test_the_summary_is_that_of_the_arrays(duckdb_says: dict[str, Any], arrays: pa.Table) -> None:
    _as_arrays_say(duckdb_says["summary"], summary.summarise(arrays, as_of=AS_OF))
    _as_arrays_say(duckdb_says["holdout"], summary.holdout(arrays, split=SPLIT, end=AS_OF))


def test_money_is_exact_where_floats_would_round(duckdb_says: dict[str, Any], arrays: pa.Table) -> None:
    customers = duckdb_says["summary"]
    known = arrays.filter(pc.and_(pc.is_valid(arrays["customer"]), pc.less_equal(arrays["day"], AS_OF)))
    assert pc.sum(customers["total_value"]).as_py() == pc.sum(known["amount"]).as_py()
    months = duckdb_says["revenue"]
    bought = arrays.filter(pc.less_equal(arrays["day"], AS_OF))
    parts = [pc.sum(months[name]).as_py() for name in ("new", "returning", "walk_in")]
    assert sum(parts) == pc.sum(bought["amount"]).as_py()
    assert pc.sum(months["revenue"]).as_py() == sum(parts) + pc.sum(months["returns"]).as_py()


def test_quintiles_and_cells_are_those_of_the_arrays(duckdb_says: dict[str, Any]) -> None:
    customers, scored = duckdb_says["summary"], duckdb_says["rfm"]
    silence = customers["T"].to_numpy() - customers["t_x"].to_numpy()
    units = np.rint(customers["total_value"].cast(pa.float64()).to_numpy() * 10_000).astype(np.int64)
    expected = rfm.score(silence, customers["purchase_days"].to_numpy(), units, customers["customer"].to_numpy())
    for name in ("r", "f", "m"):
        assert scored[name].equals(expected[name]), name
    assert scored["cell"].to_pylist() == expected["cell"].to_pylist()
    cells = rfm.cell_map(expected["r"].to_numpy(), expected["f"].to_numpy(), units)
    full = cells.filter(pc.greater(cells["customers"], 0))
    assert duckdb_says["rfm map"].num_rows == full.num_rows
    for name in ("r", "f", "customers"):
        assert duckdb_says["rfm map"][name].equals(full[name]), name


def test_cohorts_and_counts_are_those_of_the_arrays(duckdb_says: dict[str, Any], arrays: pa.Table) -> None:
    _as_arrays_say(duckdb_says["months"], cohort.monthly(arrays, as_of=AS_OF))
    _as_arrays_say(duckdb_says["weeks"], cohort.weekly(arrays, as_of=AS_OF))
    assert duckdb_says["new by month"].equals(cohort.new_returning(arrays, as_of=AS_OF))
    assert duckdb_says["new by day"].equals(cohort.new_returning(arrays, as_of=AS_OF, by="DAY"))
    assert duckdb_says["series"].equals(cohort.retention_series(arrays, as_of=AS_OF))
    assert duckdb_says["retention"] == cohort.retention(duckdb_says["summary"]["active_months"].to_numpy())


def test_the_base_is_that_of_the_arrays(duckdb_says: dict[str, Any]) -> None:
    customers = duckdb_says["summary"]
    expected = base.classify(customers, as_of=AS_OF)
    for name in duckdb_says["base"].column_names[1:]:
        assert duckdb_says["base"][name].equals(expected[name]), name
    counts = duckdb_says["base counts"]
    assert counts["customers"] == customers.num_rows
    assert counts["loyal"] == pc.sum(expected["loyal"]).as_py() > 0
    assert counts["general"] == pc.sum(expected["general"]).as_py() > counts["loyal"]
    assert counts["neither"] == customers.num_rows - counts["general"]


def test_revenue_is_that_of_the_arrays(duckdb_says: dict[str, Any], files: dict[str, Path], arrays: pa.Table) -> None:
    expected = revenue.monthly(arrays, as_of=AS_OF, returns=pq.read_table(files["returns"]))
    _as_arrays_say(duckdb_says["revenue"], expected)


def test_predictions_are_those_of_the_model(duckdb_says: dict[str, Any]) -> None:
    x, t_x, age = (duckdb_says["summary"][name].to_numpy() for name in ("x", "t_x", "T"))
    expected = MODEL.predict(x, t_x, age, 90.0)
    for name in expected.column_names:
        np.testing.assert_allclose(duckdb_says["predictions"][name].to_numpy(), expected[name].to_numpy(), rtol=1e-12)
