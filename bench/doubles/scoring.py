"""The simulated file through Setia's own search, and how right it was."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.doubles.simulated import Record as Row
from setia.customers import names, normalise
from setia.customers.matching import Record, Weights, prepare
from setia.customers.matching.batch import Found, as_table, search
from setia.customers.matching.clusters import Cluster, clusters

THRESHOLD = 0.95
"""What counts as found: the certainty from which a group may be accepted without looking."""


@dataclass(frozen=True)
class Rightness:
    """Pairs said to be one customer against pairs that are: precision, recall and their harmonic mean."""

    said: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def stored(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """The rows as Setia keeps them: titles apart, contacts in their stored form; and who they are, as `entity`."""
    for row in rows:
        phone = normalise.phone(row.phone) if row.phone else None
        email = normalise.email(row.email) if row.email else None
        yield {
            "id": row.id,
            "name": names.split(row.name).name,
            "phones": [phone] if phone else [],
            "emails": [email] if email else [],
            "handles": [f"INSTAGRAM:{row.handle}"] if row.handle else [],
            "birthday": _day(row.birthday),
            "region": row.region or "",
            "gender": row.gender or "",
            "tax_id": row.tax_id or "",
            "entity": row.entity,
        }


def prepared(rows: Iterable[Row]) -> list[Record]:
    """The rows made ready for comparing."""
    return [prepare(**{name: value for name, value in row.items() if name != "entity"}) for row in stored(rows)]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def true_pairs(entities: dict[int, int]) -> set[tuple[int, int]]:
    """All pairs of ids that are one entity, the lower id first."""
    by_entity: dict[int, list[int]] = defaultdict(list)
    for key, entity in entities.items():
        by_entity[entity].append(key)
    return {pair for ids in by_entity.values() if len(ids) > 1 for pair in itertools.combinations(sorted(ids), 2)}


def grouped(found: Found, *, threshold: float = THRESHOLD) -> list[Cluster]:
    """The groups that would be accepted without looking."""
    sure = [(a, b, certainty) for a, b, certainty, _code, _guard in found.pairs if certainty >= threshold]
    return clusters(sure, apart=found.apart)


def pairs_of(groups: Sequence[Cluster]) -> set[tuple[int, int]]:
    """All pairs that the groups make."""
    return {pair for one in groups for pair in itertools.combinations(one.members, 2)}


def rightness(said: set[tuple[int, int]], true: set[tuple[int, int]]) -> Rightness:
    return Rightness(len(said), len(said & true), len(true))


def run(rows: Sequence[Row], weights: Weights) -> tuple[Found, list[Cluster], Rightness]:
    """Search, group, compare with the truth."""
    found = search(as_table(prepared(rows)), weights)
    groups = grouped(found)
    return found, groups, rightness(pairs_of(groups), true_pairs({row.id: row.entity for row in rows}))


def wrong_by_kind(rows: Sequence[Row], said: set[tuple[int, int]]) -> tuple[Counter[str], Counter[str]]:
    """The errors: pairs wrongly joined by the trap they stand in, pairs missed by what happened to them."""
    by_id = {row.id: row for row in rows}
    true = true_pairs({row.id: row.entity for row in rows})
    joined: Counter[str] = Counter()
    for a, b in said - true:
        traps = sorted({by_id[a].trap, by_id[b].trap} - {""})
        joined[", ".join(traps) or ("two firms" if by_id[a].kind == "COMPANY" else "chance")] += 1
    missed: Counter[str] = Counter()
    for a, b in true - said:
        missed[_why_missed(by_id[a], by_id[b])] += 1
    return joined, missed


def _why_missed(a: Row, b: Row) -> str:
    shared = [what for what in ("phone", "email", "handle", "birthday", "tax_id") if _both(a, b, what)]
    if not shared:
        return "nothing in common but the name"
    worse = sorted({*a.happened, *b.happened} & {"word left out", "initial", "typing error", "sound", "old spelling"})
    return f"only {' and '.join(shared)} in common; {', '.join(worse) or 'name as it was'}"


def _both(a: Row, b: Row, what: str) -> bool:
    return bool(getattr(a, what)) and getattr(a, what) == getattr(b, what)
