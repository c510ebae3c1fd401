"""How the chance that a customer is still active went, in words, as a small picture and as the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from setia.portraits.words import day_word, number_word, percent_word

WIDTH, HEIGHT = 320, 104
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 8, 22


class Purchase(NamedTuple):
    """A purchase day: the chance just before it (None at the first) and with it."""

    day: date
    before: float | None
    after: float


class Mark(NamedTuple):
    """A purchase in the picture."""

    x: float
    y: float
    says: str


class Step(NamedTuple):
    """A row of the table, the newest first: the day, what happened, and the chance before and after in words."""

    day: date
    bought: bool
    before: str
    after: str


@dataclass(frozen=True)
class AlivePage:
    """`now` is None where nothing can be said; `absent` then says why. Coordinates are in a box WIDTH by HEIGHT."""

    as_of: date | None = None
    absent: str = ""
    now: float | None = None
    now_word: str = ""
    says: list[str] = field(default_factory=list)
    path: str = ""
    marks: list[Mark] = field(default_factory=list)
    levels: list[tuple[float, str]] = field(default_factory=list)
    """Heights of the lines across, and what they stand for."""
    steps: list[Step] = field(default_factory=list)
    first_date: date | None = None
    box: tuple[int, int, int, int] = (_LEFT, WIDTH - _RIGHT, _TOP, HEIGHT - _BOTTOM)
    """Left, right, top and bottom of the field in the picture."""


def alive_page(
    *,
    as_of: date,
    purchases: Sequence[Purchase],
    line: Sequence[tuple[date, float]],
    now: float,
    half_date: date | None,
    all_days: int,
) -> AlivePage:
    """The page of somebody of whom the chance is known: `line` ends on the as-of day with `now`."""
    start = purchases[0].day
    length = max((as_of - start).days, 1)

    def x(day: date) -> float:
        return round(_LEFT + (day - start).days / length * (WIDTH - _LEFT - _RIGHT), 1)

    def y(chance: float) -> float:
        return round(_TOP + (1 - chance) * (HEIGHT - _TOP - _BOTTOM), 1)

    marks = [
        Mark(
            x(one.day),
            y(one.after),
            _("%(day)s: %(chance)s") % {"day": day_word(one.day), "chance": chance_word(one.after)},
        )
        for one in purchases
    ]
    steps = [
        Step(one.day, True, chance_word(one.before) if one.before is not None else "", chance_word(one.after))
        for one in reversed(purchases)
    ]
    if as_of > purchases[-1].day:
        steps.insert(0, Step(as_of, False, "", chance_word(now)))
    return AlivePage(
        as_of=as_of,
        now=now,
        now_word=chance_word(now),
        says=_says(as_of, purchases, now, half_date, all_days),
        path="M" + "L".join(f"{x(day)} {y(chance)}" for day, chance in line),
        marks=marks,
        levels=[(y(share), percent_word(share, 0)) for share in (1, 0.5, 0)],
        steps=steps,
        first_date=start,
    )


def chance_word(chance: float) -> str:
    """63%; what is nearly certain is not called certain."""
    if chance >= 0.995:
        return _("over %(share)s") % {"share": percent_word(0.99, 0)}
    if chance < 0.005:
        return _("under %(share)s") % {"share": percent_word(0.01, 0)}
    return percent_word(chance, 0)


def _says(as_of: date, purchases: Sequence[Purchase], now: float, half_date: date | None, all_days: int) -> list[str]:
    final = purchases[-1]
    facts = {"day": day_word(final.day), "before": chance_word(final.after), "now": chance_word(now)}
    if final.day == as_of:
        says = [_("With the purchase on %(day)s the chance is %(now)s.") % facts]
    elif facts["before"] == facts["now"]:
        says = [_("Since the last purchase on %(day)s the chance has stayed at %(now)s.") % facts]
    else:
        says = [_("Since the last purchase on %(day)s the chance fell from %(before)s to %(now)s.") % facts]
    if half_date is not None:
        facts = {"day": day_word(half_date), "half": percent_word(0.5, 0)}
        says.append(_("If nothing more is bought, it falls below %(half)s on %(day)s.") % facts)
    if all_days == 1:
        says.append(_("There is only one purchase day, so this is what is usual among your customers."))
    elif all_days > len(purchases):
        facts = {"shown": number_word(len(purchases)), "all": number_word(all_days)}
        says.append(_("The picture shows the latest %(shown)s of %(all)s purchase days.") % facts)
    return says
