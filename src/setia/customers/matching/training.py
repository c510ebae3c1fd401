"""Weights learnt from a firm's own records, without anybody marking doubles for it.

Expectation maximisation (Dempster, Laird and Rubin 1977, as Winkler 1988 uses it on Fellegi and Sunter's model): with
the weights at hand every pair has a certainty; the levels counted by certainty give new chances among doubles, those of
pairs taken at random the chances among strangers; and so on until nothing moves.

The built-in weights stand in for some doubles and some strangers of their own (`DOUBLES`, `STRANGERS`), so few records
change little. Two things are not learnt. Pairs a guard holds back teach nothing about doubles: what looks so is mostly
families and namesakes. And how often doubles differ in what the guards watch (`WATCHED`) stays as built in, for the
same reason. A person's decisions are not used here either: they are what trained weights are checked by (`misjudged`).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from setia.customers.matching.levels import WEIGHED, weighed
from setia.customers.matching.score import NAME, certainty, decode, guard, name_bits
from setia.customers.matching.weights import BUILT_IN, REFERENCE, Weights

DOUBLES = 200
"""So many doubles of the built-in kind are counted beside the firm's own."""
STRANGERS = 20_000
"""So many strangers of the built-in kind are counted beside the firm's own."""
SHARED = 5
"""So many strangers who share an identifying thing, as often as built in, are counted beside the firm's own."""
ROUNDS = 12
STILL = 0.002
"""Bits by which the largest weight may still move when it is enough."""
ENOUGH = 50
"""Doubles expected among the firm's records below which nothing is learnt."""
SURE = 0.95
WATCHED = {
    "name": {"some", "alike", "different"},
    "birthday": {"different"},
    "tax_id": {"near", "different"},
    "gender": {"different"},
}


@dataclass(frozen=True)
class Tally:
    """What a search saw. `pairs` holds (code of the levels, bearers of the name both have, how many pairs);
    `strangers` how often pairs taken at random had each level, by comparison, out of `drawn`."""

    records: int
    pairs: tuple[tuple[int, int | None, int], ...]
    strangers: Mapping[str, Mapping[str, int]]
    drawn: int


@dataclass(frozen=True)
class Trained:
    """Weights, on how many pairs they were learnt, and how many doubles were expected among them."""

    weights: Weights
    pairs: int
    doubles: float


@dataclass(frozen=True)
class Misjudged:
    """How weights judge pairs that people decided about: sure of `wrong` pairs that were rejected, not sure of `missed`
    ones that were accepted; `loss` is the mean logarithm of the certainty given to the right answer, negated."""

    pairs: int
    wrong: int
    missed: int
    loss: float

    def is_no_worse_than(self, other: "Misjudged") -> bool:
        """Whether nothing more would be joined wrongly, and the answers fit at least as well."""
        return self.wrong <= other.wrong and self.loss <= other.loss


def train(tally: Tally, *, built_in: Weights = BUILT_IN) -> Trained | None:
    """Weights learnt from what a search saw; None when fewer than `ENOUGH` doubles are to be expected."""
    seen = [(decode(code), times, count) for code, times, count in tally.pairs]
    free = [one for one in seen if not guard(one[0])]
    weights, expected = built_in, 0.0
    for _round in range(ROUNDS):
        counted, shared, expected = _expected(seen, free, weights, tally.records)
        if expected < ENOUGH:
            return None
        learnt = _maximised(counted, shared, expected, tally, built_in)
        moved = max(
            abs(learnt.bits(name, level, tally.records) - weights.bits(name, level, tally.records))
            for name, rows in learnt.chances
            for level, _m, _u in rows
        )
        weights = learnt
        if moved < STILL:
            break
    return Trained(weights, sum(count for _levels, _times, count in seen), expected)


def misjudged(weights: Weights, decided: Iterable[tuple[int, bool]], *, records: int) -> Misjudged:
    """Pairs that people decided about, (code of the levels, whether they are one customer), by these weights.

    How common the name is was not kept with them and counts as average.
    """
    pairs = wrong = missed = 0
    loss = 0.0
    for code, is_double in decided:
        levels = decode(code)
        bits = weights.prior_bits(records) + sum(weights.bits(name, level, records) for name, level in weighed(levels))
        sure = certainty(bits, guard(levels))
        pairs += 1
        wrong += sure >= SURE and not is_double
        missed += sure < SURE and is_double
        loss -= math.log(min(max(sure if is_double else 1 - sure, 0.001), 1))
    return Misjudged(pairs, wrong, missed, loss / max(pairs, 1))


_Seen = list[tuple[tuple[str | None, ...], int | None, int]]
_Counted = dict[tuple[str, str], float]


def _expected(seen: _Seen, free: _Seen, weights: Weights, records: int) -> tuple[_Counted, _Counted, float]:
    """The levels of doubles, those of strangers among the pairs seen, and how many doubles: all by certainty."""
    bits = {
        (name, level): weights.bits(name, level, records) for name, rows in weights.chances for level, _m, _u in rows
    }
    prior = weights.prior_bits(records)
    doubles: _Counted = defaultdict(float)
    strangers: _Counted = defaultdict(float)
    expected = 0.0
    for levels, _times, count in seen:
        for pair in weighed(levels):
            strangers[pair] += count
    for levels, times, count in free:
        had = weighed(levels)
        sum_of = prior + sum(bits[pair] for pair in had)
        if levels[NAME] == "same" and times is not None:
            sum_of += name_bits(times, weights, records)
        sure = certainty(sum_of, "") * count
        expected += sure
        for pair in had:
            doubles[pair] += sure
            strangers[pair] -= sure
    return doubles, strangers, expected


def _maximised(doubles: _Counted, shared: _Counted, expected: float, tally: Tally, built_in: Weights) -> Weights:
    """The chances that fit what was counted, the built-in ones counted in."""
    every = tally.records * (tally.records - 1) / 2
    chances = []
    for one in WEIGHED:
        drawn = tally.strangers.get(one.name, {})
        known = sum(drawn.values())
        held = WATCHED.get(one.name, set())
        learning = [level.name for level in one.levels if level.name not in held]
        left = 1 - sum(built_in.m(one.name, level) for level in held)
        whole = sum(doubles[one.name, level] + DOUBLES * built_in.m(one.name, level) for level in learning)
        rows = []
        for level in one.levels:
            m, u = built_in.m(one.name, level.name), built_in.u(one.name, level.name)
            if level.name in learning:
                m = left * (doubles[one.name, level.name] + DOUBLES * m) / whole
            if level.identifies:
                # Too rare to be met among pairs taken at random: counted among all that share it.
                pairs = every * known / max(tally.drawn, 1)
                scaled = u * REFERENCE / max(tally.records, 100)
                found = max(shared[one.name, level.name], 0.0)
                u = (found + SHARED) / (pairs + SHARED / scaled) * max(tally.records, 100) / REFERENCE
            else:
                u = (drawn.get(level.name, 0) + STRANGERS * u) / (known + STRANGERS)
            rows.append((level.name, m, u))
        chances.append((one.name, tuple(rows)))
    ready = (expected + DOUBLES * built_in.doubles) / (tally.records + DOUBLES)
    return Weights(tuple(chances), doubles=min(max(ready, 0.001), 0.5))
