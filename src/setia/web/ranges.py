"""Two ends of something as one short text: days, and money with its unit said once."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import ngettext

from setia.web.format import day, short_money

STRIP_DAYS = 56
"""The strip that shows the next purchase is eight weeks long, from the as-of day."""


class Window(NamedTuple):
    """When the next purchase is expected: in words, and as start and width in percent of the strip."""

    text: str
    start: float
    width: float
    late: bool


def next_window(first: date | None, final: date | None, today: date) -> Window | None:
    """The window as a list shows it; None where nothing can be expected. A window that has passed is late."""
    if first is None or final is None:
        return None
    if final < today:
        days = (today - final).days
        text = ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}
        return Window(text, 0, 6, True)
    start = min(max((first - today).days, 0) / STRIP_DAYS * 100, 94)
    end = min(max((final - today).days, 0) / STRIP_DAYS * 100, 100)
    return Window(days_between(first, final), round(start, 1), round(max(end - start, 6), 1), False)


def days_between(first: date, final: date) -> str:
    """20–24 Nov, 28 Nov–12 Des."""
    if first == final:
        return day(first)
    if (first.year, first.month) == (final.year, final.month):
        return f"{first.day}–{day(final)}"
    return f"{day(first)}–{day(final)}"


def money_between(low: Decimal | None, high: Decimal | None, *, sign: bool = True) -> str:
    """Rp4,6–7,1 jt: the unit is said once when both ends share it. Without `sign`, 4,6–7,1 jt."""
    if low is None or high is None:
        return ""
    first, final = short_money(low), short_money(high)
    digits = next((at for at, letter in enumerate(final) if letter.isdigit()), 0)
    symbol, unit = final[:digits], final.partition("\u00a0")[2] if "\u00a0" in final[digits:] else ""
    if unit and first.endswith(f"\u00a0{unit}"):
        first = first.removesuffix(f"\u00a0{unit}")
    # Ends that are written alike are no range to a reader.
    text = short_money(high) if short_money(low) == final else f"{first}–{final.removeprefix(symbol)}"
    return text if sign else text.replace(symbol, "", 1) if symbol else text
