"""The days a report is about, and the days it is compared with.

A running month is compared with as many days of the month before, so that the tenth of November stands beside the tenth
of October; one that is over with the whole one before. All days are the firm's.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERIODS = {
    "yesterday": _("Yesterday"),
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "this-quarter": _("This quarter"),
    "last-quarter": _("Last quarter"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
    "last-week": _("Last week"),
    "7-days": _("Last 7 days"),
    "30-days": _("Last 30 days"),
    "12-months": _("Last 12 months"),
    "days": pgettext_lazy("period", "Days of my choice"),
}
"""What an address may ask for, with its words."""
USUAL = "this-month"
MOST_DAYS = 3660
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Days(NamedTuple):
    """From one day to another, both included."""

    first: date
    final: date

    @property
    def many(self) -> int:
        return (self.final - self.first).days + 1

    def each(self) -> list[date]:
        """Every day of them."""
        return [self.first + timedelta(days=number) for number in range(self.many)]


class Period(NamedTuple):
    """What was asked for (`name` of `PERIODS`), the days it means, and those before."""

    name: str
    now: Days
    before: Days


def period_of(params: Mapping[str, str], *, today: date) -> Period:
    """The period an address names by `period`, or by `from` and `to`; this month for what is not one.

    Days to come are left out; days in the wrong order change places.
    """
    name = params.get("period", "")
    first, final = _day(params.get("from", "")), _day(params.get("to", ""))
    if name in ("", "days") and (first or final):
        return _chosen(first, final, today=today)
    if name == "12-months":
        start = shifted(today.replace(day=1), -11)
        return Period(name, Days(start, today), Days(shifted(start, -12), shifted(today, -12)))
    if name == "yesterday":
        return _chosen(today - _ONE, today - _ONE, today=today, name=name)
    if name == "last-week":
        monday = today - timedelta(days=today.weekday() + 7)
        return _chosen(monday, monday + timedelta(days=6), today=today, name=name)
    if name in ("7-days", "30-days"):
        many = int(name.split("-", maxsplit=1)[0])
        return _chosen(today - timedelta(days=many - 1), today, today=today, name=name)
    if name not in PERIODS or name == "days":
        name = USUAL
    which, what = name.split("-")
    months = _MONTHS[what]
    start = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    earlier = shifted(start, -months)
    if which == "this":
        return Period(name, Days(start, today), Days(earlier, shifted(today, -months)))
    return Period(name, Days(earlier, start - timedelta(days=1)), Days(shifted(earlier, -months), earlier - _ONE))


_ONE = timedelta(days=1)


def shifted(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _chosen(first: date | None, final: date | None, *, today: date, name: str = "days") -> Period:
    final = min(final or today, today)
    first = min(first or final.replace(day=1), today)
    first, final = min(first, final), max(first, final)
    first = max(first, final - timedelta(days=MOST_DAYS - 1))
    many = (final - first).days + 1
    # Whole months are compared with as many months before; they are of different lengths.
    if first.day == 1 and (final + _ONE).day == 1:
        months = (final.year - first.year) * 12 + final.month - first.month + 1
        return Period(name, Days(first, final), Days(shifted(first, -months), first - _ONE))
    return Period(name, Days(first, final), Days(first - timedelta(days=many), first - _ONE))


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None
