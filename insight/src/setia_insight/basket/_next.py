r"""What a customer needs next: own habits, newest first, mixed with those of customers alike.

A customer is a vector over products. A basket k places before the latest counts `within`^k; the baskets stand in
`groups` equal parts of the customer's history, averaged within each, and a part j before the latest counts
`between`^j. The forecast is `own` parts the customer's vector and 1 - `own` parts the mean vector of the `neighbours`
nearest customers. That is TIFU-KNN (Hu, He, Gao & Zhang 2020, SIGIR); with `own` = 1 and one group it is personal
frequency with recency decay, a rule that is hard to beat (Li, Jullien, Ariannezhad & de Rijke 2023, TOIS 41(4)). What
is still equal is put in order of how often the firm's customers buy it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from setia_insight.basket._lines import Lines, read
from setia_insight.errors import BadInput, InsightError, NotEnoughData

_ROWS = 512
_POPULAR = 1e-6


@dataclass(frozen=True)
class NextBasket:
    """The model; frozen, so `fit` answers with a new one."""

    within: float = 0.9
    groups: int = 7
    between: float = 0.7
    neighbours: int = 300
    own: float = 0.7
    pool: int = 20_000
    """Neighbours are looked for among this many customers, drawn evenly: all of them up to that number."""
    lines: Lines | None = field(default=None, repr=False, compare=False)
    vectors: csr_matrix | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        shares = (self.within, self.between, self.own)
        if not all(0.0 < share <= 1.0 for share in shares) or self.groups < 1 or self.neighbours < 1 or self.pool < 1:
            raise BadInput("within, between and own lie above 0 and up to 1; groups, neighbours and pool are 1 or more")

    @classmethod
    def personal(cls, decay: float = 1.0) -> Self:
        """Personal frequency; a basket k before the latest counts decay^k."""
        return cls(within=decay, groups=1, between=1.0, own=1.0)

    def fit(self, lines: Any) -> Self:
        """Read order lines: `customer`, `day`, `product` (see `read`). Nothing is estimated: a vector is made of each
        customer."""
        return self._of(lines if isinstance(lines, Lines) else read(lines))

    def _of(self, seen: Lines) -> Self:
        n = seen.baskets[seen.customer]
        size, extra = n // self.groups, n % self.groups
        # The later parts take the baskets left over: the first groups - extra hold `size`, the others one more.
        small = (self.groups - extra) * size
        late = seen.place >= small
        part = np.where(
            late, (self.groups - extra) + (seen.place - small) // (size + 1), seen.place // np.maximum(size, 1)
        )
        few = n < self.groups
        part = np.where(few, seen.place, part)
        held = np.where(few, 1, np.where(late, size + 1, size))
        weight = self.within ** (n - 1 - seen.place) * self.between ** (np.minimum(n, self.groups) - 1 - part).astype(
            np.float64
        )
        weight = weight / held / np.minimum(n, self.groups)
        shape = len(seen.customers), len(seen.products)
        return replace(self, lines=seen, vectors=csr_matrix((weight, (seen.customer, seen.product)), shape=shape))

    def recommend(self, customers: ArrayLike | None = None, *, most: int = 10, as_of: int | None = None) -> pa.Table:
        """The `most` likeliest products of each customer's next basket, with the reason for each.

        `customers` by their id (default: all); `as_of` is the day (as a number, see `window.day_number`) that ages are
        counted to, by default the latest day seen. Columns: `customer`, `rank` (int32, from 1), `product`, `score`
        (float64), `reason`: ``OWN`` (the customer buys it), ``ALIKE`` (customers with the same habits do) or
        ``POPULAR``; and what the reason rests on: `times` (int64, own baskets with it), `days_ago` (float64, since the
        latest; NaN if never), `gap_low`, `gap_high` (float64, the middle half of the days between own purchases; NaN
        under three purchases), `people` (int64, customers who ever bought it).
        """
        seen, _ = self._fitted()
        if most < 1:
            raise BadInput(f"most is 1 or more, not {most}")
        rows = np.arange(len(seen.customers)) if customers is None else self._rows(customers)
        products, scores, alike = self._top(rows, most)
        who = np.repeat(rows, products.shape[1])
        chosen = products.ravel()
        evidence = _evidence(seen, who, chosen, int(seen.day.max()) if as_of is None else as_of)
        people = np.bincount(
            np.unique(seen.customer * len(seen.products) + seen.product) % len(seen.products),
            minlength=len(seen.products),
        )
        reason = np.where(evidence["times"] > 0, "OWN", np.where(alike.ravel(), "ALIKE", "POPULAR"))
        return pa.table(
            {
                "customer": seen.customers.take(pa.array(who)),
                "rank": pa.array(np.tile(np.arange(1, products.shape[1] + 1, dtype=np.int32), len(rows))),
                "product": seen.products.take(pa.array(chosen)),
                "score": pa.array(scores.ravel()),
                "reason": pa.array(reason.tolist(), pa.string()),
                **{name: pa.array(values) for name, values in evidence.items()},
                "people": pa.array(people[chosen]),
            }
        )

    def _rows(self, customers: ArrayLike) -> NDArray[np.int64]:
        seen, _ = self._fitted()
        place = {customer: i for i, customer in enumerate(seen.customers.to_pylist())}
        asked = np.atleast_1d(np.asarray(customers)).tolist()
        if unknown := [one for one in asked if one not in place]:
            raise BadInput(f"{len(unknown)} customers have no lines, {unknown[0]!r} for one")
        return np.array([place[one] for one in asked], dtype=np.int64)

    def _top(
        self, rows: NDArray[np.int64], most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Places of the best products, their scores, and whether customers alike have them."""
        seen, vectors = self._fitted()
        width = min(most, len(seen.products))
        popular = np.bincount(seen.product, minlength=len(seen.products)) / len(seen.product)
        products = np.zeros((len(rows), width), dtype=np.int64)
        scores, alike = np.zeros((len(rows), width)), np.zeros((len(rows), width), dtype=np.bool_)
        step = max(1, len(seen.customers) // self.pool)
        crowd = vectors[::step]
        lengths = np.asarray(crowd.multiply(crowd).sum(axis=1)).ravel()
        near = min(self.neighbours, crowd.shape[0])
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            dense = vectors[some].toarray()
            others = np.zeros_like(dense)
            if self.own < 1.0:
                # Squared distances up to each customer's own length, which orders nothing.
                distance = lengths[None, :] - 2.0 * (crowd @ dense.T).T
                found = np.argpartition(distance, near - 1, axis=1)[:, :near]
                chosen = csr_matrix(
                    (np.full(found.size, 1.0 / near), (np.repeat(np.arange(len(some)), near), found.ravel())),
                    shape=(len(some), crowd.shape[0]),
                )
                others = (chosen @ crowd).toarray()
            score = self.own * dense + (1.0 - self.own) * others + _POPULAR * popular
            best = np.argpartition(-score, width - 1, axis=1)[:, :width]
            value = np.take_along_axis(score, best, axis=1)
            order = np.lexsort((best, -value), axis=1)
            best = np.take_along_axis(best, order, axis=1)
            here = slice(start, start + len(some))
            products[here], scores[here] = best, np.take_along_axis(score, best, axis=1)
            alike[here] = np.take_along_axis(others, best, axis=1) > 0
        return products, scores, alike

    def _fitted(self) -> tuple[Lines, csr_matrix]:
        if self.lines is None or self.vectors is None:
            raise InsightError("NextBasket has not been fitted yet: call fit first")
        return self.lines, self.vectors


def _evidence(seen: Lines, who: NDArray[np.int64], product: NDArray[np.int64], as_of: int) -> dict[str, NDArray[Any]]:
    """Of each pair asked: how often, how long ago, and the middle half of the gaps between."""
    width = np.int64(len(seen.products))
    key = seen.customer * width + seen.product
    line = np.argsort(key, kind="stable")  # days stay in order
    key, day = key[line], seen.day[line]
    asked = who * width + product
    first, stop = np.searchsorted(key, asked), np.searchsorted(key, asked, side="right")
    times = stop - first
    ago, low, high = (np.full(len(asked), np.nan) for _ in range(3))
    some = times > 0
    ago[some] = as_of - day[stop[some] - 1]
    for i in np.flatnonzero(times >= 3):
        low[i], high[i] = np.quantile(np.diff(day[first[i] : stop[i]]), (0.25, 0.75))
    return {"times": times, "days_ago": ago, "gap_low": low, "gap_high": high}


CANDIDATES: Mapping[str, NextBasket] = {
    "PERSONAL": NextBasket.personal(),
    "PERSONAL_RECENT": NextBasket.personal(0.9),
    "PERSONAL_NEWEST": NextBasket.personal(0.7),
    "TIFU_KNN": NextBasket(),
    "PERSONAL_AND_ALIKE": NextBasket(within=1.0, groups=1, between=1.0, own=0.9),
    "RECENT_AND_ALIKE": NextBasket(within=0.9, groups=1, between=1.0, own=0.9),
}
"""What `choose` lets compete, by name."""


@dataclass(frozen=True)
class Choice:
    """`scores` has a row for each candidate; `winner` is the one to take, fitted on everything; `why` says so."""

    scores: pa.Table
    name: str
    winner: NextBasket
    why: str


def choose(
    lines: Any, *, candidates: Mapping[str, NextBasket] = CANDIDATES, most: int = 10, customers: int = 5_000
) -> Choice:
    """Hold back every customer's latest basket, let each candidate foretell it, take the best.

    Up to `customers` of those with two or more baskets are asked about, drawn evenly. Columns of `scores`: `name`,
    `recall`, `ndcg` (float64, means over customers, of the `most` likeliest), `behind`, `behind_error` (how far its
    NDCG is below the best, and the standard error of that), `customers` (int64). Raises `NotEnoughData` under 30.
    """
    seen = lines if isinstance(lines, Lines) else read(lines)
    known, held = seen.without_latest()
    tested = np.unique(held.customer)
    if len(tested) < 30:
        raise NotEnoughData("choose", {"customers_with_two_baskets": 30}, {"customers_with_two_baskets": len(tested)})
    tested = tested[:: max(1, len(tested) // customers)][:customers]
    results = {name: score(model._of(known), held, tested, most) for name, model in candidates.items()}
    best = max(results, key=lambda name: float(results[name][1].mean()))
    rows = []
    for name, (recall, ndcg) in results.items():
        gap = results[best][1] - ndcg
        rows.append(
            {
                "name": name,
                "recall": float(recall.mean()),
                "ndcg": float(ndcg.mean()),
                "behind": float(gap.mean()),
                "behind_error": float(gap.std(ddof=1) / np.sqrt(len(gap))),
                "customers": len(tested),
            }
        )
    said = f"{best} foretold the latest baskets of {len(tested):,} customers best: NDCG@{most} "
    said += f"{results[best][1].mean():.4f}, recall {results[best][0].mean():.4f}."
    return Choice(pa.Table.from_pylist(rows), best, candidates[best]._of(seen), said)


def score(
    model: NextBasket, held: Lines, customers: NDArray[np.int64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and NDCG of each customer's `most` likeliest products against the basket in `held`."""
    products, _, _ = model._top(customers, most)
    width = np.int64(len(held.products))
    truth = np.sort(held.customer * width + held.product)
    asked = customers[:, None] * width + products
    hit = np.isin(asked, truth)
    size = np.bincount(held.customer, minlength=int(customers.max()) + 1)[customers]
    gain = 1.0 / np.log2(np.arange(2, products.shape[1] + 2))
    ideal = np.cumsum(gain)[np.minimum(size, products.shape[1]) - 1]
    return hit.sum(axis=1) / size, (hit * gain).sum(axis=1) / ideal
