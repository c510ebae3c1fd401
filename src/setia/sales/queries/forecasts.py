"""The forecast: two ways of counting the same open opportunities, and what the estimate is worked out from."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from setia.sales.models import Forecast, Opportunity, Pipeline, Stage

MONTHS = 6
HISTORY_DAYS = 730
ENOUGH = 30
"""Steps out of a stage below which the estimate is still mostly the firm's own probabilities."""
Status = Opportunity.Status


@dataclass(frozen=True)
class Month:
    """A month as both ways see it; `expected` and its interval are None while nothing was worked out."""

    first_date: date
    by_stage: Decimal
    count: int
    expected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class StageChance:
    """What the firm believes of a stage, and what its history says."""

    stage: Stage
    won: float | None
    days: int | None


@dataclass(frozen=True)
class ForecastPage:
    """`undated` is what has no day or an overdue one, by the stages' probability."""

    months: list[Month]
    by_stage: Decimal
    undated: Decimal
    stages: list[StageChance]
    estimate: Forecast | None

    @property
    def top(self) -> float:
        """The greatest sum of a month, which the intervals are drawn to."""
        return max([1.0, *(float(one.by_stage) for one in self.months), *(one.high or 0.0 for one in self.months)])

    @property
    def is_thin(self) -> bool:
        """Whether there is too little history for the estimate to be more than the firm's own probabilities."""
        return self.estimate is None or self.estimate.exits < ENOUGH


@dataclass(frozen=True)
class History:
    """Stays in the stages of a pipeline, counted, and what is open: plain columns for the estimate.

    `stays` are (stage, days, way, how many); stages count from 0, ways as in `sales.estimating`, -1 for still open.
    `there` are (stage, days so far, amount). `probability` is the firm's own, 0–1.
    """

    keys: list[int]
    probability: list[float]
    stays: list[tuple[int, int, int, int]]
    there: list[tuple[int, int, float]]


def forecast_page(pipeline: Pipeline, *, today: date) -> ForecastPage:
    """The open opportunities of a pipeline by month, in both ways. Three queries."""
    first = today.replace(day=1)
    weighted: dict[date | None, tuple[Decimal, int]] = {}
    rows = (
        Opportunity.objects.filter(status=Status.OPEN, stage__pipeline=pipeline)
        .order_by()
        .annotate(month=TruncMonth("expected_date"))
        .values("month", "stage")
        .annotate(number=Count("pk"), total=Sum("amount"))
        .values_list("month", "stage__probability", "number", "total")
    )
    for month, probability, number, total in rows:
        place = month if month is not None and month >= first else None
        money, count = weighted.get(place, (Decimal(0), 0))
        weighted[place] = (money + (total or Decimal(0)) * probability / 100, count + (number or 0))
    estimate = Forecast.objects.filter(pipeline=pipeline).first()
    known = {one["month"]: one for one in estimate.months} if estimate else {}
    months = []
    for place in range(MONTHS):
        month = _month_after(first, place)
        money, count = weighted.get(month, (Decimal(0), 0))
        said: dict[str, Any] = known.get(f"{month:%Y-%m}", {})
        months.append(Month(month, money, count, said.get("expected"), said.get("low"), said.get("high")))
    told = {one["stage"]: one for one in estimate.stages} if estimate else {}
    stages = list(pipeline.stages.filter(archived_at=None).order_by("position", "id"))
    return ForecastPage(
        months,
        sum((one.by_stage for one in months), Decimal(0)),
        weighted.get(None, (Decimal(0), 0))[0],
        [StageChance(one, told.get(one.pk, {}).get("won"), told.get(one.pk, {}).get("days")) for one in stages],
        estimate,
    )


def ends_of_months(today: date) -> list[tuple[str, int]]:
    """The months of a forecast, and in how many days each is over; the present one first."""
    return [
        (f"{_month_after(today, place):%Y-%m}", (_month_after(today, place + 1) - today).days)
        for place in range(MONTHS)
    ]


def history_of(pipeline: Pipeline, *, at: datetime) -> History:
    """How long opportunities stayed in each stage and where they went in the last two years, counted by the database.

    A step taken back counts for nothing; one into another pipeline is seen up to there.
    """
    stages = list(pipeline.stages.order_by("position", "id"))
    place = {one.pk: index for index, one in enumerate(stages)}
    since = at - timedelta(days=HISTORY_DAYS)
    stays: list[tuple[int, int, int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT before_id, after_id, status, greatest(extract(epoch FROM at - since)::bigint / 86400, 0), count(*)
            FROM sales_stagechange
            WHERE at > %s AND undone_at IS NULL AND since IS NOT NULL AND before_id = ANY(%s)
              AND NOT (before_id = after_id AND status = 'OPEN')
            GROUP BY 1, 2, 3, 4
            """,
            [since, list(place)],
        )
        for before, after, status, days, number in cursor.fetchall():
            way = {"WON": len(stages), "LOST": len(stages) + 1}.get(status, place.get(after, -1))
            stays.append((place[before], int(days), way, int(number)))
    there: list[tuple[int, int, float]] = []
    rows = Opportunity.objects.filter(status=Status.OPEN, stage__in=stages).values_list(
        F("stage"), F("entered_at"), F("amount")
    )
    for stage, entered, amount in rows.iterator(chunk_size=5000):
        days = max((at - entered).days, 0)
        stays.append((place[stage], days, -1, 1))
        there.append((place[stage], days, float(amount or 0)))
    return History([one.pk for one in stages], [one.probability / 100 for one in stages], stays, there)


def _month_after(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
