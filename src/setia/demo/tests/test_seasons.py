"""The shop's calendar."""

from datetime import date

import pytest

from setia.demo import seasons

FIRST, LATEST = date(2023, 1, 1), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("islamic_year", "announced"),
    [
        (1441, date(2020, 5, 24)),
        (1442, date(2021, 5, 13)),
        (1443, date(2022, 5, 2)),
        (1444, date(2023, 4, 22)),
        (1445, date(2024, 4, 10)),
        (1446, date(2025, 3, 31)),
        (1447, date(2026, 3, 21)),
    ],
)
def test_lebaran_falls_within_a_day_of_the_date_that_was_announced(islamic_year: int, announced: date) -> None:
    assert abs((seasons.lebaran(islamic_year) - announced).days) <= 1


def test_every_lebaran_of_the_window_is_found_and_one_after_it() -> None:
    found = list(seasons.lebarans(FIRST, LATEST))
    assert [day.year for day in found] == [2023, 2024, 2025, 2026]


def test_the_fortnight_before_lebaran_sells_more_and_the_days_after_it_less_than_the_mean_day() -> None:
    sells = seasons.intensity(FIRST, LATEST)
    for feast in list(seasons.lebarans(FIRST, LATEST))[:3]:
        place = (feast - FIRST).days
        assert sells[place - 14 : place - 1].mean() > 1.3
        assert sells[place + 1 : place + 6].mean() < 0.5
    assert sells.mean() == pytest.approx(1)


def test_weekends_and_paydays_sell_more_than_the_days_between() -> None:
    sells = dict(zip(seasons._days(FIRST, LATEST), seasons.intensity(FIRST, LATEST), strict=True))
    assert sells[date(2024, 8, 24)] > sells[date(2024, 8, 20)]  # a Saturday, a Tuesday
    assert sells[date(2024, 8, 27)] > sells[date(2024, 8, 20)]  # two Tuesdays, one of them payday week


def test_promotions_run_on_the_double_dates_and_before_each_lebaran() -> None:
    calendar = seasons.promotions(FIRST, LATEST)
    running = seasons.in_promotion(FIRST, LATEST, calendar)
    assert calendar[running[(date(2024, 12, 12) - FIRST).days]].code == "DOBEL1212-24"
    assert calendar[running[(date(2024, 4, 1) - FIRST).days]].code == "BERKAH24"
    assert running[(date(2024, 2, 10) - FIRST).days] == -1


def test_where_two_promotions_overlap_the_earlier_in_the_list_counts() -> None:
    calendar = [
        seasons.Promotion("ONE", date(2024, 1, 5), date(2024, 1, 10), 10),
        seasons.Promotion("TWO", date(2024, 1, 8), date(2024, 1, 20), 20),
    ]
    running = seasons.in_promotion(date(2024, 1, 1), date(2024, 1, 31), calendar)
    assert running[8] == 0
    assert running[11] == 1
    assert running[0] == -1
