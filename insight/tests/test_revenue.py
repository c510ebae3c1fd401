from __future__ import annotations

import datetime as dt
import math

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from shop import ANI, BUDI, column, orders, row

from setia_insight import revenue
from setia_insight.errors import BadInput

AS_OF = dt.date(2026, 3, 31)


def test_money_is_split_by_new_returning_and_walk_in_and_returns_lower_it() -> None:
    table = revenue.monthly(
        orders(
            [
                (ANI, "2026-01-05", 10.0),
                (ANI, "2026-01-05", 1.0),
                (ANI, "2026-01-20", 5.0),
                (BUDI, "2026-03-01", 7.0),
                (None, "2026-03-02", 2.0),
                (ANI, "2026-04-01", 99.0),
            ]
        ),
        returns=orders([(ANI, "2026-03-05", -4.0), (None, "2026-04-05", -1.0)]),
        as_of=AS_OF,
    )
    assert table["month"].to_pylist() == [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    january = row(table, month=dt.date(2026, 1, 1))
    assert (january["new"], january["returning"], january["revenue"], january["new_orders"]) == (11.0, 5.0, 16.0, 2)
    assert row(table, month=dt.date(2026, 2, 1))["revenue"] == 0.0
    march = row(table, month=dt.date(2026, 3, 1))
    assert (march["new"], march["walk_in"], march["returns"], march["revenue"]) == (7.0, 2.0, -4.0, 5.0)
    assert (march["walk_in_orders"], march["return_orders"]) == (1, 1)


def test_a_month_of_returns_before_any_purchase_is_shown() -> None:
    table = revenue.monthly(
        orders([(ANI, "2026-02-05", 10.0)]), returns=orders([(ANI, "2026-01-05", -3.0)]), as_of=AS_OF
    )
    assert table["revenue"].to_pylist() == [-3.0, 10.0, 0.0]


def test_no_orders_make_no_months() -> None:
    assert revenue.monthly(orders([]), as_of=AS_OF).num_rows == 0


def test_when_all_bring_the_same_every_share_is_its_own() -> None:
    curve = revenue.concentration(np.full(10, 3.0), points=10)
    np.testing.assert_allclose(column(curve, "value_share"), column(curve, "customers_share"))
    assert revenue.gini(np.full(10, 3.0)) == pytest.approx(0.0)


def test_when_one_brings_all_the_first_point_has_it() -> None:
    value = np.array([0.0] * 9 + [50.0])
    assert revenue.top_share(value, 0.1) == pytest.approx(1.0)
    assert revenue.top_share(value, 0.05) == pytest.approx(0.5)
    assert revenue.gini(value) == pytest.approx(0.9)
    assert revenue.top_share(value, 0.0) == 0.0


def test_without_money_there_are_no_shares() -> None:
    assert math.isnan(revenue.top_share([], 0.2))
    assert math.isnan(revenue.gini(np.zeros(3)))
    assert np.isnan(column(revenue.concentration(np.zeros(3), points=4), "value_share")).all()


def test_what_has_no_share_is_refused() -> None:
    with pytest.raises(BadInput, match="0 or more"):
        revenue.top_share([1.0, -1.0], 0.5)
    with pytest.raises(BadInput, match="between 0 and 1"):
        revenue.top_share([1.0], 1.5)
    with pytest.raises(BadInput, match="point"):
        revenue.concentration([1.0], points=0)


@pytest.mark.data
def test_retail_revenue_is_the_pinned_one_and_that_of_sql_month_by_month(
    retail: duckdb.DuckDBPyConnection, retail_purchases: pa.Table, retail_returns: pa.Table
) -> None:
    table = revenue.monthly(retail_purchases, returns=retail_returns, as_of=dt.date(2011, 12, 9))

    def whole(name: str) -> float:
        return float(column(table, name).sum())

    assert whole("new") + whole("returning") == pytest.approx(17_431_533.178, abs=1e-6)
    assert whole("walk_in") == pytest.approx(3_091_128.68, abs=1e-6)
    assert whole("returns") == pytest.approx(-568_491.17, abs=1e-6)
    assert whole("revenue") == pytest.approx(19_954_170.688, abs=1e-6)
    assert whole("return_orders") == 4_456
    expected = retail.execute(
        """
        with o as (select *, min(day) filter (kind = 'PURCHASE') over (partition by customer) as first from orders)
        select date_trunc('month', day)::date as month,
               coalesce(sum(amount) filter (kind = 'PURCHASE' and customer > 0 and day = first), 0) as new,
               coalesce(sum(amount) filter (kind = 'PURCHASE' and customer > 0 and day > first), 0) as returning,
               coalesce(sum(amount) filter (kind = 'PURCHASE' and customer is null), 0) as walk_in,
               coalesce(sum(amount) filter (kind = 'RETURN'), 0) as returns
        from o where kind <> 'OTHER' group by month order by month
        """
    ).to_arrow_table()
    assert table["month"].to_pylist() == expected["month"].to_pylist()
    for name in ("new", "returning", "walk_in", "returns"):
        np.testing.assert_allclose(column(table, name), column(expected, name), rtol=1e-9, atol=1e-6, err_msg=name)
