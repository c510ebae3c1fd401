"""How the simulated customers behave: the model, its parameters, and its drawing.

Purchases follow the MBG/NBD model (Batislam, Denizel & Filiztekin 2007): while active, a customer buys as a Poisson
process of rate λ, and after every purchase, the first one too, leaves for good with probability p. Across customers
λ ~ Gamma(r, rate α) and p ~ Beta(a, b), independent. What an order is worth follows the Gamma-Gamma model (Fader &
Hardie 2013): order values of a customer ~ Gamma(p, rate ν), ν ~ Gamma(q, rate γ), independent of λ.

Time runs on the shop's clock, on which a busy day is longer than a quiet one (`seasons`): drawing the process there
and reading the calendar day off afterwards gives seasons without leaving the model. Three groups depart from it on
purpose and are small: buyers who wait for promotions run on a clock of their own, standing orders come at regular gaps,
and companies spend a multiple.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_BLOCK = 50_000


@dataclass(frozen=True)
class Truth:
    """The parameters behind the demo's customers. Time in days of the shop's clock, money in rupiah."""

    # MBG/NBD. Mean rate r/α is one purchase in 50 days; a/(a+b) leave after a purchase.
    r: float = 0.85
    alpha: float = 42.0
    a: float = 0.75
    b: float = 3.6
    # Gamma-Gamma. Mean order value pγ/(q − 1).
    p: float = 5.5
    q: float = 3.6
    gamma: float = 78_000.0
    # Who is in the customer list.
    companies: float = 0.09
    company_factor: float = 9.0
    prospects: float = 0.06
    promotion_waiters: float = 0.12
    standing_orders: float = 0.03
    yearly_growth: float = 0.25
    # Shares of all orders.
    walk_ins: float = 0.07
    returns: float = 0.018
    free: float = 0.008

    @property
    def mean_order_value(self) -> float:
        """What an order of a person is worth on average, before promotions, in rupiah."""
        return self.p * self.gamma / (self.q - 1)


@dataclass(frozen=True)
class Population:
    """Who buys, drawn once: one entry per customer in no particular order. `first` is the day of the first purchase on
    the calendar, with its fraction; NaN for a prospect."""

    is_company: Bools
    is_waiter: Bools
    is_standing: Bools
    first: Floats
    rate: Floats
    leaving: Floats
    spend_rate: Floats
    gap_days: Floats


def population(truth: Truth, customers: int, days: int, *, seed: int, arrivals: Floats) -> Population:
    """Draw `customers` customers for a history of `days` days; `arrivals` says how much each day brings new ones."""
    random = generator(seed, 1)
    kind = random.random(customers)
    is_company = kind < truth.companies
    buys = random.random(customers) >= truth.prospects
    habit = random.random(customers)
    growth = arrivals * np.exp(np.log1p(truth.yearly_growth) * np.arange(days) / 365.25)
    first = _on_calendar(random.random(customers) * growth.sum(), np.concatenate([[0.0], np.cumsum(growth)]))
    factor = np.where(is_company, truth.company_factor, 1.0)
    return Population(
        is_company=is_company,
        is_waiter=~is_company & (habit < truth.promotion_waiters),
        is_standing=habit >= 1 - truth.standing_orders,
        first=np.where(buys, first, np.nan),
        rate=random.gamma(truth.r, 1 / truth.alpha, customers),
        leaving=random.beta(truth.a, truth.b, customers),
        spend_rate=random.gamma(truth.q, 1 / truth.gamma, customers) / factor,
        gap_days=random.choice([7.0, 14.0, 30.0, 30.0], customers),
    )


def purchases(
    people: Population, clock: Floats, waiting_clock: Floats, *, seed: int, faster: float = 1.0
) -> tuple[Ints, Floats]:
    """Draw everybody's purchases: (place of the customer in `people`, day on the calendar with its fraction).

    `clock` gives the length of each calendar day on the shop's clock, `waiting_clock` the same for those who wait for
    promotions. `faster` multiplies every rate, so that a wished number of orders can be met. Unordered.
    """
    ends = [np.concatenate([[0.0], np.cumsum(one)]) for one in (clock, waiting_clock)]
    who: list[Ints] = []
    when: list[Floats] = []
    for block, start in enumerate(range(0, len(people.first), _BLOCK)):
        random = generator(seed, 2, block)
        stop = min(start + _BLOCK, len(people.first))
        buyers = start + np.flatnonzero(~np.isnan(people.first[start:stop]))
        standing = buyers[people.is_standing[buyers]]
        for end, members in zip(ends, (~people.is_waiter, people.is_waiter), strict=True):
            mine = buyers[members[buyers] & ~people.is_standing[buyers]]
            customer, at = _mbg(people, mine, _to_clock(people.first[mine], end), end[-1], faster, random)
            who.append(customer)
            when.append(_on_calendar(at, end))
        customer, at = _regular(people, standing, float(len(clock)), faster, random)
        who.append(customer)
        when.append(at)
    return np.concatenate(who), np.concatenate(when)


def speed_for(wanted: float, people: Population, clock: Floats, waiting_clock: Floats, *, seed: int) -> float:
    """By how much to multiply the rates so that about `wanted` purchases come of these customers.

    Found by bisection on at most 20,000 of them, with the same random numbers each time.
    """
    sample = slice(0, 20_000)
    few = replace(people, **{name: getattr(people, name)[sample] for name in people.__dataclass_fields__})
    target = wanted * len(few.first) / len(people.first)
    low, high = 1e-3, 1.0
    while len(purchases(few, clock, waiting_clock, seed=seed, faster=high)[0]) < target and high < 1e4:
        high *= 2
    for _round in range(18):
        middle = (low * high) ** 0.5
        if len(purchases(few, clock, waiting_clock, seed=seed, faster=middle)[0]) < target:
            low = middle
        else:
            high = middle
    return high


def generator(seed: int, *path: int) -> np.random.Generator:
    """The random numbers of one step: the same for the same seed and step, independent of every other's."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=path)))


