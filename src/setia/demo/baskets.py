"""What each order holds: products, quantities, promotion, total; drawn block by block in the order of time.

An order's value is drawn from the truth first; then one to three products are chosen, by the buyer's habit or by what
is popular, and so many of each that their prices come to that value. Rounding to whole pieces goes up or down by
chance, so that on average the value is met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setia.demo import shop
from setia.demo.history import ADJUSTMENT, DAY_SECONDS, FREE, KINDS, NOBODY, PURCHASE, RETURN, History
from setia.demo.truth import Bools, Floats, Ints, Truth, generator

BLOCK = 200_000

_PRICES = np.array([one.price for one in shop.PRODUCTS])
_POPULARITY = np.array([one.popularity for one in shop.PRODUCTS], dtype=np.float64)
_HAMPERS = np.array([one.name.startswith("Hampers") for one in shop.PRODUCTS])
_INSTEAD_OF_HAMPERS = next(place for place, one in enumerate(shop.PRODUCTS) if one.name.startswith("Paket Cicip"))
_SAMPLE = next(place for place, one in enumerate(shop.PRODUCTS) if one.code == shop.SAMPLE)
_NAMES = tuple(one.name for one in shop.PRODUCTS)
# A share of the money below the first bound buys from the cheapest products, and so on upwards.
_BOUNDS = np.geomspace(16_000, 3_500_000, 14)
_CHANNEL_SHARES = np.array(list(shop.CHANNELS.values()))
_FAVOURITES = 3
_WALK_IN_RATE = 1 / 12_000  # of a Gamma(5.5) value: 66,000 rupiah on average


@dataclass(frozen=True)
class Keys:
    """The ids the rows get: first ids of the reserved ranges, and each product's."""

    source: str
    first_customer: int
    first_order: int
    products: Ints


@dataclass(frozen=True)
class Block:
    """Some orders with their lines, ready to be copied: column names are the tables'."""

    orders: pa.Table
    lines: pa.Table


def blocks(history: History, keys: Keys, *, zone: ZoneInfo, truth: Truth | None = None) -> Iterator[Block]:
    """All orders of a history, in the order of time, `BLOCK` at a time."""
    basket = _Baskets(history, keys, zone, truth or Truth())
    for number, start in enumerate(range(0, history.orders, BLOCK)):
        yield basket.block(number, start, min(start + BLOCK, history.orders))


