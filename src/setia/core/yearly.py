"""Days that come round every year: birthdays, weddings, anniversaries.

A day is sought by month and day alone, written as one number (29 February is 229), so that an index over that number
answers for a window of days in any year. In a year without a 29 February such a day is kept on the 28th.
"""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ExtractDay, ExtractMonth

from setia.core.keyset import Leg


def month_day(field: str) -> CombinedExpression:
    """The month and day of a date field as one number: 1231 for New Year's Eve. For an index and for a query alike."""
    return ExtractMonth(field, output_field=IntegerField()) * 100 + ExtractDay(field, output_field=IntegerField())


def coming(rows: QuerySet, field: str, *, today: date, days: int, key: str = "id") -> Sequence[Leg]:  # type: ignore[type-arg]
    """The rows whose `field` comes round within so many days, today being the first, in the order in which it does.

    As legs of a list (`core.keyset`): two where the window reaches over the end of the year. Each row has `month_day`.
    """
    latest = today + timedelta(days=days - 1)
    start, end = number(today), number(latest)
    if end == 228 and not isleap(latest.year):
        end = 229
    rows = rows.annotate(month_day=month_day(field))
    order = ("month_day", key)
    if start <= end:
        return [Leg(rows.filter(month_day__gte=start, month_day__lte=end), order)]
    return [Leg(rows.filter(month_day__gte=start), order), Leg(rows.filter(month_day__lte=end), order)]


def number(day: date) -> int:
    """Month and day of a date as one number."""
    return day.month * 100 + day.day


def next_time(day: date, *, today: date) -> date:
    """When a day comes round next, today included."""
    this_year = _in(day, today.year)
    return this_year if this_year >= today else _in(day, today.year + 1)


def _in(day: date, year: int) -> date:
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not isleap(year)
        else day.replace(year=year)
    )
