"""The map of recency by frequency, its named groups, and what they say."""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from setia.core.permissions import Actor
from setia.portraits.queries.figures import figures_for
from setia.portraits.words import cell_word, number_word, percent_word

_TONES = {
    "CHAMPIONS": "5",
    "LOYAL_CUSTOMERS": "4",
    "POTENTIAL_LOYALISTS": "2",
    "NEW_CUSTOMERS": "1",
    "PROMISING": "1",
    "NEED_ATTENTION": "1",
    "ABOUT_TO_SLEEP": "0",
    "AT_RISK": "w",
    "CANT_LOSE": "w",
    "HIBERNATING": "0",
}


@dataclass(frozen=True)
class Square:
    """One of the 25 cells. `tone` is the step of the heat map, or w for a warning."""

    r: int
    f: int
    customers: int
    word: str
    tone: str


@dataclass(frozen=True)
class RfmPage:
    """Rows run from the most frequent down, columns from the longest silent to the latest."""

    as_of: date | None = None
    computed_at: datetime | None = None
    buyers: int = 0
    rows: list[tuple[str, list[Square]]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    shared: bool = False
    """Whether customers alike in a number stand on both sides of a line of the map."""
    groups: list[dict[str, Any]] = field(default_factory=list)
    title: str = ""


def rfm_page(user: Actor) -> RfmPage:
    """The map as the latest refresh counted it."""
    counted = figures_for(user, "rfm", "rfm-cells")
    if not counted:
        return RfmPage()
    cells = {(row["r"], row["f"]): row for row in counted["rfm"]}
    groups = [
        {**row, "word": cell_word(row["cell"]), "warns": _TONES[row["cell"]] == "w"} for row in counted["rfm-cells"]
    ]
    buyers = sum(row["customers"] for row in groups)
    if not buyers:
        return RfmPage(counted.as_of, counted.computed_at)
    return RfmPage(
        as_of=counted.as_of,
        computed_at=counted.computed_at,
        buyers=buyers,
        rows=[
            (
                _bounds(cells[1, f]["purchase_days_from"], cells[1, f]["purchase_days_to"]),
                [
                    Square(r, f, cells[r, f]["customers"], cell_word(cells[r, f]["cell"]), _TONES[cells[r, f]["cell"]])
                    for r in range(1, 6)
                ],
            )
            for f in range(5, 0, -1)
        ],
        shared=_shared(cells),
        columns=[_bounds(cells[r, 1]["days_from"], cells[r, 1]["days_to"]) for r in range(1, 6)],
        groups=groups,
        title=_finding(groups, buyers),
    )


def _bounds(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return "–"
    return number_word(low) if low == high else f"{number_word(low)}–{number_word(high)}"


def _shared(cells: dict[tuple[int, int], dict[str, Any]]) -> bool:
    often = [(cells[1, f]["purchase_days_from"], cells[1, f]["purchase_days_to"]) for f in range(1, 6)]
    silent = [(cells[r, 1]["days_from"], cells[r, 1]["days_to"]) for r in range(5, 0, -1)]
    lines = [(below[1], above[0]) for side in (often, silent) for below, above in pairwise(side)]
    return any(high is not None and high == low for high, low in lines)


def _finding(groups: list[dict[str, Any]], buyers: int) -> str:
    by_name = {row["cell"]: row for row in groups}
    quiet = by_name["AT_RISK"]["customers"] + by_name["CANT_LOSE"]["customers"]
    best = by_name["CHAMPIONS"]
    return _("%(quiet)s who bought often went quiet; champions are %(people)s of people, %(share)s of money") % {
        "quiet": number_word(quiet),
        "people": percent_word(best["customers"] / buyers, 0),
        "share": percent_word(best["share"] or 0, 0),
    }
