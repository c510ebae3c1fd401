"""The page of cohorts: the heat map, what it says, and the people behind one of its cells."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from setia.core.permissions import Actor
from setia.customers.queries import customers_for
from setia.portraits.models import Portrait
from setia.portraits.queries.figures import figures_for
from setia.portraits.queries.narrow import narrow
from setia.portraits.queries.portraits import worth_most
from setia.portraits.words import month_word, number_word, percent_word

SPANS = ("12", "24", "all")
PEOPLE = 6
_STEPS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
_COMPARED_MONTH = 3
_LEAST_CUSTOMERS = 30


@dataclass(frozen=True)
class Cell:
    """Of one cohort, k months after: `level` 0 to 5 is how dark it is."""

    k: int
    customers: int
    share: float
    level: int
    complete: bool
    key: str
    """The filter `cohort` that opens its customers."""


@dataclass(frozen=True)
class Cohort:
    """One row of the map; a month in which nobody was new has no cells."""

    month: str
    word: str
    size: int
    cells: list[Cell]


@dataclass(frozen=True)
class Detail:
    """One cell looked at: how sure its share is, and who its customers are."""

    month: str
    k: int
    customers: int
    size: int
    share: float
    low: float
    high: float
    scale: float
    """Where the picture of the interval ends, as a share."""
    key: str
    people: list[Portrait]


@dataclass(frozen=True)
class CohortPage:
    """Everything the page shows. Without a day nothing has been computed yet."""

    as_of: date | None = None
    computed_at: datetime | None = None
    cohorts: list[Cohort] = field(default_factory=list)
    longest: int = 0
    """The highest k shown."""
    cuts: list[float] = field(default_factory=list)
    span: str = "12"
    title: str = ""
    detail: Detail | None = None
    complete: bool = True


def cohort_page(user: Actor, params: Mapping[str, str]) -> CohortPage:
    """The map of the latest 12 or 24 months, or of all (`span`), and one cell's details (`cell`: 2011-01.3)."""
    counted = figures_for(user, "cohorts")
    if not counted:
        return CohortPage()
    span = params.get("span", "") if params.get("span", "") in SPANS else "12"
    rows = counted["cohorts"]
    months = sorted({row["cohort"] for row in rows})
    shown = set(months if span == "all" else months[-int(span) :])
    kept = [row for row in rows if row["cohort"] in shown]
    cuts = _cuts([row["share"] for row in kept if row["k"] > 0 and row["share"] is not None and row["complete"]])
    cohorts = _cohorts(kept, cuts)
    return CohortPage(
        as_of=counted.as_of,
        computed_at=counted.computed_at,
        cohorts=cohorts,
        longest=max((cell.k for cohort in cohorts for cell in cohort.cells), default=0),
        cuts=cuts,
        span=span,
        title=_finding(kept),
        detail=_detail(user, rows, params.get("cell", "")),
        complete=all(row["complete"] for row in kept),
    )


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of a share at 80 %."""
    if whole == 0:
        return 0.0, 1.0
    z = 1.2815515655
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _cuts(shares: list[float]) -> list[float]:
    """Five round limits between the six steps of the heat map, the top one near the highest shares."""
    if not shares:
        return []
    high = sorted(shares)[int(len(shares) * 0.95)]
    step = next((step for step in _STEPS if step * 7.5 >= high), _STEPS[-1])
    return [round(step * times, 4) for times in (3, 4, 5, 6, 7)]


def _cohorts(rows: list[dict[str, Any]], cuts: list[float]) -> list[Cohort]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["cohort"], []).append(row)
    return [
        Cohort(
            month=month,
            word=month_word(month[:7]),
            size=of_month[0]["size"],
            cells=[
                Cell(
                    k=row["k"],
                    customers=row["customers"],
                    share=row["share"],
                    level=sum(row["share"] >= cut for cut in cuts),
                    complete=row["complete"],
                    key=f"{month[:7]}.{row['k']}",
                )
                for row in of_month
                if row["k"] > 0 and row["share"] is not None
            ],
        )
        for month, of_month in sorted(grouped.items())
    ]


def _finding(rows: list[dict[str, Any]]) -> str:
    """The later half of the cohorts against the earlier one, in the month all of both have seen."""
    reached = [row for row in rows if row["k"] == _COMPARED_MONTH and row["complete"] and row["size"]]
    half = len(reached) // 2
    earlier, later = reached[:half], reached[half:]
    sizes = [sum(row["size"] for row in part) for part in (earlier, later)]
    if half == 0 or min(sizes) < _LEAST_CUSTOMERS:
        return _("How many first buyers come back, month by month")
    before, now = (
        sum(row["customers"] for row in part) / size for part, size in zip((earlier, later), sizes, strict=True)
    )
    words = {
        "month": month_word(later[0]["cohort"][:7]),
        "now": percent_word(now, 0),
        "before": percent_word(before, 0),
        "k": number_word(_COMPARED_MONTH),
    }
    apart = interval(round(now * sizes[1]), sizes[1]), interval(round(before * sizes[0]), sizes[0])
    if apart[0][0] > apart[1][1]:
        return _("Cohorts since %(month)s keep better: %(now)s in month %(k)s, %(before)s before") % words
    if apart[0][1] < apart[1][0]:
        return _("Cohorts since %(month)s keep worse: %(now)s in month %(k)s, %(before)s before") % words
    return _("Cohorts keep alike: %(now)s come back in month %(k)s, %(before)s before") % words


def _detail(user: Actor, rows: list[dict[str, Any]], key: str) -> Detail | None:
    month, _dot, k = key.partition(".")
    row = next(
        (row for row in rows if row["cohort"][:7] == month and str(row["k"]) == k and row["k"] and row["size"]), None
    )
    if row is None:
        return None
    low, high = interval(row["customers"], row["size"])
    customers, _chips = narrow(customers_for(user), {"cohort": key})
    return Detail(
        month=month,
        k=row["k"],
        customers=row["customers"],
        size=row["size"],
        share=row["share"],
        low=low,
        high=high,
        scale=next((scale for scale in (0.1, 0.2, 0.5) if high <= scale), 1.0),
        key=key,
        people=worth_most(customers, most=PEOPLE),
    )
