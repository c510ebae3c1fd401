"""What Setia knows about a customer, laid out for the right column of the record: numbers, ranges, reasons."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from setia.portraits import queries as portraits
from setia.web.format import day, short_money
from setia.web.ranges import days_between, money_between

DOTS = 5


class Scale(NamedTuple):
    """An interval on a scale from 0: start, width and estimate in percent of it, and both its ends in words."""

    start: float
    width: float
    estimate: float
    zero: str
    end: str


class Rhythm(NamedTuple):
    """Past purchase days as dots, the as-of day as a line, the expected window as a box; in percent of the strip."""

    dots: list[float]
    box: tuple[float, float] | None
    now: float
    labels: list[tuple[float, str]]


class Knowledge(NamedTuple):
    """What the column shows. `statements` are those of `portraits`, by kind; `absent` says why there is no forecast."""

    portrait: Any
    statements: dict[str, list[Any]]
    scale: Scale | None
    spread: str
    window: str
    late: bool
    rhythm: Rhythm | None
    absent: str
    needs: list[Any]


def knowledge(customer: Any, orders: Iterable[Any]) -> Knowledge | None:
    """What Setia knows; None for a customer who is newer than the latest refresh. `orders` are the latest ones."""
    portrait = portraits.portrait_of(customer.pk)
    if portrait is None:
        return None
    statements: dict[str, list[Any]] = {}
    said = portraits.overruled_of(portrait, today=timezone.localdate())
    for one in portraits.sentences(portrait, said):
        statements.setdefault(one.kind, []).append(one)
    first, final = portrait.next_from_date, portrait.next_to_date
    return Knowledge(
        portrait=portrait,
        statements=statements,
        scale=_scale(portrait.value_low, portrait.value, portrait.value_high),
        spread=_spread(portrait),
        window=days_between(first, final) if first and final else "",
        late=bool(final and final < portrait.as_of_date),
        rhythm=_rhythm(portrait, orders),
        absent=_absent(portrait),
        needs=portraits.next_needs(customer, as_of=portrait.as_of_date),
    )


def _absent(portrait: Any) -> str:
    if portrait.value is not None:
        return ""
    if not portrait.purchase_days:
        return _("No purchase yet, so there is nothing to expect from.")
    return portraits.why_absent(portraits.latest_refresh(), "value")


def _spread(portrait: Any) -> str:
    """The range in words; '' where both ends are written alike, as of somebody of whom practically nothing comes."""
    low, high = portrait.value_low, portrait.value_high
    if low is None or high is None or short_money(low) == short_money(high):
        return ""
    return money_between(low, high)


def _scale(low: Decimal | None, value: Decimal | None, high: Decimal | None) -> Scale | None:
    if low is None or value is None or high is None or short_money(high) == short_money(0):
        return None
    end = _round_up(high)
    share = [round(float(one / end) * 100, 1) for one in (low, high, value)]
    return Scale(share[0], max(round(share[1] - share[0], 1), 1), share[2], short_money(0), short_money(end))


def _round_up(value: Decimal) -> Decimal:
    """The next 1, 2 or 5 times a power of ten: 7.1 million becomes 10 million."""
    power = Decimal(10) ** value.adjusted()
    return next(step * power for step in (Decimal(1), Decimal(2), Decimal(5), Decimal(10)) if step * power >= value)


def _rhythm(portrait: Any, orders: Iterable[Any]) -> Rhythm | None:
    days = sorted({one.day for one in orders if one.kind == "PURCHASE" and not one.reversed})[-DOTS:]
    if not days:
        return None
    first, final = portrait.next_from_date, portrait.next_to_date
    today: date = portrait.as_of_date
    start, end = days[0], max(final or today, today, days[-1])
    length = max((end - start).days, 1)

    def at(one: date) -> float:
        return float(round(4 + (one - start).days / length * 88, 1))

    dots = [at(one) for one in days]
    box = (at(first), max(round(at(final) - at(first), 1), 3)) if first and final else None
    # Labels that would touch are left out; today's is the one that always stays.
    labels = [(at(today), _("now"))]
    for one in reversed(days):
        if all(abs(at(one) - taken) >= 14 for taken, _text in labels):
            labels.append((at(one), day(one)))
    return Rhythm(dots, box, at(today), sorted(labels))
