"""From pairs to groups of one customer: joined by the most certain pair first, and never across a contradiction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cluster:
    """Records that are one customer. `certainty` is that of the weakest pair the group hangs on."""

    members: tuple[int, ...]
    certainty: float
    pairs: tuple[tuple[int, int, float], ...]


def clusters(
    pairs: Iterable[tuple[int, int, float]], *, apart: Iterable[tuple[int, int]] = (), most: int = 50
) -> list[Cluster]:
    """Groups from (id, id, certainty), each kept below `most` members; the most certain group first.

    `apart` are pairs that are surely, or by somebody's word, two customers: no group holds both. A chain through a
    third record (the mother's phone, the desk's address) therefore ends where two of its ends contradict each other.
    What another record explains is no contradiction any more: `batch` leaves it out.
    """
    enemies: dict[int, set[int]] = defaultdict(set)
    for left, right in apart:
        enemies[left].add(right)
        enemies[right].add(left)
    group: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    weakest: dict[int, float] = {}
    kept: dict[int, list[tuple[int, int, float]]] = {}
    for left, right, sure in sorted(pairs, key=lambda one: (-one[2], one[0], one[1])):
        for one in (left, right):
            if one not in group:
                group[one], members[one], weakest[one], kept[one] = one, [one], 1.0, []
        a, b = group[left], group[right]
        if a == b:
            kept[a].append((left, right, sure))
            continue
        if len(members[a]) < len(members[b]):
            a, b = b, a
        against = set().union(*(enemies[one] for one in members[b] if one in enemies))
        if len(members[a]) + len(members[b]) > most or not against.isdisjoint(members[a]):
            continue
        for one in members[b]:
            group[one] = a
        members[a] += members.pop(b)
        weakest[a] = min(weakest[a], weakest.pop(b), sure)
        kept[a] += [*kept.pop(b), (left, right, sure)]
    found = [
        Cluster(tuple(sorted(those)), weakest[root], tuple(kept[root]))
        for root, those in members.items()
        if len(those) > 1
    ]
    return sorted(found, key=lambda one: (-one.certainty, one.members))
