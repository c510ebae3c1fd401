from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import ANI, BUDI, CITRA, column, orders, row

from setia_insight.errors import BadInput
from setia_insight.summary import holdout, summarise

MARCH = dt.date(2026, 3, 31)


def test_ani_who_bought_on_three_days_is_one_line() -> None:
    table = summarise(
        orders(
            [
                (ANI, "2026-01-01", 100.0),
                (ANI, "2026-03-01", 50.0),
                (ANI, "2026-01-11", 30.0),
                (ANI, "2026-01-11", 10.0),
            ]
        ),
        as_of=MARCH,
    )
    assert table.to_pylist() == [
        {
            "customer": ANI,
            "x": 2,
            "t_x": 59,
            "T": 89,
            "purchase_days": 3,
            "orders": 4,
            "repeat_value": 45.0,
            "total_value": 190.0,
            "first_date": dt.date(2026, 1, 1),
            "latest_date": dt.date(2026, 3, 1),
            "active_months": 0b101,
            "active_quarters": 1,
            "orders_12_months": 4,
            "value_12_months": 190.0,
            "gap_squares": 10.0**2 + 49.0**2,
        }
    ]


def test_two_orders_on_the_first_day_are_no_repeat_and_leave_no_repeat_value() -> None:
    table = summarise(orders([(ANI, "2026-01-01", 5.0), (ANI, "2026-01-01", 7.0)]), as_of=MARCH)
    ani = row(table, customer=ANI)
    assert (ani["x"], ani["t_x"], ani["orders"], ani["purchase_days"]) == (0, 0, 2, 1)
    assert ani["repeat_value"] is None
    assert ani["total_value"] == 12.0


def test_walk_ins_and_orders_not_yet_known_are_left_out() -> None:
    table = summarise(
        orders(
            [(None, "2026-01-01", 5.0), (ANI, "2026-03-31", 1.0), (ANI, "2026-04-01", 9.0), (BUDI, "2026-04-01", 9.0)]
        ),
        as_of=MARCH,
    )
    assert column(table, "customer").tolist() == [ANI]
    assert column(table, "total_value").tolist() == [1.0]
    assert column(table, "T").tolist() == [0]


def test_an_order_of_nothing_is_a_purchase_day_worth_nothing() -> None:
    table = summarise(orders([(ANI, "2026-01-01", 5.0), (ANI, "2026-02-01", 0.0)]), as_of=MARCH)
    assert row(table, customer=ANI)["repeat_value"] == 0.0


def test_only_the_latest_twelve_months_count_as_recent() -> None:
    table = summarise(
        orders([(ANI, "2025-03-31", 5.0), (ANI, "2025-04-01", 7.0), (ANI, "2019-01-01", 1.0)]), as_of=MARCH
    )
    ani = row(table, customer=ANI)
    assert (ani["orders_12_months"], ani["value_12_months"]) == (1, 7.0)
    assert ani["active_months"] == (1 << 11) | (1 << 12)


def test_no_orders_give_no_customers_and_the_same_columns() -> None:
    empty = summarise(orders([]), as_of=MARCH)
    assert empty.num_rows == 0
    assert empty.schema == summarise(orders([(ANI, "2026-01-01", 5.0)]), as_of=MARCH).schema
    assert summarise(orders([(None, "2026-01-01", 5.0)]), as_of=MARCH).num_rows == 0


def test_a_table_in_pieces_reads_like_one_in_one_piece() -> None:
    whole = orders([(ANI, "2026-01-01", 5.0), (BUDI, "2026-01-02", 6.0), (ANI, "2026-02-02", 7.0)])
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 2)])
    assert summarise(pieces, as_of=MARCH).equals(summarise(whole, as_of=MARCH))


def test_customer_numbers_far_apart_are_summarised_like_numbers_close_together() -> None:
    rng = np.random.default_rng(5)
    customer = rng.integers(0, 300, 5_000)
    far = np.sort(rng.integers(-(2**62), 2**62, 300))
    day = pa.array(rng.integers(20_000, 20_500, 5_000).astype(np.int32)).view(pa.date32())
    amount = pa.array(rng.gamma(2.0, 10.0, 5_000))
    as_of = dt.date(2026, 2, 1)
    close = summarise(pa.table({"customer": customer, "day": day, "amount": amount}), as_of=as_of)
    spread = summarise(pa.table({"customer": far[customer], "day": day, "amount": amount}), as_of=as_of)
    assert column(spread, "customer").tolist() == far[column(close, "customer")].tolist()
    assert spread.drop_columns(["customer"]).equals(close.drop_columns(["customer"]))