class _Baskets:
    """Draws the blocks one after the other; keeps the lines of orders that will come back until they do."""

    def __init__(self, history: History, keys: Keys, zone: ZoneInfo, truth: Truth) -> None:
        self.history, self.keys, self.truth = history, keys, truth
        self.epoch_second = epoch(history, zone)
        self.first_day = (history.first_date - date(1970, 1, 1)).days
        random = generator(history.seed, 4)
        customers = history.customers
        self.favourites = random.choice(
            len(_PRICES), (customers, _FAVOURITES), p=_POPULARITY / _POPULARITY.sum()
        ).astype(np.int8)
        self.channel = random.choice(len(_CHANNEL_SHARES), customers, p=_CHANNEL_SHARES).astype(np.int8)
        self.tables = _popular_up_to_bound()
        returns = np.flatnonzero(history.kind == RETURN)
        self.comes_back = np.zeros(history.orders, dtype=np.bool_)
        self.comes_back[history.reverses[returns]] = True
        self.back_whole = np.zeros(history.orders, dtype=np.bool_)
        self.back_whole[history.reverses[returns]] = history.whole[returns]
        self.kept: list[_Lines] = []

    def block(self, number: int, start: int, stop: int) -> Block:
        history = self.history
        random = generator(history.seed, 5, number)
        order = np.arange(start, stop)
        kind = history.kind[start:stop]
        lines = self._bought(order[kind == PURCHASE], random)
        codes = np.full(stop - start, -1)
        codes[kind == PURCHASE] = self._codes(order[kind == PURCHASE], random)
        gross = np.bincount(lines.order - start, lines.quantity * lines.price, stop - start).astype(np.int64)
        percent = np.array([0, *(one.percent for one in history.promotions)])[codes + 1]
        discount = gross * percent // 10_000 * 100
        back = self.comes_back[lines.order]
        self.kept.append(lines.only(back, gross[lines.order - start], discount[lines.order - start]))
        returned, back_gross, back_discount = self._returned(order[kind == RETURN], start, stop)
        gross += back_gross
        discount += back_discount
        free = order[kind == FREE]
        samples = _Lines.of(free, np.full(len(free), _SAMPLE), np.ones(len(free), dtype=np.int64), free * 0)
        correction = order[kind == ADJUSTMENT]
        small = -random.integers(5, 60, len(correction)) * 500
        gross[correction - start] = small
        no_product = np.full(len(correction), -1)
        corrections = _Lines.of(correction, no_product, np.ones(len(correction), dtype=np.int64), small)
        total = gross - discount
        lines = _Lines.joined([lines, returned, samples, corrections])
        count = np.bincount(lines.order - start, minlength=stop - start)
        whole = self.back_whole[order] | (self.comes_back[order] & (count == 1))
        return Block(self._orders(order, total, discount, codes, whole, random), self._lines(lines, count))

    def _bought(self, order: Ints, random: np.random.Generator) -> "_Lines":
        """Lines of purchases, ordered by order."""
        history, truth = self.history, self.truth
        who = history.who[order]
        rate = np.where(who == NOBODY, _WALK_IN_RATE, history.people.spend_rate[who])
        value = random.gamma(truth.p, 1.0, len(order)) / rate
        pieces = np.where(value < 30_000, 1, random.choice(3, len(order), p=[0.46, 0.34, 0.20]) + 1)
        line_order = np.repeat(np.arange(len(order)), pieces)
        part = random.gamma(3.0, 1.0, len(line_order))
        part *= value[line_order] / np.bincount(line_order, part, len(order))[line_order]
        product = self._choose(who[line_order], part, random)
        day = history.seconds[order[line_order]] // DAY_SECONDS
        product = np.where(_HAMPERS[product] & history.quiet_of_hampers[day], _INSTEAD_OF_HAMPERS, product)
        wanted = part / _PRICES[product]
        quantity = np.maximum(np.floor(wanted + random.random(len(wanted))).astype(np.int64), 1)
        return _Lines.of(order[line_order], product, quantity, _PRICES[product])

    def _choose(self, who: NDArray[np.int32], money: Floats, random: np.random.Generator) -> Ints:
        """A product per line that its share of the money can buy: a favourite of the buyer, else a popular one."""
        band = np.searchsorted(_BOUNDS, money)
        draw = random.random(len(money))
        popular = np.empty(len(money), dtype=np.int64)
        for number, (products, ends) in enumerate(self.tables):
            mine = np.flatnonzero(band == number)
            popular[mine] = products[np.searchsorted(ends, draw[mine], side="right").clip(max=len(products) - 1)]
        favourite = self.favourites[who, random.integers(0, _FAVOURITES, len(money))]
        use = (who != NOBODY) & (random.random(len(money)) < 0.6) & (_PRICES[favourite] <= money)
        return np.where(use, favourite, popular)

    def _codes(self, order: Ints, random: np.random.Generator) -> Ints:
        """The promotion each purchase used, −1 for none."""
        history = self.history
        who = history.who[order]
        people = history.people
        running = history.promotion_of_day[history.seconds[order] // DAY_SECONDS]
        share = np.where(people.is_waiter[who], 0.92, np.where(people.is_company[who], 0.1, 0.38))
        share = np.where(who == NOBODY, 0.15, share)
        uses = history.with_code[order] | (random.random(len(order)) < share)
        return np.where(uses, running, -1)

    def _returned(self, order: Ints, start: int, stop: int) -> "tuple[_Lines, Ints, Ints]":
        """Lines of returns: those of the order they name turned round, all of them or the first alone."""
        history = self.history
        gross, discount = np.zeros(stop - start, dtype=np.int64), np.zeros(stop - start, dtype=np.int64)
        if not len(order):
            return _Lines.joined([]), gross, discount
        self.kept = [_Lines.joined(self.kept)]
        origin = history.reverses[order].astype(np.int64)
        by_origin = np.argsort(origin)
        place = np.searchsorted(origin[by_origin], self.kept[0].order).clip(max=len(origin) - 1)
        found = origin[by_origin][place] == self.kept[0].order
        lines = self.kept[0].only(found)
        self.kept = [self.kept[0].only(~found)]
        returning = order[by_origin][place[found]]
        first = np.concatenate([[True], lines.order[1:] != lines.order[:-1]])
        taken = history.whole[returning] | first
        lines, returning = lines.only(taken), returning[taken]
        amount = lines.quantity * lines.price
        back = np.bincount(returning - start, amount, stop - start).astype(np.int64)
        ordered, off = np.zeros_like(back), np.zeros_like(back)
        ordered[returning - start], off[returning - start] = lines.gross, lines.discount
        discount -= np.where(back == ordered, off, off * back // np.maximum(ordered, 1) // 100 * 100)
        gross -= back
        return (
            _Lines(returning, lines.product, -lines.quantity, lines.price, lines.gross, lines.discount),
            gross,
            discount,
        )

    def _orders(
        self, order: Ints, total: Ints, discount: Ints, codes: Ints, whole: Bools, random: np.random.Generator
    ) -> pa.Table:
        history, keys = self.history, self.keys
        who, kind = history.who[order], history.kind[order]
        second = history.seconds[order].astype(np.int64)
        usual = random.random(len(order)) < 0.8
        drawn = random.choice(len(_CHANNEL_SHARES), len(order), p=_CHANNEL_SHARES)
        channel = np.where(who == NOBODY, 0, np.where(usual, self.channel[who], drawn))
        moment = pa.array(second + self.epoch_second).cast(pa.timestamp("s", "UTC"))
        origin = history.reverses[order].astype(np.int64)
        prefix = np.where(kind == RETURN, 1, np.where(kind == ADJUSTMENT, 2, 0))
        serial = pc.utf8_lpad(pa.array(order + 1).cast(pa.string()), width=8, padding="0")
        note = np.where(kind == ADJUSTMENT, 0, np.where(kind == FREE, 1, -1))
        return pa.table(
            {
                "id": keys.first_order + order,
                "source": _same(keys.source, len(order)),
                "number": pc.binary_join_element_wise(_of(("KN", "KR", "KP"), prefix), serial, "-"),
                "numbered": _same(True, len(order)),
                "customer_id": pa.array(keys.first_customer + who.astype(np.int64), mask=who == NOBODY),
                "ordered_at": moment,
                "day": pa.array((second // DAY_SECONDS + self.first_day).astype(np.int32), pa.date32()),
                "kind": _of(KINDS, kind),
                "cancelled": _same(False, len(order)),
                "total": total,
                "discount": discount,
                "promotion_code": _of(("", *(one.code for one in history.promotions)), codes + 1),
                "channel": pc.if_else(pa.array(kind == ADJUSTMENT), "", _of(tuple(shop.CHANNELS), channel)),
                "reverses_id": pa.array(keys.first_order + origin, mask=origin == NOBODY),
                "reversed": whole,
                "note": _of(("Selisih kas", "Sampel gratis", ""), np.where(note < 0, 2, note)),
                "created_at": moment,
            }
        )

    def _lines(self, lines: "_Lines", count: Ints) -> pa.Table:
        by_order = np.argsort(lines.order, kind="stable")
        count = count[count > 0]
        position = np.arange(len(by_order)) - np.repeat(np.cumsum(count) - count, count) + 1
        product, quantity, price = lines.product[by_order], lines.quantity[by_order], lines.price[by_order]
        return pa.table(
            {
                "order_id": self.keys.first_order + lines.order[by_order],
                "position": position,
                "product_id": pa.array(self.keys.products[product], mask=product < 0),
                "description": _of((*_NAMES, "Selisih kas"), product % (len(_NAMES) + 1)),
                "quantity": quantity,
                "unit_price": price,
                "discount": _same(0, len(by_order)),
                "amount": quantity * price,
            }
        )


@dataclass(frozen=True)
class _Lines:
    """Order lines as columns; `gross` and `discount` are those of the whole order, kept for returns alone."""

    order: Ints
    product: Ints
    quantity: Ints
    price: Ints
    gross: Ints
    discount: Ints

    @classmethod
    def of(cls, order: Ints, product: Ints, quantity: Ints, price: Ints) -> "_Lines":
        nothing = np.zeros(len(order), dtype=np.int64)
        return cls(order, product, quantity, price, nothing, nothing)

    @classmethod
    def joined(cls, parts: "list[_Lines]") -> "_Lines":
        none = np.zeros(0, dtype=np.int64)
        return cls(
            *(np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in cls.__dataclass_fields__)
        )

    def only(self, which: Bools, gross: Ints | None = None, discount: Ints | None = None) -> "_Lines":
        gross = self.gross if gross is None else gross
        discount = self.discount if discount is None else discount
        columns = (self.order, self.product, self.quantity, self.price, gross, discount)
        return _Lines(*(column[which] for column in columns))


def _popular_up_to_bound() -> list[tuple[Ints, Floats]]:
    """Per band of money: the products it can buy, and their cumulated shares. More money turns to dearer products."""
    tables = []
    for bound in (0.0, *_BOUNDS):
        floor = max(bound, float(_PRICES.min()))
        products = np.flatnonzero(floor >= _PRICES)
        weights = _POPULARITY[products] * (_PRICES[products] / floor) ** 0.7
        tables.append((products, np.cumsum(weights) / weights.sum()))
    return tables


def _of(words: tuple[str, ...], places: NDArray[np.integer]) -> pa.Array:
    return pa.array(words).take(pa.array(places.astype(np.int64)))


def _same(value: object, count: int) -> pa.Array:
    return pa.repeat(value, count)


def epoch(history: History, zone: ZoneInfo) -> int:
    """The Unix second at which the history's first day begins in the firm's zone."""
    return int(datetime.combine(history.first_date, clock_time(), tzinfo=zone).astimezone(UTC).timestamp())
