"""What a day is: zones at midnight, the hour that comes twice, days written as text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from shop import ANI, orders

from setia_insight import (
    basket,
    summary,
)
from setia_insight.errors import BadInput

AS_OF = dt.date(2025, 12, 31)


def _moments(kind: pa.DataType, *moments: dt.datetime | dt.date | str) -> pa.Table:
    return pa.table(
        {
            "customer": pa.array([ANI] * len(moments), pa.int64()),
            "day": pa.array(moments, kind),
            "amount": pa.array([10.0] * len(moments)),
        }
    )


UTC = dt.UTC
BEFORE, AFTER = dt.datetime(2025, 3, 1, 16, 59, tzinfo=UTC), dt.datetime(2025, 3, 1, 17, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "days", "first"),
    [
        ("Asia/Jakarta", 2, dt.date(2025, 3, 1)),
        ("Asia/Jayapura", 1, dt.date(2025, 3, 2)),
        ("UTC", 1, dt.date(2025, 3, 1)),
        ("America/Los_Angeles", 1, dt.date(2025, 3, 1)),
    ],
)
def test_a_purchase_about_midnight_falls_on_the_day_of_its_own_zone(zone: str, days: int, first: dt.date) -> None:
    """One minute before and after midnight in Jakarta."""
    line = summary.summarise(_moments(pa.timestamp("us", zone), BEFORE, AFTER), as_of=AS_OF).to_pylist()[0]
    assert (line["purchase_days"], line["first_date"], line["orders"]) == (days, first, 2)
    lines = {"customer": [1, 1], "day": pa.array([BEFORE, AFTER], pa.timestamp("us", zone)), "product": ["a", "b"]}
    assert basket.read(lines).baskets.tolist() == [days]


def test_the_hour_that_comes_twice_and_the_one_that_does_not_are_on_their_day() -> None:
    """New York, 2025: clocks go forward on 9 March and back on 2 November."""
    moments = [
        dt.datetime(2025, 3, 9, 6, 59, tzinfo=UTC),
        dt.datetime(2025, 3, 9, 7, 1, tzinfo=UTC),
        dt.datetime(2025, 11, 2, 5, 30, tzinfo=UTC),
        dt.datetime(2025, 11, 2, 6, 30, tzinfo=UTC),
    ]
    line = summary.summarise(_moments(pa.timestamp("s", "America/New_York"), *moments), as_of=AS_OF).to_pylist()[0]
    assert (line["purchase_days"], line["first_date"], line["latest_date"]) == (
        2,
        dt.date(2025, 3, 9),
        dt.date(2025, 11, 2),
    )


@pytest.mark.parametrize(
    "table",
    [
        _moments(pa.timestamp("ns"), dt.datetime(2025, 3, 1, 23, 59), dt.datetime(2025, 3, 2, 0, 1)),
        _moments(pa.date64(), dt.date(2025, 3, 1), dt.date(2025, 3, 2)),
        _moments(pa.string(), "2025-03-01", "2025-03-02"),
        {"customer": [1, 1], "day": [dt.date(2025, 3, 1), dt.date(2025, 3, 2)], "amount": [10, 10]},
    ],
    ids=["moments without a zone", "date64", "ISO words", "a dict"],
)
def test_days_are_read_as_they_are_written(table: Any) -> None:
    assert summary.summarise(table, as_of=AS_OF)["purchase_days"].to_pylist() == [2]


def test_what_names_no_day_is_refused() -> None:
    with pytest.raises(BadInput, match="'day' cannot be read"):
        summary.summarise(_moments(pa.string(), "monday"), as_of=AS_OF)
    with pytest.raises(BadInput, match="'day' is int64"):
        summary.summarise({"customer": [1], "day": [20_000], "amount": [1.0]}, as_of=AS_OF)
    with pytest.raises(BadInput, match="names no day"):
        basket.read({"customer": [1], "day": pa.array([dt.time(12)]), "product": [1]})
    with pytest.raises(BadInput, match="a table is Arrow"):
        summary.summarise([1, 2, 3], as_of=AS_OF)


def test_the_same_order_twice_is_two_orders_of_one_day() -> None:
    line = (ANI, "2025-03-01", 10.0)
    found = summary.summarise(orders([line, line, (ANI, "2025-04-01", 5.0)]), as_of=AS_OF).to_pylist()[0]
    assert (found["orders"], found["purchase_days"], found["x"], found["total_value"]) == (3, 2, 1, 25.0)
    assert found["repeat_value"] == 5.0
