"""What each level of agreement is worth: chances among doubles (m) and among strangers (u), built in or trained.

The built-in ones were counted on a simulated Indonesian file of 100,000 records (see `docs/doubles.md`) and are what a
firm starts with. A thing that identifies (a phone, a mail address) is shared by
two strangers ever more seldom the more records there are, so its u is kept per record of the reference size.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from setia.customers.matching.levels import WEIGHED

REFERENCE = 100_000
"""The number of records for which the u of identifying levels is stated."""
LEAST = 1e-9

_IDENTIFYING = {(one.name, level.name) for one in WEIGHED for level in one.levels if level.identifies}

Chances = tuple[tuple[str, tuple[tuple[str, float, float], ...]], ...]


@dataclass(frozen=True)
class Weights:
    """`chances` holds (comparison, ((level, m, u), …)); `doubles` the pairs of doubles expected per record."""

    chances: Chances
    doubles: float

    def __post_init__(self) -> None:
        table = {(name, level): (m, u) for name, rows in self.chances for level, m, u in rows}
        object.__setattr__(self, "_table", table)

    def m(self, comparison: str, level: str) -> float:
        """The chance of a level among doubles."""
        return self._pair(comparison, level)[0]

    def u(self, comparison: str, level: str) -> float:
        """The chance of a level among strangers, at the reference size."""
        return self._pair(comparison, level)[1]

    def bits(self, comparison: str, level: str, records: int) -> float:
        """The weight of a level: log2(m ÷ u) among so many records."""
        m, u = self._pair(comparison, level)
        if (comparison, level) in _IDENTIFYING:
            u = u * REFERENCE / max(records, 100)
        return math.log2(max(m, LEAST) / min(max(u, LEAST), 1.0))

    def prior_bits(self, records: int) -> float:
        """The odds, in bits, that two records taken at random are one customer."""
        return math.log2(2 * self.doubles / max(records, 100))

    def as_json(self) -> dict[str, Any]:
        """For keeping; `from_json` reads it."""
        return {
            "doubles": self.doubles,
            "chances": {name: {level: [m, u] for level, m, u in rows} for name, rows in self.chances},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Weights":
        """Weights as kept. Raises `KeyError` when a comparison or a level of today is missing: then train anew."""
        chances = data["chances"]
        rows = tuple(
            (one.name, tuple((level.name, *map(float, chances[one.name][level.name])) for level in one.levels))
            for one in WEIGHED
        )
        return cls(rows, float(data["doubles"]))  # type: ignore[arg-type]

    def _pair(self, comparison: str, level: str) -> tuple[float, float]:
        return self._table[comparison, level]  # type: ignore[attr-defined,no-any-return]


# Counted by `bench.doubles.prior`; where the simulated file is kinder than life (nobody there has two handles, no
# gender is mistaken, no tax number mistyped) and for addresses, which it lacks, the chances are set by judgement,
# towards caution.
_CHANCES: dict[str, dict[str, tuple[float, float]]] = {
    "name": {
        "same": (0.755, 1.33e-4),
        "part": (0.048, 2.2e-4),
        "near": (0.12, 5.4e-5),
        "one_word": (0.056, 9.6e-4),
        "some": (0.0141, 0.0163),
        "alike": (0.0021, 5e-4),
        "different": (0.0057, 0.982),
    },
    "phone": {
        "own": (0.803, 5.4e-7),
        "few": (0.081, 2.7e-6),
        "many": (0.036, 1.5e-5),
        "digit": (0.024, 4.8e-7),
        "different": (0.056, 1.0),
    },
    "email": {"own": (0.858, 6.9e-7), "many": (0.011, 1.3e-5), "local": (0.042, 3.2e-6), "different": (0.089, 1.0)},
    "handle": {"same": (0.9, 3e-7), "different": (0.1, 1.0)},
    "birthday": {
        "january": (0.0024, 1.6e-6),
        "same": (0.93, 7.9e-5),
        "near": (0.062, 0.0056),
        "different": (0.006, 0.994),
    },
    "tax_id": {"same": (0.95, 3e-7), "near": (0.03, 3e-6), "different": (0.02, 1.0)},
    "address": {"same": (0.6, 1e-4), "near": (0.25, 2e-3), "different": (0.15, 0.998)},
    "region": {"same": (0.956, 0.0256), "different": (0.044, 0.974)},
    "gender": {"same": (0.99, 0.503), "different": (0.01, 0.497)},
}

BUILT_IN = Weights(
    tuple((name, tuple((level, m, u) for level, (m, u) in rows.items())) for name, rows in _CHANCES.items()),
    doubles=0.16,
)
"""What a firm starts with."""
