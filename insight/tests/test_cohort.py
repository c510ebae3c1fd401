from __future__ import annotations

import datetime as dt
import math

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from shop import ANI, BUDI, CITRA, column, orders, row

from setia_insight import cohort
from setia_insight.errors import BadInput
from setia_insight.summary import summarise

RETAIL_END = dt.date(2011, 12, 9)

SHOP = [
    (ANI, "2026-01-05", 1.0),
    (ANI, "2026-01-20", 1.0),
    (ANI, "2026-03-02", 1.0),
    (BUDI, "2026-01-31", 1.0),
    (CITRA, "2026-03-01", 1.0),
    (CITRA, "2026-03-01", 1.0),
    (None, "2026-02-10", 1.0),
]


def test_a_cohort_is_followed_month_by_month_also_through_empty_ones() -> None:
    table = cohort.monthly(orders(SHOP), as_of=dt.date(2026, 3, 15))
    cells = {(line["cohort"].month, line["k"]): (line["customers"], line["size"]) for line in table.to_pylist()}
    assert cells == {(1, 0): (2, 2), (1, 1): (0, 2), (1, 2): (1, 2), (2, 0): (0, 0), (2, 1): (0, 0), (3, 0): (1, 1)}
    assert row(table, cohort=dt.date(2026, 1, 1), k=2)["share"] == 0.5
    assert math.isnan(row(table, cohort=dt.date(2026, 2, 1), k=0)["share"])


def test_the_running_month_is_marked_incomplete_until_its_latest_day() -> None:
    running = cohort.monthly(orders(SHOP), as_of=dt.date(2026, 3, 30))
    assert [line["k"] for line in running.to_pylist() if not line["complete"]] == [2, 1, 0]
    closed = cohort.monthly(orders(SHOP), as_of=dt.date(2026, 3, 31))
    assert all(line["complete"] for line in closed.to_pylist())


def test_months_after_the_latest_order_are_there_and_empty() -> None:
    table = cohort.monthly(orders(SHOP), as_of=dt.date(2026, 5, 1))
    assert row(table, cohort=dt.date(2026, 1, 1), k=4)["customers"] == 0


def test_no_orders_make_an_empty_cohort_table() -> None:
    assert cohort.monthly(orders([]), as_of=RETAIL_END).num_rows == 0
    assert cohort.monthly(orders([]), as_of=RETAIL_END).schema == cohort.monthly(orders(SHOP), as_of=RETAIL_END).schema


def test_a_customer_is_new_on_the_first_day_and_returning_on_later_ones() -> None:
    table = cohort.new_returning(orders(SHOP), as_of=dt.date(2026, 3, 15))
    january, february, march = table.to_pylist()
    assert (january["new"], january["returning"], january["both"]) == (2, 1, 1)
    assert (january["new_orders"], january["returning_orders"], january["walk_in_orders"]) == (2, 1, 0)
    assert (february["new"], february["returning"], february["walk_in_orders"]) == (0, 0, 1)
    assert (march["new"], march["returning"], march["both"], march["new_orders"]) == (1, 1, 0, 2)


def test_by_day_every_day_has_its_line_and_nobody_is_both() -> None:
    table = cohort.new_returning(orders(SHOP), as_of=dt.date(2026, 3, 15), by="DAY")
    assert table.num_rows == 70
    assert column(table, "both").sum() == 0
    assert row(table, period=dt.date(2026, 1, 20))["returning"] == 1
    assert row(table, period=dt.date(2026, 3, 1))["new"] == 1
    assert column(table, "new").sum() == 3


def test_new_and_returning_of_nothing_and_by_nothing() -> None:
    assert cohort.new_returning(orders([]), as_of=RETAIL_END).num_rows == 0
    with pytest.raises(BadInput, match="WEEK"):
        cohort.new_returning(orders(SHOP), as_of=RETAIL_END, by="WEEK")


def test_retention_asks_who_of_the_earlier_window_came_back() -> None:
    active = np.array([0b1 | 1 << 12, 1 << 13, 0b1, 1 << 24], dtype=np.uint64)
    kept = cohort.retention(active)
    assert (kept.kept, kept.earlier, kept.rate) == (1, 2, 0.5)
    assert cohort.retention(active, period="MONTH").earlier == 0
    assert math.isnan(cohort.retention(active, period="MONTH").rate)
    with pytest.raises(BadInput, match="DECADE"):
        cohort.retention(active, period="DECADE")


@pytest.mark.parametrize("period", ["YEAR", "QUARTER", "MONTH"])
def test_each_point_of_the_series_is_the_retention_of_its_day(period: str) -> None:
    rng = np.random.default_rng(11)
    day = pa.array(rng.integers(18_000, 20_000, 4_000).astype(np.int32)).view(pa.date32())
    table = pa.table({"customer": rng.integers(1, 400, 4_000), "day": day, "amount": np.ones(4_000)})
    series = cohort.retention_series(table, as_of=dt.date(2024, 9, 15), months=30, period=period)
    assert series.num_rows == 30
    for point in series.to_pylist():
        expected = cohort.retention(column(summarise(table, as_of=point["as_of"]), "active_months"), period=period)
        assert (point["kept"], point["earlier"]) == (expected.kept, expected.earlier)
        assert point["rate"] == pytest.approx(expected.rate)
    assert [p["as_of"] for p in series.to_pylist()][-2:] == [dt.date(2024, 8, 15), dt.date(2024, 9, 15)]


