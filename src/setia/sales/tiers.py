"""The ladder of a commission rule: what a month's base earns, tier by tier."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Tiers = Sequence[tuple[Decimal, Decimal]]
"""(from amount, percent), climbing, the first from 0."""


class BadTiers(ValueError):
    """The ladder does not begin at 0, does not climb, or holds a percent outside 0 to 100."""


def tiers_of(rule: Any) -> list[tuple[Decimal, Decimal]]:
    """A rule's tiers as numbers. Raises `BadTiers`."""
    return checked([(Decimal(start), Decimal(percent)) for start, percent in rule.tiers])


def checked(tiers: list[tuple[Decimal, Decimal]]) -> list[tuple[Decimal, Decimal]]:
    """The ladder, if it is one. Raises `BadTiers`."""
    starts = [start for start, _percent in tiers]
    climbing = starts == sorted(set(starts))
    if not tiers or starts[0] != 0 or not climbing or not all(0 <= percent <= 100 for _start, percent in tiers):
        raise BadTiers
    return tiers


def earned(tiers: Tiers, base: Decimal) -> Decimal:
    """What a month's base earns: each part of it the percent of the tier it falls into."""
    total = Decimal(0)
    for place, (start, percent) in enumerate(tiers):
        if base <= start:
            break
        end = tiers[place + 1][0] if place + 1 < len(tiers) else base
        total += (min(base, end) - start) * percent / 100
    return total
