"""The shop's whole history as arrays, before anything is written: who was first seen when, and every order's customer,
moment and kind, in the order of time.

It is small (about 40 bytes an order), so ten million orders fit in memory; what an order holds is drawn block by block
afterwards (`baskets`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from setia.demo import seasons
from setia.demo.named import NAMED, Named
from setia.demo.truth import Bools, Floats, Ints, Population, Truth, generator, population, purchases, speed_for

YEARS = 3
DAY_SECONDS = 86_400

PURCHASE, RETURN, FREE, ADJUSTMENT = range(4)
KINDS = ("PURCHASE", "RETURN", "FREE", "ADJUSTMENT")
NOBODY = -1
_NEVER = np.iinfo(np.int64).max


class TooFewOrders(Exception):
    """Fewer orders were asked for than there are customers who buy: everyone of them has a first one. `least` says how
    many it takes."""

    def __init__(self, least: int) -> None:
        super().__init__(f"this many customers make at least {least} orders")
        self.least = least


@dataclass(frozen=True)
class History:
    """Customers in the order of first sight; orders in the order of time. Times in seconds since the start of
    `first_date` in the firm's zone."""

    first_date: date
    latest_date: date
    seed: int
    people: Population
    promotions: list[seasons.Promotion]
    promotion_of_day: Ints
    quiet_of_hampers: Bools
    named: dict[int, Named]
    seen: Ints
    who: NDArray[np.int32]
    seconds: NDArray[np.int32]
    kind: NDArray[np.int8]
    reverses: NDArray[np.int32]
    whole: Bools
    with_code: Bools

    @property
    def customers(self) -> int:
        return len(self.seen)

    @property
    def orders(self) -> int:
        return len(self.who)


def simulate(
    *, customers: int, orders: int | None, seed: int, at: datetime, zone: ZoneInfo, truth: Truth | None = None
) -> History:
    """Three years of the shop up to the moment `at`. The same arguments give the same history.

    `orders` is met exactly by drawing the customers' rates faster or slower and the number of walk-ins to fit; None
    leaves both to `truth`. Raises TooFewOrders.
    """
    truth = truth or Truth()
    now = at.astimezone(zone)
    latest_date = now.date()
    first_date = latest_date - timedelta(days=round(365.25 * YEARS) - 1)
    clock = seasons.intensity(first_date, latest_date)
    days = len(clock)
    calendar = seasons.promotions(first_date, latest_date)
    waiting = seasons.promotion_pull(first_date, latest_date, calendar)
    promotion_of_day = seasons.in_promotion(first_date, latest_date, calendar)

    people = population(truth, customers, days, seed=seed, arrivals=clock)
    named = dict(enumerate(NAMED[:customers]))
    for place in named:
        people.first[place] = np.nan
        people.is_company[place] = named[place].kind == "COMPANY"
        people.spend_rate[place] = truth.p / named[place].spends
    bought_by_named = _named_purchases(named, promotion_of_day, days)

    faster = 1.0
    if orders is not None:
        buyers = int((~np.isnan(people.first)).sum())
        room = orders - len(bought_by_named[0]) - sum(_others(orders, truth))
        if room < buyers:
            raise TooFewOrders(_least(buyers + len(bought_by_named[0]), truth))
        faster = speed_for(room - orders * truth.walk_ins, people, clock, waiting, seed=seed)
    who, day = purchases(people, clock, waiting, seed=seed, faster=faster)
    random = generator(seed, 3)
    if orders is not None:
        who, day = _at_most(room, who, day, people, random)

    by_named = len(bought_by_named[0])
    who, day = (np.concatenate([mine, drawn]) for mine, drawn in zip(bought_by_named, (who, day), strict=True))
    second = _moments(day, days, now, random)
    with_code = np.zeros(len(who), dtype=np.bool_)
    with_code[:by_named] = [named[int(one)].code for one in who[:by_named]]
    first_second = np.full(customers, _NEVER)
    np.minimum.at(first_second, who, second)
    latest = _moment(now, days)
    seen = _first_sight(first_second, latest, random)
    return _in_order(
        History(
            first_date=first_date,
            latest_date=latest_date,
            seed=seed,
            people=people,
            promotions=calendar,
            promotion_of_day=promotion_of_day,
            quiet_of_hampers=_no_hampers(first_date, latest_date),
            named=named,
            seen=seen,
            who=who.astype(np.int32),
            seconds=second.astype(np.int32),
            kind=np.full(len(who), PURCHASE, dtype=np.int8),
            reverses=np.full(len(who), NOBODY, dtype=np.int32),
            whole=np.zeros(len(who), dtype=np.bool_),
            with_code=with_code,
        ),
        truth,
        orders,
        latest,
        clock,
        random,
    )