def test_a_series_says_where_the_orders_do_not_reach_back_far_enough() -> None:
    table = orders([(ANI, "2024-01-02", 1.0), (ANI, "2025-12-31", 1.0)])
    series = cohort.retention_series(table, as_of=dt.date(2026, 2, 1), months=3)
    assert series["complete"].to_pylist() == [False, True, True]
    assert cohort.retention_series(orders([]), as_of=RETAIL_END, months=2)["earlier"].to_pylist() == [0, 0]
    with pytest.raises(BadInput, match="at least one month"):
        cohort.retention_series(table, as_of=RETAIL_END, months=0)


@pytest.mark.data
def test_retail_kept_2683_of_4248_customers_over_the_year(retail_purchases: pa.Table) -> None:
    kept = cohort.retention(column(summarise(retail_purchases, as_of=RETAIL_END), "active_months"))
    assert (kept.kept, kept.earlier) == (2_683, 4_248)
    assert round(100 * kept.rate, 1) == 63.2


@pytest.mark.data
def test_retail_new_and_returning_customers_per_month_are_those_of_sql(
    retail: duckdb.DuckDBPyConnection, retail_purchases: pa.Table
) -> None:
    table = cohort.new_returning(retail_purchases, as_of=RETAIL_END)
    new = dict(zip((p.isoformat()[:7] for p in table["period"].to_pylist()), table["new"].to_pylist(), strict=True))
    assert (new["2009-12"], new["2010-01"], new["2011-12"]) == (955, 383, 28)
    expected = retail.execute(
        """
        with o as (select *, min(day) over (partition by customer) as first from bought)
        select date_trunc('month', day)::date as month, count(distinct customer) filter (day = first) as new,
               count(distinct customer) filter (day > first) as returning, count(*) filter (day = first) as new_orders,
               count(*) filter (day > first) as returning_orders
        from o group by month order by month
        """
    ).fetchall()
    names = ("period", "new", "returning", "new_orders", "returning_orders")
    assert [tuple(line[name] for name in names) for line in table.to_pylist()] == expected
    assert int(column(table, "walk_in_orders").sum()) == 3_107


@pytest.mark.data
def test_every_cell_of_the_retail_cohort_table_is_that_of_sql(
    retail: duckdb.DuckDBPyConnection, retail_purchases: pa.Table
) -> None:
    table = cohort.monthly(retail_purchases, as_of=RETAIL_END)
    expected = retail.execute(
        """
        with o as (select customer, date_trunc('month', day)::date as month,
                          date_trunc('month', min(day) over (partition by customer))::date as cohort from bought)
        select cohort, date_diff('month', cohort, month)::int as k, count(distinct customer) as customers
        from o group by all
        """
    ).fetchall()
    cells = {(c, k): n for c, k, n in expected}
    found = {(line["cohort"], line["k"]): line["customers"] for line in table.to_pylist()}
    assert len(found) == 25 * 26 // 2
    assert {cell: n for cell, n in found.items() if n} == cells
    for line in table.to_pylist():
        assert line["size"] == cells[line["cohort"], 0]
        assert line["share"] == line["customers"] / line["size"]


def test_weeks_run_from_monday_to_sunday() -> None:
    some = orders(
        [
            (ANI, "2026-03-02", 1.0),  # a Monday
            (ANI, "2026-03-08", 1.0),  # the Sunday of that week
            (ANI, "2026-03-09", 1.0),
            (BUDI, "2026-03-08", 1.0),
            (CITRA, "2026-03-10", 1.0),
            (CITRA, "2026-03-22", 1.0),
        ]
    )
    table = cohort.weekly(some, as_of=dt.date(2026, 3, 22))
    first, second = dt.date(2026, 3, 2), dt.date(2026, 3, 9)
    cells = {(line["cohort"], line["k"]): line["customers"] for line in table.to_pylist()}
    assert table.num_rows == 6
    assert cells[first, 0] == 2
    assert cells[first, 1] == 1
    assert cells[first, 2] == 0
    assert cells[second, 0] == 1
    assert cells[second, 1] == 1
    assert cells[dt.date(2026, 3, 16), 0] == 0
    assert all(table["complete"].to_pylist())
    early = cohort.weekly(some, as_of=dt.date(2026, 3, 21))
    assert [line["complete"] for line in early.to_pylist()] == [True, True, False, True, False, False]
    assert cohort.weekly(some, as_of=dt.date(2026, 3, 1)).num_rows == 0
