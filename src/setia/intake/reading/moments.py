"""Dates and times as files write them, to `2011-12-09 12:50:00+07:00`.

Written with digits, a date may have the day or the month first; that is decided for the file over a sample
(`suggest`). ISO dates, names of months (Indonesian, English), `20111209`, seconds since 1970 and spreadsheet day
numbers are told apart by their own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from setia.intake.reading.numbers import is_missing
from setia.intake.reading.problems import Cell, Odd

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari",
            "feb february februari peb pebruari febuari",
            "mar march maret mrt",
            "apr april",
            "may mei",
            "jun june juni",
            "jul july juli",
            "aug august agustus agu ags agt agst",
            "sep september sept",
            "oct october oktober okt",
            "nov november nop nopember",
            "dec december desember des",
        ),
        1,
    )
    for name in names.split()
}
_DAYS_TEXT = (
    "senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu|ahad|sen|sel|rab|kam|jum|sab|min|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun"
)
_DAYS = tuple(_DAYS_TEXT.split("|"))
ZONES = {"wib": 7, "wita": 8, "wit": 9, "utc": 0, "gmt": 0, "z": 0}

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?", re.ASCII)
_DIGITS = re.compile(r"(\d{1,4})\s?[/.\-\s]\s?(\d{1,2})\s?[/.\-\s]\s?(\d{1,4})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]*([a-z]+)[\s\-/.,']*(\d{4}|\d{2})", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]+)[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,']+(\d{4}|\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|wib|wita|wit|[+-]\d{2}:?\d{0,2})?",
    re.ASCII,
)
_DAY_NAME = re.compile(rf"^(?:{'|'.join(_DAYS)})[,.\s]+")
_SERIAL = re.compile(r"[1-7]\d{4}(?:[.,]\d+)?", re.ASCII)
FIRST_YEAR, FINAL_YEAR = 1900, 2200
_SPREADSHEET_START = datetime(1899, 12, 30)  # noqa: DTZ001 — day numbers are local days, the zone comes later

Parsed = tuple[datetime, bool]
"""A moment, and whether it came with a time of day."""


def moment_parser(order: str, zone: str) -> Callable[[Cell], str | Odd | None]:
    """A function from a cell to `YYYY-MM-DD HH:MM:SS+HH:MM`, None when missing, Odd when it is no date.

    :param order: `DMY`, `MDY` or `YMD`, for dates written in digits that ISO does not settle.
    :param zone: IANA name of the zone that times without one are in.
    """
    tz = ZoneInfo(zone)

    def parse(cell: Cell) -> str | Odd | None:
        found = read_moment(cell, order)
        if found is None or isinstance(found, Odd):
            return found
        return finish(found[0], tz)

    return parse


def with_time_parser(order: str, zone: str) -> Callable[[tuple[Cell, Cell]], str | Odd | None]:
    """Like `moment_parser`, for a file that has the date in one column and the time of day in another."""
    tz = ZoneInfo(zone)

    def parse(cells: tuple[Cell, Cell]) -> str | Odd | None:
        found = read_moment(cells[0], order)
        if found is None or isinstance(found, Odd):
            return found
        clock = read_time(cells[1])
        if isinstance(clock, Odd):
            return clock
        moment = found[0]
        if clock is not None:
            moment = datetime.combine(moment.date(), clock.timetz() if clock.tzinfo else clock.time())
        return finish(moment, tz)

    return parse


def date_parser(order: str) -> Callable[[Cell], str | Odd | None]:
    """A function from a cell to `YYYY-MM-DD`. A birthday of two-digit year lies in the past century from 30 on."""

    def parse(cell: Cell) -> str | Odd | None:
        found = read_moment(cell, order, pivot=30)
        if found is None or isinstance(found, Odd):
            return found
        return found[0].date().isoformat()

    return parse


def finish(moment: datetime, tz: ZoneInfo) -> str | Odd:
    """The canonical text of a moment; a naive one is in `tz`."""
    if not FIRST_YEAR <= moment.year <= FINAL_YEAR:
        return Odd("date_range")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=tz)
    return moment.isoformat(" ", "seconds")


def read_moment(cell: Cell, order: str, *, pivot: int = 69) -> Parsed | Odd | None:
    """A cell as a moment, naive unless it names a zone; None when missing, Odd when it is no moment."""
    if not isinstance(cell, str):
        return _typed(cell)
    text = cell.strip()
    found = _ISO.fullmatch(text)
    if found and found[1] != "0000":
        return _build(found[1], found[2], found[3], found[4], found[5], found[6])
    if is_missing(text) or text.startswith("0000-00-00"):
        return None
    if len(text) > 80:
        return Odd("date")
    if text.isascii() and text.replace(".", "", 1).replace(",", "", 1).isdigit() and "." not in text[:4]:
        numeric = _numeric(text, order)
        if numeric is not None:
            return numeric
    return _written(text, order, pivot)


def _typed(cell: Cell) -> Parsed | Odd | None:
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell, True
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), False  # noqa: DTZ001
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        if isinstance(cell, float | Decimal) and cell != cell:  # NaN
            return Odd("date")
        text = str(int(cell)) if cell == int(cell) else str(cell)
        return _numeric(text, "YMD") or Odd("date")
    return Odd("date")


def _numeric(text: str, order: str) -> Parsed | Odd | None:
    """Digits alone: a day in eight digits, with time in 12 or 14, seconds or milliseconds since 1970, a day number."""
    if text.isdigit():
        if len(text) in {12, 14}:
            return _build(text[:4], text[4:6], text[6:8], text[8:10], text[10:12], text[12:] or None)
        if len(text) == 8:
            year_first = FIRST_YEAR <= int(text[:4]) <= FINAL_YEAR and 1 <= int(text[4:6]) <= 12
            if year_first:
                return _build(text[:4], text[4:6], text[6:])
            a, b = (text[:2], text[2:4]) if order != "MDY" else (text[2:4], text[:2])
            return _build(text[4:], b, a)
        if len(text) == 10:
            return datetime.fromtimestamp(int(text), UTC), True
        if len(text) == 13:
            return datetime.fromtimestamp(int(text) / 1000, UTC), True
    if _SERIAL.fullmatch(text):
        days = Decimal(text.replace(",", "."))
        moment = _SPREADSHEET_START + timedelta(seconds=round(days * 86400))
        return moment, days != int(days)
    return None


def _written(text: str, order: str, pivot: int) -> Parsed | Odd:
    lower = _DAY_NAME.sub("", " ".join(text.casefold().replace("pukul", " ").replace("jam", " ").split()))
    for shape in (_DIGITS, _DAY_MONTH, _MONTH_DAY):
        found = shape.match(lower)
        if not found:
            continue
        a, b, c = found.groups()
        if shape is _DIGITS:
            if len(a) > 2:
                parts = (a, b, c)
            elif order == "MDY":
                parts = (c, a, b)
            elif order == "YMD" and len(c) <= 2:
                parts = (a, b, c)
            else:
                parts = (c, b, a)
        else:
            name, day = (b, a) if shape is _DAY_MONTH else (a, b)
            month = MONTHS.get(name)
            if month is None:
                continue
            parts = (c, str(month), day)
        rest = lower[found.end() :].lstrip(" ,t-")
        return _with_time(_year(parts[0], pivot), parts[1], parts[2], rest)
    return Odd("date")


def _with_time(year: str, month: str, day: str, rest: str) -> Parsed | Odd:
    if not rest:
        return _build(year, month, day)
    found = _TIME.fullmatch(rest)
    if not found:
        return Odd("date")
    hour = _hour(found[1], found[4])
    built = _build(year, month, day, str(hour), found[2], found[3])
    if isinstance(built, Odd) or not found[5]:
        return built
    return built[0].replace(tzinfo=_zone(found[5])), True


def read_time(cell: Cell) -> datetime | Odd | None:
    """A time of day; its date means nothing. None when missing."""
    start = _SPREADSHEET_START
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, time):
        return datetime.combine(start.date(), cell)
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        return start + timedelta(seconds=round(float(cell) % 1 * 86400)) if cell == cell else Odd("time")
    text = str(cell).strip().casefold()
    if is_missing(text):
        return None
    found = _TIME.fullmatch(text.replace("pukul", "").strip())
    if not found:
        return Odd("time")
    built = _build("2000", "1", "1", str(_hour(found[1], found[4])), found[2], found[3])
    if isinstance(built, Odd):
        return Odd("time")
    return built[0].replace(tzinfo=_zone(found[5])) if found[5] else built[0]


def _hour(digits: str, half: str | None) -> int:
    hour = int(digits)
    if half and 1 <= hour <= 12:
        return hour % 12 + (12 if half[0] == "p" else 0)
    return hour


def _zone(text: str) -> timezone:
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=min(int(digits[:2]), 23), minutes=min(int(digits[2:]), 59))
    return timezone(-offset if text[0] == "-" else offset)


def _year(digits: str, pivot: int) -> str:
    if len(digits) > 2:
        return digits
    return str(int(digits) + (1900 if int(digits) >= pivot else 2000))


def _build(
    year: str, month: str, day: str, hour: str | None = None, minute: str | None = None, second: str | None = None
) -> Parsed | Odd:
    try:
        moment = datetime(  # noqa: DTZ001 — naive on purpose: the zone is the import's
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59)
        )
    except ValueError:
        return Odd("date_not_in_calendar")
    if not FIRST_YEAR <= moment.year <= FINAL_YEAR:
        return Odd("date_range")
    return moment, hour is not None


def guess_order(cells: Iterable[Cell]) -> tuple[str, bool]:
    """`DMY`, `MDY` or `YMD`, and whether the sample settles it. Without evidence the day comes first, as at home."""
    day_first = month_first = year_first = digits = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        text = _DAY_NAME.sub("", cell.strip().casefold())
        found = _DIGITS.match(text)
        if not found:
            continue
        a, b, c = found.groups()
        if len(a) > 2:
            year_first += 1
            continue
        digits += 1
        day_first += int(a) > 12 >= int(b)
        month_first += int(b) > 12 >= int(a)
        if len(c) <= 2 and int(c) <= 31 < int(a):
            year_first += 1
    if month_first > day_first:
        return "MDY", True
    if year_first and not digits:
        return "YMD", True
    return "DMY", digits == 0 or day_first > 0


def looks_like_date(cell: Cell, *, digits_alone: bool = True) -> bool:
    """Whether a cell could be a date, whichever part comes first. Plain numbers count only where `digits_alone`."""
    if isinstance(cell, datetime | date):
        return True
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    if not any(letter.isdigit() for letter in text):
        return False
    if text.replace(".", "").replace(",", "").isdigit() and not re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", text):
        if not digits_alone or not (text.isascii() and text.isdigit() and len(text) in {8, 10, 12, 13, 14}):
            return False
        found = _numeric(text, "DMY")
        return isinstance(found, tuple) and 1980 <= found[0].year <= 2100
    return any(isinstance(read_moment(cell, order), tuple) for order in ("DMY", "MDY"))
