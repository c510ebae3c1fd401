"""What an import created, updated and found unchanged, by kind of row."""

from dataclasses import dataclass, field


@dataclass
class Counts:
    """`by_kind` holds kind → {"created", "updated", "unchanged"}."""

    by_kind: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, kind: str, *, created: int = 0, updated: int = 0, unchanged: int = 0) -> None:
        row = self.by_kind.setdefault(kind, {"created": 0, "updated": 0, "unchanged": 0})
        row["created"] += created
        row["updated"] += updated
        row["unchanged"] += unchanged
