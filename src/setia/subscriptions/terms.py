"""What follows from a subscription's terms: when its periods begin, what one costs, what it brings in a month.

Pure: days and numbers in, days and numbers out. A period begins on the anchor's day of the month or, in a month too
short for it, on its last day: 31 January, 28 February, 31 March.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_CENT = Decimal("0.0001")
_MONTHS_A_YEAR, _DAYS_A_YEAR = 12, 365


def begins(anchor: date, period: str, days: int | None, count: int) -> date:
    """The first day of the period that comes `count` periods after the one that begins on `anchor`.

    Raises `OverflowError` beyond the year 9999.
    """
    if period == "DAYS":
        return anchor + timedelta(days=(days or 0) * count)
    return months_later(anchor, MONTHS[period] * count)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day. Raises `OverflowError` beyond the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > 9999:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods_until(anchor: date, period: str, days: int | None, day: date) -> int:
    """How many periods after the anchor's the one begins in which `day` lies; 0 for a day before the second."""
    if day <= anchor:
        return 0
    if period == "DAYS":
        return (day - anchor).days // (days or 1)
    count = ((day.year - anchor.year) * 12 + day.month - anchor.month) // MONTHS[period]
    return count if begins(anchor, period, days, count) <= day else count - 1


def as_long_again(began: date, ends: date, period: str, days: int | None) -> date:
    """The end of a term as long as the one from `began` to `ends`, in whole periods, at least one.

    Raises `OverflowError` beyond the year 9999.
    """
    return begins(ends, period, days, max(periods_until(began, period, days, ends), 1))


def amount(price: Decimal, quantity: Decimal, discount: Decimal) -> Decimal:
    """What one period costs, four decimals; `discount` in percent."""
    return (price * quantity * (100 - discount) / 100).quantize(_CENT, ROUND_HALF_UP)


def monthly(price: Decimal, quantity: Decimal, discount: Decimal, period: str, days: int | None) -> Decimal:
    """What that is in a month: a quarter's third, a year's twelfth; days by a year of 365 days."""
    each = price * quantity * (100 - discount) / 100
    share = Decimal(_DAYS_A_YEAR) / (_MONTHS_A_YEAR * (days or 1)) if period == "DAYS" else 1 / Decimal(MONTHS[period])
    return (each * share).quantize(_CENT, ROUND_HALF_UP)
