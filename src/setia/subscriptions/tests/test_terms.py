"""When periods begin, and what they are in a month."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setia.subscriptions.terms import amount, begins, monthly, months_later, periods_until


def test_a_period_begun_on_the_31st_begins_on_the_last_day_of_a_short_month_and_on_the_31st_again() -> None:
    days = [begins(date(2026, 1, 31), "MONTH", None, count) for count in range(4)]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert begins(date(2028, 2, 29), "YEAR", None, 1) == date(2029, 2, 28)
    assert begins(date(2028, 2, 29), "YEAR", None, 4) == date(2032, 2, 29)
    assert begins(date(2025, 11, 30), "QUARTER", None, 1) == date(2026, 2, 28)
    assert begins(date(2026, 1, 1), "DAYS", 14, 3) == date(2026, 2, 12)


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sampled_from([("MONTH", None), ("QUARTER", None), ("YEAR", None), ("DAYS", 10)]),
    st.integers(0, 4000),
)
@settings(max_examples=60, deadline=None)
def test_every_day_lies_in_exactly_one_period(anchor: date, length: tuple[str, int | None], ahead: int) -> None:
    day = date.fromordinal(anchor.toordinal() + ahead)
    count = periods_until(anchor, *length, day)
    assert begins(anchor, *length, count) <= day < begins(anchor, *length, count + 1)


def test_what_a_subscription_brings_in_a_month_follows_from_its_period() -> None:
    price, two = Decimal(120_000), Decimal(2)
    assert monthly(price, two, Decimal(25), "MONTH", None) == Decimal(180_000)
    assert monthly(price, two, Decimal(0), "QUARTER", None) == Decimal(80_000)
    assert monthly(price, Decimal(1), Decimal(0), "YEAR", None) == Decimal(10_000)
    assert monthly(Decimal(70), Decimal(1), Decimal(0), "DAYS", 7) == Decimal("304.1667")
    assert amount(price, two, Decimal("12.5")) == Decimal(210_000)


def test_no_period_begins_beyond_the_calendar() -> None:
    with pytest.raises(OverflowError):
        months_later(date(9999, 12, 1), 1)