def _mbg(
    people: Population, who: Ints, first: Floats, end: float, faster: float, random: np.random.Generator
) -> tuple[Ints, Floats]:
    """One round per purchase: who is still there and still inside the window buys once more."""
    customers, times = [who], [first]
    now = first
    while len(who):
        stays = random.random(len(who)) >= people.leaving[who]
        who, now = who[stays], now[stays]
        # A rate of nearly 0 gives a gap of nearly infinity, which is after the end like any other.
        with np.errstate(divide="ignore", over="ignore"):
            now = now + random.exponential(size=len(who)) / (people.rate[who] * faster)
        inside = now < end
        who, now = who[inside], now[inside]
        customers.append(who)
        times.append(now)
    return np.concatenate(customers), np.concatenate(times)


def _regular(
    people: Population, who: Ints, end: float, faster: float, random: np.random.Generator
) -> tuple[Ints, Floats]:
    """Standing orders: a tenth of spread around a fixed gap, until given up after two years on average."""
    customers, times = [who], [people.first[who]]
    until = people.first[who] + random.exponential(730.0, len(who))
    now = people.first[who]
    while len(who):
        gap = people.gap_days[who] / max(faster, 0.2)
        now = now + np.maximum(gap * (1 + 0.1 * random.standard_normal(len(who))), 0.5)
        inside = now < np.minimum(end, until)
        who, now, until = who[inside], now[inside], until[inside]
        customers.append(who)
        times.append(now)
    return np.concatenate(customers), np.concatenate(times)


def _to_clock(day: Floats, ends: Floats) -> Floats:
    return np.asarray(np.interp(day, np.arange(len(ends)), ends))


def _on_calendar(moment: Floats, ends: Floats) -> Floats:
    return np.asarray(np.interp(moment, ends, np.arange(len(ends))))
