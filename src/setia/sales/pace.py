"""Whether a target will be met: where it should stand today by working days, and where it ends at this pace."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

WORKING = frozenset(range(6))
"""Monday to Saturday, as `date.weekday` counts."""
NEAR = Decimal("0.95")
"""From this share of what it should be on, it is on track."""


class Pace(NamedTuple):
    """`state`: MET, AHEAD, ON_TRACK, BEHIND, MISSED, or TO_COME. `due` is where it should stand by yesterday evening,
    `ends` where it ends at this pace (None before the first working day is over).
    """

    state: str
    due: Decimal
    ends: Decimal | None
    days: int
    passed: int


def working_days(first: date, final: date) -> int:
    """Working days of a period, both ends included; 0 for one that ends before it begins."""
    length = (final - first).days + 1
    if length <= 0:
        return 0
    weeks, rest = divmod(length, 7)
    return weeks * len(WORKING) + sum((first + timedelta(days=day)).weekday() in WORKING for day in range(rest))


def pace(value: Decimal, attained: Decimal, first: date, final: date, *, today: date) -> Pace:
    """Judge a target. Only days that are over are due: nobody is behind for a morning."""
    days = working_days(first, final)
    passed = working_days(first, min(final, today - timedelta(days=1)))
    if today > final:
        return Pace("MET" if attained >= value else "MISSED", value, attained, days, days)
    due = value * passed / days if days else Decimal(0)
    ends = attained * days / passed if passed else None
    if attained >= value:
        state = "MET"
    elif today < first:
        state = "TO_COME"
    elif attained > due:
        state = "AHEAD"
    else:
        state = "ON_TRACK" if attained >= due * NEAR else "BEHIND"
    return Pace(state, due, ends, days, passed)