def _named_purchases(named: dict[int, Named], promotion_of_day: Ints, days: int) -> tuple[Ints, Floats]:
    who: list[int] = []
    when: list[float] = []
    for place, one in named.items():
        ago = list(one.bought_days_ago)
        if one.code:  # the first day of every promotion
            starts = np.flatnonzero((promotion_of_day[1:] >= 0) & (promotion_of_day[1:] != promotion_of_day[:-1])) + 1
            ago = [int(days - 1 - start) for start in starts[-14:]]
        who += [place] * len(ago)
        when += [days - 1 - one_ago + 0.5 for one_ago in ago]
    return np.array(who, dtype=np.int64), np.array(when)


def _others(total: float, truth: Truth) -> tuple[int, int, int]:
    """How many returns, free samples and adjustments go with `total` orders."""
    return round(total * truth.returns), round(total * truth.free), min(YEARS * 12, int(total) // 50)


def _least(purchases_at_least: int, truth: Truth) -> int:
    """The smallest number of orders that holds so many purchases and what goes with them."""
    least = purchases_at_least
    while least - sum(_others(least, truth)) < purchases_at_least:
        least += 1
    return least


def _at_most(room: int, who: Ints, day: Floats, people: Population, random: np.random.Generator) -> tuple[Ints, Floats]:
    """Leave out repeat purchases at random where chance made more than there is room for."""
    surplus = len(who) - room
    if surplus <= 0:
        return who, day
    repeats = np.flatnonzero(day != people.first[who])
    keep = np.ones(len(who), dtype=np.bool_)
    keep[random.choice(repeats, surplus, replace=False)] = False
    return who[keep], day[keep]


def _moment(now: datetime, days: int) -> int:
    return (days - 1) * DAY_SECONDS + now.hour * 3600 + now.minute * 60 + now.second


def _moments(day: Floats, days: int, now: datetime, random: np.random.Generator) -> Ints:
    """Seconds since the start, for purchases on the calendar: the hour is drawn from the shop's, today's lie before
    now."""
    whole_day = np.minimum(day.astype(np.int64), days - 1)
    hour = np.where(
        random.random(len(day)) < 0.45, random.normal(11.0, 1.9, len(day)), random.normal(18.2, 2.3, len(day))
    )
    second = (np.clip(hour, 6.5, 22.9) * 3600).astype(np.int64) + random.integers(0, 60, len(day))
    today = whole_day == days - 1
    passed = (now.hour * 3600 + now.minute * 60 + now.second) / DAY_SECONDS
    second[today] = (second[today] * passed).astype(np.int64)
    return np.asarray(whole_day * DAY_SECONDS + second)


def _first_sight(first: Ints, latest: int, random: np.random.Generator) -> Ints:
    """When a customer was first seen: at the first purchase, one in four some days before; a prospect at any time."""
    ahead = np.where(random.random(len(first)) < 0.25, random.exponential(9 * DAY_SECONDS, len(first)), 300)
    sometime = (random.random(len(first)) * latest).astype(np.int64)
    sight = np.where(first == _NEVER, sometime, first - ahead.astype(np.int64))
    return np.asarray(np.maximum(sight, 0))


def _no_hampers(first: date, latest: date) -> Bools:
    """Days on which no Lebaran hamper is sold."""
    days = (latest - first).days + 1
    out = np.ones(days, dtype=np.bool_)
    for feast in seasons.lebarans(first, latest + timedelta(days=40)):
        start, stop = (feast - first).days - 35, (feast - first).days + 3
        out[max(start, 0) : max(stop, 0)] = False
    return out


def _in_order(
    drawn: History, truth: Truth, orders: int | None, latest: int, clock: Floats, random: np.random.Generator
) -> History:
    """Number the customers by first sight, add what is not a purchase of a customer, and sort everything by time."""
    by_sight = np.argsort(drawn.seen, kind="stable")
    rank = np.empty_like(by_sight)
    rank[by_sight] = np.arange(len(by_sight))
    who, seconds = rank[drawn.who], drawn.seconds.astype(np.int64)
    people = Population(**{name: getattr(drawn.people, name)[by_sight] for name in Population.__dataclass_fields__})
    named = {int(rank[place]): one for place, one in drawn.named.items()}

    bought = len(who)
    total = orders if orders is not None else bought / (1 - truth.walk_ins - truth.returns - truth.free)
    ordinary = np.flatnonzero(~np.isin(who, list(named)) & (seconds < latest - 2 * DAY_SECONDS))
    returns, samples, corrections = _others(total, truth)
    returned = random.choice(ordinary, min(returns, len(ordinary)), replace=False)
    back = seconds[returned] + (random.random(len(returned)) * np.minimum(latest - seconds[returned], 14 * DAY_SECONDS))
    strangers = np.setdiff1d(np.arange(drawn.customers), list(named))
    free = random.choice(strangers, samples) if len(strangers) else strangers
    seen = drawn.seen[by_sight]
    given = seen[free] + (random.random(len(free)) * (latest - seen[free]))
    adjustments = np.arange(corrections)
    adjusted = (adjustments + 0.9) / YEARS / 12 * latest
    walk_ins = (
        orders - bought - len(returned) - len(free) - len(adjustments)
        if orders is not None
        else round(total * truth.walk_ins)
    )
    ends = np.concatenate([[0.0], np.cumsum(clock)])
    passing = np.interp(random.random(walk_ins) * ends[-1], ends, np.arange(len(ends)))
    passing_seconds = np.minimum(
        passing.astype(np.int64) * DAY_SECONDS + random.integers(9 * 3600, 20 * 3600, walk_ins), latest
    )

    counts = (bought, len(returned), len(free), len(adjustments), walk_ins)
    parts_who = (who, who[returned], free, np.full(len(adjustments), NOBODY), np.full(walk_ins, NOBODY))
    parts_seconds = (seconds, back.astype(np.int64), given.astype(np.int64), adjusted.astype(np.int64), passing_seconds)
    all_kinds = np.repeat(np.array([PURCHASE, RETURN, FREE, ADJUSTMENT, PURCHASE], dtype=np.int8), counts)
    all_seconds = np.concatenate(parts_seconds)
    by_time = np.argsort(all_seconds, kind="stable")
    place = np.empty(len(by_time), dtype=np.int32)
    place[by_time] = np.arange(len(by_time), dtype=np.int32)
    reverses = np.full(len(by_time), NOBODY, dtype=np.int32)
    reverses[bought : bought + len(returned)] = place[returned]
    whole = np.zeros(len(by_time), dtype=np.bool_)
    whole[bought : bought + len(returned)] = random.random(len(returned)) < 0.6
    with_code = np.zeros(len(by_time), dtype=np.bool_)
    with_code[:bought] = drawn.with_code
    return History(
        first_date=drawn.first_date,
        latest_date=drawn.latest_date,
        seed=drawn.seed,
        people=people,
        promotions=drawn.promotions,
        promotion_of_day=drawn.promotion_of_day,
        quiet_of_hampers=drawn.quiet_of_hampers,
        named=named,
        seen=seen,
        who=np.concatenate(parts_who).astype(np.int32)[by_time],
        seconds=all_seconds.astype(np.int32)[by_time],
        kind=all_kinds[by_time],
        reverses=reverses[by_time],
        whole=whole[by_time],
        with_code=with_code[by_time],
    )


def bought_something(history: History) -> Bools:
    """Which customers have bought at least once."""
    out = np.zeros(history.customers, dtype=np.bool_)
    out[history.who[(history.kind == PURCHASE) & (history.who != NOBODY)]] = True
    return out
