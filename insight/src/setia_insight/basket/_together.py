"""Which products go together: more often than by chance, with the chance of a false find held down.

With thousands of products there are millions of pairs, and of a million pairs that have nothing to do with each other
fifty thousand are "significant" at .05. So each pair gets an exact p-value (hypergeometric: given how often each is
bought, how likely is it to meet at least so often?) and the list holds those that survive the procedure of Benjamini &
Hochberg (1995, J. of the Royal Statistical Society B 57(1)): of the pairs shown, at most `level` are false on average.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, triu
from scipy.special import gammaln

from setia_insight.basket._lines import Lines, read
from setia_insight.errors import BadInput


def together(lines: Any, *, by: str = "BASKET", least: int = 5, level: float = 0.05) -> pa.Table:
    """Pairs of products bought together more often than chance explains, both ways round, the surest first.

    `by` says where two products meet: in a ``BASKET``, or with a ``CUSTOMER`` at any time. Products in fewer than
    `least` of those are left out. Columns: `product`, `also`, `count` (int64, where they meet), `support` (float64, of
    all), `confidence` (of those with `product`, the share with `also`), `lift` (confidence over the share of `also`
    among all), `p_value`, `q_value` (the least level at which the pair would be shown).
    """
    if by not in ("BASKET", "CUSTOMER"):
        raise BadInput(f"by is BASKET or CUSTOMER, not {by!r}")
    if least < 1 or not 0.0 < level <= 1.0:
        raise BadInput("least is 1 or more and the level lies between 0 and 1")
    seen = lines if isinstance(lines, Lines) else read(lines)
    _, unit = np.unique(seen.basket if by == "BASKET" else seen.customer, return_inverse=True)
    pairs = np.unique(unit * np.int64(len(seen.products)) + seen.product)
    unit, product = pairs // len(seen.products), pairs % len(seen.products)
    everywhere = int(unit.max()) + 1
    often = np.bincount(product, minlength=len(seen.products))
    kept = np.flatnonzero(often >= least)
    place = np.full(len(seen.products), -1)
    place[kept] = np.arange(len(kept))
    use = place[product] >= 0
    matrix = csr_matrix((np.ones(int(use.sum())), (unit[use], place[product[use]])), shape=(everywhere, len(kept)))
    met = triu(matrix.T @ matrix, k=1).tocoo()
    count = np.rint(met.data).astype(np.int64)
    one, other = often[kept[met.row]], often[kept[met.col]]
    p_value = _by_chance(count, everywhere, one, other)
    # Pairs that never meet have a p-value of 1 and count among the tests.
    tests = len(kept) * (len(kept) - 1) / 2
    order = np.argsort(p_value, kind="stable")
    q_value = np.empty(len(p_value))
    steps = p_value[order] * tests / np.arange(1, len(order) + 1)
    q_value[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0) if len(order) else steps
    shown = np.flatnonzero((q_value <= level) & (count * everywhere > one * other))
    a = np.concatenate([kept[met.row[shown]], kept[met.col[shown]]])
    b = np.concatenate([kept[met.col[shown]], kept[met.row[shown]]])
    twice = np.concatenate([shown, shown])
    confidence = count[twice] / often[a]
    line = np.lexsort((b, a, -confidence, q_value[twice]))
    a, b, twice, confidence = a[line], b[line], twice[line], confidence[line]
    return pa.table(
        {
            "product": seen.products.take(pa.array(a)),
            "also": seen.products.take(pa.array(b)),
            "count": pa.array(count[twice]),
            "support": pa.array(count[twice] / everywhere),
            "confidence": pa.array(confidence),
            "lift": pa.array(confidence * everywhere / often[b]),
            "p_value": pa.array(p_value[twice]),
            "q_value": pa.array(q_value[twice]),
        }
    )


def _by_chance(
    count: NDArray[np.int64], everywhere: int, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How likely two products meet at least `count` times by chance, to about ten digits.

    The upper tail of the hypergeometric distribution, summed for all pairs at once from its first term on. Above what
    is expected each term is smaller than the one before. Of a pair that meets no more often than that, the few places
    where it does not meet are counted instead, and the tail is taken from 1.
    """
    few, many = np.minimum(one, other), np.maximum(one, other)
    below = count * everywhere <= few * many
    drawn = np.where(below, everywhere - many, many)
    k = np.where(below, few - count + 1, count).astype(np.float64)
    rest = (everywhere - few - drawn).astype(np.float64)

    def ways(among: Any, some: Any) -> Any:
        return gammaln(among + 1.0) - gammaln(some + 1.0) - gammaln(among - some + 1.0)

    tail: NDArray[np.float64] = np.exp(ways(few, k) + ways(everywhere - few, drawn - k) - ways(everywhere, drawn))
    open_ = np.flatnonzero(tail)
    term = tail[open_]
    while len(open_):
        at = k[open_]
        term = term * (few[open_] - at) * (drawn[open_] - at) / ((at + 1.0) * (rest[open_] + at + 1.0))
        tail[open_] += term
        k[open_] += 1.0
        more = term > tail[open_] * 1e-17
        open_, term = open_[more], term[more]
    return np.clip(np.where(below, 1.0 - tail, tail), 0.0, 1.0)
