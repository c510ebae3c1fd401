"""The shop's calendar: which days sell, and which promotions ran when.

Ramadan and Lebaran move by about eleven days a year, so they are reckoned from the tabular Islamic calendar (30-year
cycle with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29), which stays within a day of the announced date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

_JULIAN_DAY_OF_ORDINAL_0 = 1721424.5
_ISLAMIC_EPOCH = 1948439.5

# How much a day sells beside a plain Tuesday, by weekday from Monday.
_WEEKDAY = (0.92, 0.88, 0.90, 0.96, 1.06, 1.22, 1.14)


@dataclass(frozen=True)
class Promotion:
    """A promotion that ran from `first_date` to `latest_date`, both days counted; `percent` off the order."""

    code: str
    first_date: date
    latest_date: date
    percent: int


def lebaran(islamic_year: int) -> date:
    """1 Shawwal of an Islamic year: the first day of Idul Fitri."""
    return _from_islamic(islamic_year, 10, 1)


def _from_islamic(year: int, month: int, day: int) -> date:
    days_in_months = -(-59 * (month - 1) // 2)  # 29 and 30 days in turn, the first month has 30
    julian = day + days_in_months + (year - 1) * 354 + (3 + 11 * year) // 30 + _ISLAMIC_EPOCH - 1
    return date.fromordinal(int(julian - _JULIAN_DAY_OF_ORDINAL_0))


def lebarans(first: date, latest: date) -> Iterator[date]:
    """Every Idul Fitri from `first` to `latest`, and the one after, whose shopping may lie before `latest`."""
    year = int((first.year - 622) * 33 / 32) - 1
    while True:
        day = lebaran(year)
        if day >= first:
            yield day
        if day > latest:
            return
        year += 1


def intensity(first: date, latest: date) -> NDArray[np.float64]:
    """How much each day from `first` to `latest` sells, the mean day being 1."""
    days = _days(first, latest)
    out = np.array([_WEEKDAY[day.weekday()] * _month_end(day) * _year_end(day) for day in days])
    for feast in lebarans(first, latest + timedelta(days=60)):
        before = np.array([(feast - day).days for day in days])
        out[(before > 14) & (before <= 30)] *= 0.93  # the first half of Ramadan is quiet
        out[(before > 1) & (before <= 14)] *= 1.55  # holiday allowance is paid: hampers, guests, new cups
        out[(before >= 0) & (before <= 1)] *= 0.7
        out[(before < 0) & (before >= -5)] *= 0.35  # the towns are empty
    return np.asarray(out / out.mean())


def promotion_pull(first: date, latest: date, calendar: list[Promotion]) -> NDArray[np.float64]:
    """The same for buyers who wait for a promotion: its days draw, the others hardly do. Mean 1."""
    out = intensity(first, latest) * np.where(in_promotion(first, latest, calendar) >= 0, 5.0, 0.45)
    return np.asarray(out / out.mean())


def in_promotion(first: date, latest: date, calendar: list[Promotion]) -> NDArray[np.int64]:
    """Per day the place in `calendar` of the promotion that runs, −1 without one; of two the earlier in the list."""
    out = np.full((latest - first).days + 1, -1)
    for place in reversed(range(len(calendar))):
        promotion = calendar[place]
        start, stop = (promotion.first_date - first).days, (promotion.latest_date - first).days + 1
        out[max(start, 0) : max(stop, 0)] = place
    return out


def promotions(first: date, latest: date) -> list[Promotion]:
    """The promotions that ran between two days: the feasts, the double dates of the marketplaces, some paydays."""
    found: list[Promotion] = []
    for feast in lebarans(first, latest + timedelta(days=60)):
        found.append(Promotion(f"BERKAH{feast:%y}", feast - timedelta(days=20), feast - timedelta(days=4), 12))
    for year in range(first.year, latest.year + 1):
        short = f"{year % 100:02d}"
        found += [
            Promotion(f"MERDEKA{short}", date(year, 8, 14), date(year, 8, 18), 17),
            Promotion(f"DOBEL1010-{short}", date(year, 10, 9), date(year, 10, 11), 15),
            Promotion(f"DOBEL1111-{short}", date(year, 11, 10), date(year, 11, 12), 15),
            Promotion(f"DOBEL1212-{short}", date(year, 12, 11), date(year, 12, 13), 20),
            Promotion(f"AKHIRTAHUN{short}", date(year, 12, 26), date(year, 12, 31), 10),
        ]
        found += [
            Promotion(f"GAJIAN{short}{month:02d}", date(year, month, 25), date(year, month, 27), 8)
            for month in (1, 3, 5, 7, 9, 11)
        ]
    return [one for one in found if one.first_date <= latest and one.latest_date >= first]


def _days(first: date, latest: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((latest - first).days + 1)]


def _month_end(day: date) -> float:
    """Salaries come on the 25th or the last day; the week after buys more, the week before less."""
    if day.day >= 25 or day.day <= 3:
        return 1.18
    return 0.92 if 17 <= day.day < 25 else 1.0


def _year_end(day: date) -> float:
    if day.month == 12 and day.day >= 10:
        return 1.3
    return 0.85 if day.month == 1 and day.day > 3 else 1.0
