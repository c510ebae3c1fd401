from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setia_insight import window
from setia_insight.errors import BadInput

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


def test_the_latest_twelve_months_begin_after_the_same_day_of_the_year_before() -> None:
    assert window.months_before(dt.date(2011, 12, 9), 12) == dt.date(2010, 12, 9)


@pytest.mark.parametrize(
    ("as_of", "months", "expected"),
    [
        (dt.date(2024, 3, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2023, 3, 31), 1, dt.date(2023, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2024, 1, 15), 1, dt.date(2023, 12, 15)),
        (dt.date(2024, 1, 31), -1, dt.date(2024, 2, 29)),
    ],
)
def test_going_back_from_a_long_month_stops_at_the_end_of_a_short_one(
    as_of: dt.date, months: int, expected: dt.date
) -> None:
    assert window.months_before(as_of, months) == expected


def test_day_numbers_are_those_of_arrow() -> None:
    assert window.day_number(dt.date(1970, 1, 1)) == 0
    assert window.day_number(dt.date(2011, 12, 9)) == np.datetime64("2011-12-09").astype(int)
    assert window.day_of(15317) == dt.date(2011, 12, 9)


@given(DAYS, st.integers(0, 1500))
def test_every_day_falls_in_the_one_month_whose_open_start_and_closed_end_enclose_it(
    as_of: dt.date, days_ago: int
) -> None:
    day = as_of - dt.timedelta(days=days_ago)
    back = int(window.months_back(as_of, window.day_number(day), 36)[0])
    if back < 0:
        assert day <= window.months_before(as_of, 36)
    else:
        assert window.months_before(as_of, back + 1) < day <= window.months_before(as_of, back)


def test_a_window_holds_its_closing_day_and_not_its_opening_one() -> None:
    as_of = dt.date(2011, 12, 9)
    opening = window.day_number(dt.date(2010, 12, 9))
    back = window.months_back(as_of, opening, 12)
    assert back[0] == -1
    assert back[1] == 11
    assert back[-1] == 0


def test_activity_is_read_from_the_bits_of_its_months() -> None:
    active = np.array([0b1, 0b1000, 1 << 11, 1 << 12, 0], dtype=np.uint64)
    assert window.bought_within(active, 0, 12).tolist() == [True, True, True, False, False]
    assert window.bought_within(active, 12, 24).tolist() == [False, False, False, True, False]


def test_a_customer_of_every_quarter_counts_four_windows() -> None:
    active = np.array([0b001_010_100_001, 0b111_000_000_111, 0], dtype=np.uint64)
    assert window.active_windows(active).tolist() == [4, 2, 0]


@pytest.mark.parametrize(("start", "stop"), [(3, 3), (-1, 2), (0, 61)])
def test_a_window_outside_what_is_kept_is_refused(start: int, stop: int) -> None:
    with pytest.raises(BadInput, match="window"):
        window.bought_within(np.zeros(1, dtype=np.uint64), start, stop)
