"""What a customer needs next, by their own rhythm for each product, with the reason for each.

A product is named from three purchase days on: two say nothing about a rhythm. The time to the next purchase is taken
from the middle half of the gaps between them. What a customer has left out for over twice their longest usual gap is
not needed any more, as far as anybody can tell, and stays out. Products come in the order of personal frequency with
recency decay: a purchase k shopping days before the latest counts .9^k. That rule is hard to beat at foretelling next
baskets (Li, Jullien, Ariannezhad & de Rijke 2023, ACM TOIS 41(4)).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from setia.core.queries import current_firm
from setia.orders.queries import ProductDays, product_days
from setia.portraits.queries.figures import latest_refresh
from setia.portraits.words import days_word, number_word

MOST = 5
LEAST_DAYS = 3
"""From this many purchase days of a product on it has a rhythm."""
_DECAY = 0.9
_GIVEN_UP = 2.0
"""Times the longest usual gap after which a product is not needed any more."""
_ROOM_DAYS = 7
"""Added to that, so that who buys daily is not thought lost within two days."""


class Need(NamedTuple):
    """A product a customer is likely to need, and when.

    `times` purchase days so far, the latest on `latest_date`; the middle half of the gaps between them lies between
    `gap_low` and `gap_high` days, so the next is expected from `from_date` to `to_date`. `when` is LATER, NOW (the days
    have begun) or LATE (they have passed). `why` says all of it in the reader's language.
    """

    product_id: int
    name: str
    code: str
    times: int
    latest_date: date
    gap_low: float
    gap_high: float
    from_date: date
    to_date: date
    when: str
    score: float
    why: str


def next_needs(customer: Any, *, as_of: date | None = None, most: int = MOST) -> list[Need]:
    """What a customer, who has come through the gate, needs next; the likeliest first, empty where nothing can be told.

    `as_of` is the day it is asked on: by default today for a firm whose orders arrive live, else the day the portraits
    are as of. At most three queries, one where the day is given.
    """
    day = _day() if as_of is None else as_of
    return needs_from(product_days(customer.pk, until=day), as_of=day, most=most)


def needs_from(bought: Sequence[ProductDays], *, as_of: date, most: int = MOST) -> list[Need]:
    """The needs that follow from the days each product was bought on."""
    shopping = sorted({day for one in bought for day in one.days}, reverse=True)
    weight = {day: _DECAY**place for place, day in enumerate(shopping)}
    found = []
    for one in bought:
        if len(one.days) < LEAST_DAYS:
            continue
        gaps = sorted((later - earlier).days for earlier, later in zip(one.days, one.days[1:], strict=False))
        low, high = _quantile(gaps, 0.25), _quantile(gaps, 0.75)
        latest = one.days[-1]
        silent = (as_of - latest).days
        if silent > _GIVEN_UP * high + _ROOM_DAYS:
            continue
        start, end = latest + timedelta(round(low)), latest + timedelta(round(high))
        found.append(
            Need(
                product_id=one.product_id,
                name=one.name or one.code,
                code=one.code,
                times=len(one.days),
                latest_date=latest,
                gap_low=low,
                gap_high=high,
                from_date=start,
                to_date=end,
                when="LATER" if as_of < start else "NOW" if as_of <= end else "LATE",
                score=sum(weight[day] for day in one.days) / len(shopping),
                why=_why(len(one.days), low, high, silent),
            )
        )
    return sorted(found, key=lambda need: (-need.score, need.to_date, need.product_id))[:most]


def _why(times: int, low: float, high: float, silent: int) -> str:
    if round(low) == round(high):
        rhythm = _("Bought on %(times)s days, about every %(gap)s")
    else:
        rhythm = _("Bought on %(times)s days, every %(low)s to %(gap)s")
    facts = {"times": number_word(times), "low": number_word(round(low)), "gap": days_word(high)}
    return _("%(rhythm)s; the latest %(silence)s ago.") % {"rhythm": rhythm % facts, "silence": days_word(silent)}


def _quantile(values: Sequence[int], share: float) -> float:
    """By straight lines between the ordered values, as statistics programs do by default."""
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _day() -> date:
    own = current_firm()
    today = own.day_of(timezone.now())
    latest = None if own.feed_live else latest_refresh()
    return min(latest.as_of_date, today) if latest else today
