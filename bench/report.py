"""The table: what was measured, beside what, and whether it is what was asked for."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


@dataclass(frozen=True)
class Row:
    """One measurement. `unit` is s, ms, MiB, % or nothing; `limit` is the most it may be, `least` the least.

    With a peer, `ratio` says how many times the peer's figure Setia's is, or the other way round for `times_faster`.
    """

    what: str
    value: float | None
    unit: str = "s"
    limit: float | None = None
    peer: str = ""
    peer_value: float | None = None
    ratio_limit: float | None = None
    times_faster: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.value is None or not self.peer_value:
            return None
        return self.value / self.peer_value

    @property
    def verdict(self) -> str:
        """yes, no, or nothing where nothing was asked for or nothing measured."""
        if self.value is None:
            return "not measured"
        asked = []
        if self.limit is not None:
            asked.append(self.value <= self.limit)
        if self.ratio_limit is not None and self.ratio is not None:
            asked.append(self.ratio <= self.ratio_limit)
        if self.times_faster is not None and self.ratio:
            asked.append(1 / self.ratio >= self.times_faster)
        return "" if not asked else "yes" if all(asked) else "no"

    def cells(self) -> tuple[str, ...]:
        """What the table shows, as text."""
        asked = []
        if self.limit is not None:
            asked.append(f"≤ {_shown(self.limit, self.unit)}")
        if self.ratio_limit is not None:
            asked.append(f"≤ {self.ratio_limit:g}×")
        if self.times_faster is not None:
            asked.append(f"{self.times_faster:g}× faster")
        ratio = ""
        if self.ratio and self.unit:  # a share beside a share is read as it stands
            ratio = f"{1 / self.ratio:,.1f}× faster" if self.ratio < 1 and self.unit != "MiB" else f"{self.ratio:.2f}×"
        peer = f"{self.peer}: {_shown(self.peer_value, self.unit)}" if self.peer_value else self.peer
        return self.what, _shown(self.value, self.unit), ", ".join(asked), peer, ratio, self.verdict, self.note


_HEAD = ("what", "Setia", "asked for", "beside", "ratio", "met", "note")


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    text = f"{value:,.{digits}f}" if unit else f"{value:g}"
    return f"{text} {unit}".strip()


def show(rows: Sequence[Row]) -> str:
    """The table as aligned text."""
    table = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def write(parts: dict[str, list[Row]], *, sizes: str) -> None:
    """Keep the table in docs/performance.md. Parts not measured this time keep what the page says of them."""
    kept = _read()
    for title, rows in parts.items():
        when = f"Measured {datetime.now(UTC):%Y-%m-%d}, {_machine()}; {sizes}."
        lines = [f"## {title}", "", when, "", *_markdown([_HEAD, *(row.cells() for row in rows)]), ""]
        kept[title] = "\n".join(lines)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(_INTRODUCTION + "\n".join(kept[title] for title in kept).rstrip() + "\n")


_INTRODUCTION = """# Speed and memory

Written by `make bench`, which measures Setia from outside, beside the programs people use today, in the same run. The
ratios are what counts: seconds depend on the machine and on what else it does. Times are medians where a thing was
measured more than once. Memory is PSS of the whole process tree (a page that several processes share counts once),
PostgreSQL included. How each figure is taken is written at the head of its module in `bench/`.

"""


def _read() -> dict[str, str]:
    """The parts the page has, by title."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text().split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def _markdown(table: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return [lines[0], "|" + "---|" * len(table[0]), *lines[1:]]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