@pytest.mark.heavy
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-3, 6), st.integers(0, 1200), st.integers(0, 10_000).map(lambda cents: cents / 100)),
        min_size=1,
        max_size=120,
    )
)
def test_any_shop_is_counted_as_a_plain_loop_counts_it(rows: list[tuple[int, int, float]]) -> None:
    start, as_of = dt.date(2020, 1, 1), dt.date(2023, 2, 28)
    made = [(who, (start + dt.timedelta(days=d)).isoformat(), money) for who, d, money in rows]
    table = summarise(orders(made), as_of=as_of)
    days: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for who, d, money in rows:
        if start + dt.timedelta(days=d) <= as_of:
            days[who][d] += money
    assert column(table, "customer").tolist() == sorted(days)
    for line in table.to_pylist():
        bought = sorted(days[line["customer"]])
        later = [days[line["customer"]][d] for d in bought[1:]]
        assert line["x"] == len(bought) - 1
        assert line["t_x"] == bought[-1] - bought[0]
        assert line["T"] == (as_of - start).days - bought[0]
        assert line["gap_squares"] == sum((b - a) ** 2 for a, b in pairwise(bought))
        assert (line["repeat_value"] is None) == (not later)
        if later:
            assert line["repeat_value"] == pytest.approx(sum(later) / len(later))


@pytest.mark.heavy
def test_a_customer_with_very_many_orders_in_no_order_is_counted_right() -> None:
    rng = np.random.default_rng(9)
    day = rng.permutation(np.repeat(np.arange(20_000, 20_200), 3)).astype(np.int32)
    table = summarise(
        pa.table({"customer": np.full(600, CITRA), "day": pa.array(day).view(pa.date32()), "amount": np.ones(600)}),
        as_of=dt.date(2026, 2, 1),
    )
    citra = row(table, customer=CITRA)
    assert (citra["x"], citra["t_x"], citra["orders"], citra["gap_squares"]) == (199, 199, 600, 199.0)
    assert citra["repeat_value"] == pytest.approx(3.0)


def test_the_holdout_counts_what_came_after_the_split_for_those_known_before_it() -> None:
    table = holdout(
        orders(
            [
                (ANI, "2026-01-01", 1.0),
                (ANI, "2026-02-01", 2.0),
                (ANI, "2026-02-05", 4.0),
                (ANI, "2026-02-05", 8.0),
                (ANI, "2026-03-01", 16.0),
                (BUDI, "2026-01-05", 1.0),
                (CITRA, "2026-02-02", 1.0),
            ]
        ),
        split=dt.date(2026, 1, 31),
        end=dt.date(2026, 2, 28),
    )
    assert column(table, "customer").tolist() == [ANI, BUDI]
    assert column(table, "holdout_days").tolist() == [2, 0]
    assert column(table, "holdout_value").tolist() == [14.0, 0.0]
    assert column(table, "x").tolist() == [0, 0]


def test_a_holdout_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="holdout"):
        holdout(orders([]), split=MARCH, end=MARCH)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput, match="amount"):
        summarise(orders([(ANI, "2026-01-01", 5.0)]).drop_columns(["amount"]), as_of=MARCH)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), None])
def test_an_amount_that_is_no_number_is_refused(amount: float | None) -> None:
    table = pa.table({"customer": [ANI], "day": [MARCH], "amount": pa.array([amount], pa.float64())})
    with pytest.raises(BadInput, match="amount"):
        summarise(table, as_of=MARCH)


def test_an_order_without_a_day_is_refused() -> None:
    table = pa.table({"customer": [ANI], "day": pa.array([None], pa.date32()), "amount": [1.0]})
    with pytest.raises(BadInput, match="1 orders have no day"):
        summarise(table, as_of=MARCH)


def test_a_column_of_words_is_refused() -> None:
    table = pa.table({"customer": ["Ani"], "day": [MARCH], "amount": [1.0]})
    with pytest.raises(BadInput, match="customer"):
        summarise(table, as_of=MARCH)


@pytest.mark.data
def test_every_retail_customer_is_counted_as_sql_counts_them(
    retail: duckdb.DuckDBPyConnection, retail_purchases: pa.Table
) -> None:
    expected = retail.execute(
        """
        with day as (select customer, day, sum(amount) as money, count(*) as orders from bought group by all),
        gap as (select *, day - lag(day) over (partition by customer order by day) as gap,
                       row_number() over (partition by customer order by day) as nth from day)
        select customer, (count(*) - 1)::int as x, (max(day) - min(day))::int as t_x,
               (date '2011-12-09' - min(day))::int as "T", sum(orders)::int as orders,
               avg(money) filter (nth > 1) as repeat_value, sum(money) as total_value,
               min(day) as first_date, max(day) as latest_date, coalesce(sum(gap * gap), 0)::double as gap_squares,
               coalesce(sum(orders) filter (day > date '2010-12-09'), 0)::int as orders_12_months
        from gap group by customer order by customer
        """
    ).to_arrow_table()
    found = summarise(retail_purchases, as_of=dt.date(2011, 12, 9))
    assert found.num_rows == 5_878
    for name in ("customer", "x", "t_x", "T", "orders", "first_date", "latest_date", "gap_squares", "orders_12_months"):
        assert found[name].to_pylist() == expected[name].to_pylist(), name
    np.testing.assert_allclose(column(found, "total_value"), column(expected, "total_value"), rtol=1e-12)
    np.testing.assert_allclose(column(found, "repeat_value"), column(expected, "repeat_value"), rtol=1e-12)
