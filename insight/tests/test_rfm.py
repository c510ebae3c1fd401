from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import column

from setia_insight import rfm
from setia_insight.errors import BadInput
from setia_insight.summary import summarise


def test_ten_customers_make_five_pairs_with_the_best_on_top() -> None:
    assert rfm.quintile(np.arange(10), np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert rfm.quintile(np.arange(10), np.arange(10), best="LOW").tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_a_remainder_goes_to_the_lower_groups_as_in_sql() -> None:
    assert rfm.quintile(np.arange(7), np.arange(7)).tolist() == [1, 1, 2, 2, 3, 4, 5]


def test_of_equal_customers_the_smaller_number_is_ranked_lower() -> None:
    assert rfm.quintile(np.zeros(5), [3, 1, 5, 2, 4]).tolist() == [3, 1, 5, 2, 4]
    assert rfm.quintile(np.zeros(5), [3, 1, 5, 2, 4], best="LOW").tolist() == [3, 1, 5, 2, 4]


def test_fewer_customers_than_groups_fill_the_lower_groups() -> None:
    assert rfm.quintile([7.0, 9.0], [1, 2]).tolist() == [1, 2]
    assert rfm.quintile([], []).tolist() == []


@pytest.mark.heavy
@given(st.lists(st.integers(0, 20), max_size=60), st.sampled_from(["HIGH", "LOW"]))
def test_a_better_value_is_never_in_a_lower_group_and_groups_are_equal(values: list[int], best: str) -> None:
    scores = rfm.quintile(np.array(values, dtype=np.int64), np.arange(len(values)), best=best)
    sizes = np.bincount(scores, minlength=6)[1:]
    assert sizes.max() - sizes.min() <= 1
    sign = 1 if best == "HIGH" else -1
    for i in range(len(values)):
        for j in range(len(values)):
            if sign * values[i] > sign * values[j]:
                assert scores[i] >= scores[j]


def test_unsigned_days_are_ranked_low_first_without_wrapping_round() -> None:
    assert rfm.quintile(np.array([0, 1, 2, 3, 4], dtype=np.uint16), np.arange(5), best="LOW").tolist() == [
        5,
        4,
        3,
        2,
        1,
    ]


def test_what_has_no_rank_is_refused() -> None:
    with pytest.raises(BadInput, match="rank"):
        rfm.quintile([1.0, float("nan")], [1, 2])
    with pytest.raises(BadInput, match="HIGH or LOW"):
        rfm.quintile([1.0], [1], best="MIDDLE")
    with pytest.raises(BadInput, match="ties"):
        rfm.quintile([1.0, 2.0], [1])


def test_each_of_the_25_cells_has_its_usual_name() -> None:
    assert rfm.cell_name(5, 5) == rfm.cell_name(5, 4) == "CHAMPIONS"
    assert rfm.cell_name(5, 1) == "NEW_CUSTOMERS"
    assert rfm.cell_name(4, 1) == "PROMISING"
    assert rfm.cell_name(3, 3) == "NEED_ATTENTION"
    assert rfm.cell_name(3, 1) == "ABOUT_TO_SLEEP"
    assert rfm.cell_name(1, 5) == "CANT_LOSE"
    assert rfm.cell_name(2, 3) == "AT_RISK"
    assert rfm.cell_name(1, 1) == "HIBERNATING"
    assert rfm.cell_name(3, 5) == "LOYAL_CUSTOMERS"
    assert rfm.cell_name(4, 2) == "POTENTIAL_LOYALISTS"
    assert {rfm.cell_name(r, f) for r in range(1, 6) for f in range(1, 6)} == set(rfm.CELLS)


def test_scores_carry_the_name_of_their_cell_and_the_map_adds_them_up() -> None:
    days, bought, money = [1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [50.0, 10.0, 30.0, 20.0, 40.0]
    table = rfm.score(days, bought, money, [1, 2, 3, 4, 5])
    assert column(table, "r").tolist() == [5, 4, 3, 2, 1]
    assert column(table, "f").tolist() == [5, 4, 3, 2, 1]
    assert column(table, "m").tolist() == [5, 1, 3, 2, 4]
    assert table["cell"].to_pylist() == [
        "CHAMPIONS",
        "LOYAL_CUSTOMERS",
        "NEED_ATTENTION",
        "HIBERNATING",
        "HIBERNATING",
    ]
    cells = rfm.cell_map(column(table, "r"), column(table, "f"), money)
    assert cells.num_rows == 25
    assert column(cells, "customers").sum() == 5
    champions = [line for line in cells.to_pylist() if (line["r"], line["f"]) == (5, 5)]
    assert champions == [{"r": 5, "f": 5, "cell": "CHAMPIONS", "customers": 1, "value": 50.0}]


@pytest.mark.data
def test_retail_quintiles_are_those_of_sql(retail: duckdb.DuckDBPyConnection, retail_purchases: pa.Table) -> None:
    as_of = dt.date(2011, 12, 9)
    expected = retail.execute(
        """
        with c as (select customer, date '2011-12-09' - max(day) as recency, count(distinct day) as days,
                          sum(amount::decimal(18, 3)) as money from bought group by customer)
        select ntile(5) over (order by recency desc, customer) as r, ntile(5) over (order by days, customer) as f,
               ntile(5) over (order by money, customer) as m from c order by customer
        """
    ).to_arrow_table()
    customers = summarise(retail_purchases, as_of=as_of)
    recency = column(customers, "T") - column(customers, "t_x")
    # Money is summed exactly by the SQL and in binary here: round to the data's three decimals before ranking.
    money = column(customers, "total_value").round(3)
    found = rfm.score(recency, column(customers, "purchase_days"), money, column(customers, "customer"))
    for name in ("r", "f", "m"):
        assert column(found, name).tolist() == column(expected, name).tolist(), name


def test_migration_counts_who_moved_from_which_cell_to_which() -> None:
    before = pa.table({"customer": [1, 2, 3, 4], "cell": ["CHAMPIONS", "CHAMPIONS", "AT_RISK", "CHAMPIONS"]})
    after = pa.table({"customer": [2, 1, 3, 9], "cell": ["AT_RISK", "CHAMPIONS", "HIBERNATING", "NEW_CUSTOMERS"]})
    assert [tuple(line.values()) for line in rfm.migration(before, after).to_pylist()] == [
        ("CHAMPIONS", "CHAMPIONS", 1, 1 / 3),
        ("CHAMPIONS", "AT_RISK", 1, 1 / 3),
        ("CHAMPIONS", "GONE", 1, 1 / 3),
        ("AT_RISK", "HIBERNATING", 1, 1.0),
        ("NEW", "NEW_CUSTOMERS", 1, 1.0),
    ]


def test_migration_reads_the_cells_that_score_gives() -> None:
    scored = rfm.score([1, 400], [9, 1], [10.0, 1.0], [1, 2]).append_column("customer", pa.array([1, 2]))
    found = rfm.migration(scored, scored)
    assert found.to_pylist() == [{"before": "HIBERNATING", "after": "HIBERNATING", "customers": 2, "share": 1.0}]


def test_migration_refuses_what_it_cannot_read() -> None:
    good = pa.table({"customer": [1], "cell": ["CHAMPIONS"]})
    for bad, message in (
        (pa.table({"customer": [1]}), "lacks cell"),
        (pa.table({"customer": [1, 1], "cell": ["CHAMPIONS", "CHAMPIONS"]}), "more than once"),
        (pa.table({"customer": [1], "cell": ["KINGS"]}), "KINGS"),
    ):
        with pytest.raises(BadInput, match=message):
            rfm.migration(good, bad)
