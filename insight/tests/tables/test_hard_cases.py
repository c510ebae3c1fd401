"""Small shops by hand, on both engines: midnight, month ends, what is refused, and what a number cannot hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from shop import ANI, BUDI, CITRA

from setia_insight import cohort, rfm, tables
from setia_insight.base import BaseRules
from setia_insight.errors import BadInput
from setia_insight.tables import Engine

MARCH = dt.date(2026, 3, 31)
UTC = dt.UTC


def _orders(rows: list[tuple[int | None, str, str]], scale: int = 4) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array([row[0] for row in rows], pa.int64()),
            "day": pa.array([dt.date.fromisoformat(row[1]) for row in rows], pa.date32()),
            "amount": pa.array([Decimal(row[2]) for row in rows], pa.decimal128(18, scale)),
        }
    )


def test_ani_who_bought_on_three_days_is_one_line(engine: Engine) -> None:
    orders = engine.orders(
        _orders(
            [
                (ANI, "2026-01-01", "100.0001"),
                (ANI, "2026-03-01", "50"),
                (ANI, "2026-01-11", "30"),
                (ANI, "2026-01-11", "10.0002"),
                (None, "2026-01-12", "7"),
                (BUDI, "2026-04-01", "7"),
            ]
        )
    )
    assert tables.summarise(orders, as_of=MARCH).arrow().to_pylist() == [
        {
            "customer": ANI,
            "x": 2,
            "t_x": 59,
            "T": 89,
            "purchase_days": 3,
            "orders": 4,
            "repeat_value": 45.0001,
            "total_value": Decimal("190.0003"),
            "first_date": dt.date(2026, 1, 1),
            "latest_date": dt.date(2026, 3, 1),
            "active_months": 0b101,
            "active_quarters": 1,
            "orders_12_months": 4,
            "value_12_months": Decimal("190.0003"),
            "gap_squares": 10.0**2 + 49.0**2,
        }
    ]


def test_months_back_stop_at_the_end_of_a_shorter_month(engine: Engine) -> None:
    days = ["2026-03-01", "2026-02-28", "2026-02-01", "2026-01-31", "2025-12-31", "2021-04-01", "2021-03-31"]
    orders = engine.orders(_orders([(i, day, "1") for i, day in enumerate(days)]))
    found = tables.summarise(orders, as_of=MARCH).arrow()
    assert found["active_months"].to_pylist() == [1, 2, 2, 4, 8, 1 << 59, 0]


def test_a_moment_belongs_to_the_day_it_is_in_the_firms_zone(engine: Engine) -> None:
    moments = [
        dt.datetime(2026, 1, 31, 16, 59, 59, 999_999, tzinfo=UTC),  # 23:59:59.999999 in Jakarta
        dt.datetime(2026, 1, 31, 17, 0, 0, tzinfo=UTC),  # midnight: February
        dt.datetime(1969, 12, 31, 16, 59, 59, 999_999, tzinfo=UTC),  # before the first day there is
    ]
    table = pa.table(
        {
            "customer": pa.array([ANI, BUDI, CITRA]),
            "day": pa.array(moments, pa.timestamp("us", "UTC")),
            "amount": pa.array([1, 2, 3]),
        }
    )
    jakarta = tables.summarise(engine.orders(table, zone="Asia/Jakarta"), as_of=MARCH).arrow()
    assert jakarta["first_date"].to_pylist() == [dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(1969, 12, 31)]
    jayapura = tables.summarise(engine.orders(table, zone="Asia/Jayapura"), as_of=MARCH).arrow()
    assert jayapura["first_date"].to_pylist() == [dt.date(2026, 2, 1), dt.date(2026, 2, 1), dt.date(1970, 1, 1)]
    assert jayapura["total_value"].to_pylist() == [Decimal(1), Decimal(2), Decimal(3)]


def test_a_clocks_face_without_a_zone_is_the_firms_own(engine: Engine) -> None:
    faces = pa.array([dt.datetime(2026, 3, 8, 2, 30), dt.datetime(2026, 3, 8, 23, 59, 59)], pa.timestamp("us"))
    table = pa.table({"customer": pa.array([ANI, ANI]), "day": faces, "amount": pa.array([1, 1])})
    found = tables.summarise(engine.orders(table), as_of=MARCH).arrow()
    assert found["first_date"].to_pylist() == [dt.date(2026, 3, 8)]
    assert found["x"].to_pylist() == [0]


def test_what_was_written_as_parquet_can_be_gone_on_with(engine: Engine, tmp_path: Path) -> None:
    orders = engine.orders(_orders([(ANI, "2026-01-01", "1"), (BUDI, "2025-01-01", "2"), (BUDI, "2026-02-01", "3")]))
    customers = tables.summarise(orders, as_of=MARCH)
    customers.write(tmp_path / "customers.parquet")
    again = engine.table(tmp_path / "customers.parquet")
    assert tables.rfm(again).arrow().equals(tables.rfm(customers).arrow())
    assert again.arrow()["total_value"].to_pylist() == [Decimal(1), Decimal(5)]


def test_groups_are_ntiles_for_few_equal_and_far_apart_customers(engine: Engine) -> None:
    for many, far in ((3, 1), (23, 400_000_000_000_000_000)):
        numbers = [far * (i - many // 2) for i in range(many)]
        orders = engine.orders(_orders([(number, "2026-01-01", "5") for number in numbers]))
        found = tables.rfm(tables.summarise(orders, as_of=MARCH)).arrow()
        expected = rfm.quintile(np.zeros(many), np.array(numbers)).tolist()
        for name in ("r", "f", "m"):
            assert found[name].to_pylist() == expected, (many, name)


def test_money_below_zero_is_ranked_below_money_above(engine: Engine) -> None:
    amounts = ["-1000000", "-2", "-1.9999", "0", "1000000000000"]
    orders = engine.orders(_orders([(5 - i, "2026-01-01", amount) for i, amount in enumerate(amounts)]))
    found = tables.rfm(tables.summarise(orders, as_of=MARCH)).arrow()
    assert found["m"].to_pylist() == [5, 4, 3, 2, 1]


def test_no_orders_make_empty_answers(engine: Engine) -> None:
    orders = engine.orders(_orders([]))
    customers = tables.summarise(orders, as_of=MARCH)
    assert (orders.count, orders.first_day, customers.arrow().num_rows) == (0, None, 0)
    assert tables.rfm(customers).arrow().num_rows == 0
    assert tables.cohorts(orders, as_of=MARCH).equals(cohort.monthly(_floats([]), as_of=MARCH))
    assert tables.cohorts(orders, as_of=MARCH, by="WEEK").num_rows == 0
    assert tables.new_returning(orders, as_of=MARCH).num_rows == 0
    assert tables.revenue(orders, as_of=MARCH).num_rows == 0
    assert tables.retention(customers).earlier == 0
    series = tables.retention_series(customers, as_of=MARCH, months=3)
    assert series["earlier"].to_pylist() == [0, 0, 0]
    assert tables.base_counts(tables.base(customers, as_of=MARCH))["customers"] == 0


def test_returns_from_before_the_first_purchase_open_their_month(duck: Engine) -> None:
    bought = duck.orders(_orders([(None, "2026-03-05", "9.5")]))
    back = duck.orders(_orders([(ANI, "2026-01-05", "-2")]))
    found = tables.revenue(bought, as_of=MARCH, returns=back)
    assert found["revenue"].to_pylist() == [Decimal(-2), Decimal(0), Decimal("9.5")]
    assert found["return_orders"].to_pylist() == [1, 0, 0]


def test_an_amount_or_a_sum_that_no_number_can_hold_is_refused(engine: Engine) -> None:
    with pytest.raises(BadInput, match="beyond"):
        engine.orders(_orders([(ANI, "2026-01-01", "1000000000000000")], scale=2))
    almost = engine.orders(_orders([(ANI, "2026-01-01", "900000000000000")] * 2, scale=2))
    with pytest.raises(Exception, match=r"(?i)overflow|out of range"):
        tables.summarise(almost, as_of=MARCH).arrow()


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("amount", pa.array([1.5]), "DECIMAL"),
        ("amount", pa.array([Decimal("1.00001")], pa.decimal128(10, 5)), "5 decimals"),
        ("amount", pa.array([None], pa.decimal128(10, 2)), "1 orders have no amount"),
        ("day", pa.array([None], pa.date32()), "1 orders have no day"),
        ("day", pa.array(["2026-01-01"]), "neither a date nor a moment"),
        ("day", pa.array([dt.datetime(2026, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC")), "time zone"),
        ("customer", pa.array(["Ani"]), "whole numbers"),
    ],
)
def test_what_cannot_be_counted_exactly_is_refused_with_the_reason(
    duck: Engine, column: str, values: pa.Array, reason: str
) -> None:
    table = _orders([(ANI, "2026-01-01", "1")])
    place = table.column_names.index(column)
    with pytest.raises(BadInput, match=reason):
        duck.orders(table.set_column(place, column, values))


def test_a_missing_column_an_unknown_zone_and_no_table_are_named(duck: Engine, tmp_path: Path) -> None:
    table = _orders([(ANI, "2026-01-01", "1")])
    with pytest.raises(BadInput, match="no column 'amount'"):
        duck.orders(table.drop_columns(["amount"]))
    moment = pa.array([dt.datetime(2026, 1, 1, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    with pytest.raises(BadInput, match="no time zone"):
        duck.orders(table.set_column(1, "day", moment), zone="Asia/Jakarta' or true --")
    with pytest.raises(BadInput, match="int"):
        duck.orders(7)
    with pytest.raises(BadInput, match="no file or folder"):
        duck.orders(tmp_path / "nothing.parquet")


def test_what_a_summary_cannot_answer_is_refused(duck: Engine) -> None:
    orders = duck.orders(_orders([(ANI, "2026-01-01", "1")]))
    customers = tables.summarise(orders, as_of=MARCH)
    with pytest.raises(BadInput, match="60 months"):
        tables.retention_series(customers, as_of=MARCH, months=40)
    with pytest.raises(BadInput, match="at least one month"):
        tables.retention_series(customers, as_of=MARCH, months=0)
    with pytest.raises(BadInput, match="DECADE"):
        tables.retention(customers, period="DECADE")
    with pytest.raises(BadInput, match="YEAR"):
        tables.cohorts(orders, as_of=MARCH, by="YEAR")
    with pytest.raises(BadInput, match="WEEK"):
        tables.new_returning(orders, as_of=MARCH, by="WEEK")
    with pytest.raises(BadInput, match="not after"):
        tables.holdout(orders, split=MARCH, end=MARCH)
    with pytest.raises(BadInput, match="60 months"):
        tables.base(customers, as_of=MARCH, rules=BaseRules(general_months=61))


def test_the_engines_own_tables_are_taken_as_they_are(session: Any) -> None:
    table = _orders([(ANI, "2026-01-01", "1"), (BUDI, "2026-01-02", "2")])
    frame = session.createDataFrame(table)
    duck = tables.DuckDB()
    relation = duck.connection.from_arrow(table)
    spark = tables.summarise(tables.Spark(session).orders(frame), as_of=MARCH).arrow()
    assert spark.equals(tables.summarise(duck.orders(relation), as_of=MARCH).arrow())
    assert spark.num_rows == 2


def test_a_spark_session_whose_sums_overflow_without_a_word_is_refused(session: Any) -> None:
    other = session.newSession()
    other.conf.set("spark.sql.ansi.enabled", "false")
    with pytest.raises(BadInput, match=r"ansi\.enabled"):
        tables.Spark(other)


def _floats(rows: list[tuple[int | None, str, str]]) -> pa.Table:
    table = _orders(rows)
    return table.set_column(2, "amount", table["amount"].cast(pa.float64()))
