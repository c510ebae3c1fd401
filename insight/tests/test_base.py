from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa
import pytest
from shop import ANI, BUDI, CITRA, DEWI, EKO, column, orders

from setia_insight import base
from setia_insight.summary import summarise

AS_OF = dt.date(2026, 6, 30)


def _classified(rows: Sequence[tuple[int | None, str, float]], **given: object) -> pa.Table:
    return base.classify(summarise(orders(rows), as_of=AS_OF), as_of=AS_OF, **given)  # type: ignore[arg-type]


def test_who_bought_in_each_of_the_latest_four_quarters_for_a_year_is_loyal() -> None:
    quarters = ["2025-07-15", "2025-10-15", "2026-01-15", "2026-04-15"]
    table = _classified(
        [
            *((ANI, day, 1.0) for day in ["2025-06-30", *quarters]),  # exactly 12 months ago
            *((BUDI, day, 1.0) for day in ["2025-07-01", *quarters]),  # one day short of it
            *((CITRA, day, 1.0) for day in ["2020-01-01", *quarters[:3]]),  # nothing in the latest quarter
        ]
    )
    assert table["loyal"].to_pylist() == [True, False, False]
    assert table["windows_bought"].to_pylist() == [4, 4, 3]
    assert table["days_since_first"].to_pylist() == [365, 364, 2372]


def test_quarters_are_counted_back_from_the_day_and_not_by_the_calendar() -> None:
    # 2026-03-30 closes the second window back; 2026-03-31 opens the latest.
    inside = [(ANI, d, 1.0) for d in ["2024-01-01", "2025-09-30", "2025-12-30", "2026-03-30", "2026-03-31"]]
    assert _classified(inside)["windows_bought"].to_pylist() == [4]
    assert _classified(inside[:-1])["windows_bought"].to_pylist() == [3]


def test_general_customers_bought_after_the_same_day_last_year() -> None:
    table = _classified([(DEWI, "2025-06-30", 1.0), (EKO, "2025-07-01", 1.0)])
    assert table["general"].to_pylist() == [False, True]
    assert table["days_since_latest"].to_pylist() == [365, 364]


def test_classes_without_records_are_unknown_and_not_no() -> None:
    table = _classified([(ANI, "2026-01-01", 1.0)])
    assert table["recurring"].to_pylist() == [None]
    assert table["installed"].to_pylist() == [None]


def test_classes_with_records_are_taken_over() -> None:
    table = _classified([(ANI, "2026-01-01", 1.0), (BUDI, "2026-01-01", 1.0)], recurring=[True, False])
    assert table["recurring"].to_pylist() == [True, False]
    assert table["installed"].to_pylist() == [None, None]


def test_a_firm_may_ask_for_less() -> None:
    rules = base.BaseRules(loyal_first_months=6, loyal_windows=2, loyal_window_months=3, general_months=3)
    table = _classified([(ANI, "2025-12-01", 1.0), (ANI, "2026-03-01", 1.0), (ANI, "2026-05-01", 1.0)], rules=rules)
    assert table["loyal"].to_pylist() == [True]
    assert _classified([(BUDI, "2026-03-30", 1.0)], rules=rules)["general"].to_pylist() == [False]


@pytest.mark.data
def test_retail_has_4264_general_and_563_loyal_customers(retail_purchases: pa.Table) -> None:
    as_of = dt.date(2011, 12, 9)
    table = base.classify(summarise(retail_purchases, as_of=as_of), as_of=as_of)
    assert int(column(table, "general").sum()) == 4_264
    assert int(column(table, "loyal").sum()) == 563
