"""The page of moves between the groups of the RFM map over three months, and what it says."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from setia.core.permissions import Actor
from setia.portraits.queries.figures import figures_for
from setia.portraits.words import CELLS, cell_word, number_word

_CUTS = (0.02, 0.05, 0.15, 0.30, 0.50)
_LARGEST = 10
_ORDER = (*CELLS, "NOT_YET")


@dataclass(frozen=True)
class MovesPage:
    """`rows`: for each group of then its words, its size and a cell for each group of now (None: nobody)."""

    as_of: date | None = None
    computed_at: datetime | None = None
    title: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    largest: list[dict[str, Any]] = field(default_factory=list)


def moves_page(user: Actor) -> MovesPage:
    """The table as the latest refresh counted it. Raises `PermissionDenied`."""
    counted = figures_for(user, "rfm-moves")
    found = counted["rfm-moves"]
    if not found:
        return MovesPage(counted.as_of, counted.computed_at)
    cells = {
        (row["before"], row["after"]): {
            **row,
            "key": f"{row['before']}.{row['after']}",
            "level": sum(row["share"] >= cut for cut in _CUTS),
            "from_word": cell_word(row["before"]),
            "to_word": cell_word(row["after"]),
            "down": row["before"] != "NOT_YET" and _ORDER.index(row["after"]) > _ORDER.index(row["before"]),
        }
        for row in found
    }
    rows = []
    for before in _ORDER:
        mine = [cells.get((before, after)) for after in CELLS]
        if any(mine):
            size = sum(cell["customers"] for cell in mine if cell)
            rows.append({"code": before, "word": cell_word(before), "customers": size, "cells": mine})
    moved = [cell for cell in cells.values() if cell["before"] not in ("NOT_YET", cell["after"])]
    return MovesPage(
        counted.as_of,
        counted.computed_at,
        title=_finding(list(cells.values())),
        columns=[cell_word(code) for code in CELLS],
        rows=rows,
        largest=sorted(moved, key=lambda cell: -cell["customers"])[:_LARGEST],
    )


def _finding(cells: list[dict[str, Any]]) -> str:
    there = [cell for cell in cells if cell["before"] != "NOT_YET"]
    same = sum(cell["customers"] for cell in there if cell["before"] == cell["after"])
    down = sum(cell["customers"] for cell in there if cell["down"])
    up = sum(cell["customers"] for cell in there) - same - down
    return _("In three months %(up)s moved up, %(down)s slid down, %(same)s stayed") % {
        "up": number_word(up),
        "down": number_word(down),
        "same": number_word(same),
    }
