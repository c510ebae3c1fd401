"""The board: a column per stage, its count and sums, and its first cards.

Nothing is kept for it. Counts and sums are read off the partial index of open opportunities, which holds the amount,
and each column's first cards off the index of its order, so that the board takes as long among a million closed ones as
among none: its time grows with what is open (200,000 open: see docs/decisions.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from setia.accounts.models import User
from setia.core import keyset
from setia.core.chips import Chip
from setia.sales.models import Opportunity, Pipeline, Stage
from setia.sales.queries.opportunities import Status, Sums, narrow_opportunities, opportunity_legs

CARDS = 20
"""How many of a column are shown at first, and again each time more is asked for."""


@dataclass(frozen=True)
class Column:
    """A stage with what stands in it. `rest` is the cursor of the cards after these, '' where these are all."""

    stage: Stage
    count: int
    amount: Decimal
    cards: list[Opportunity]
    rest: str

    @property
    def weighted(self) -> Decimal:
        """What it comes to by the stage's probability."""
        return self.amount * self.stage.probability / 100


@dataclass(frozen=True)
class Board:
    """The columns in their order, and all of them together."""

    columns: list[Column]
    sums: Sums
    chips: list[Chip]


def board_for(user: User, pipeline: Pipeline, params: Mapping[str, str], *, sort: str, today: date) -> Board:
    """The open opportunities of a pipeline (with its stages as `shown`) that an address asks for. Two queries."""
    asked = {**params, "pipeline": str(pipeline.pk), "stage": "", "status": ""}
    rows, chips = narrow_opportunities(user, asked, today=today, status=Status.OPEN)
    stages: list[Stage] = pipeline.shown  # type: ignore[attr-defined]
    columns = _columns(rows, stages, sort)
    sums = Sums(
        sum(one.count for one in columns),
        sum((one.amount for one in columns), Decimal(0)),
        sum((one.weighted for one in columns), Decimal(0)),
    )
    return Board(columns, sums, [one for one in chips if one.key != "pipeline"])


def columns_for(user: User, stages: list[Stage], params: Mapping[str, str], *, sort: str, today: date) -> list[Column]:
    """Some columns anew, after something moved between them."""
    rows, _chips = narrow_opportunities(user, {**params, "stage": "", "pipeline": ""}, today=today, status=Status.OPEN)
    return _columns(rows, stages, sort)


def more_cards(
    user: User, stage: Stage, params: Mapping[str, str], *, sort: str, today: date, cursor: str
) -> tuple[list[Opportunity], str]:
    """The next cards of a column, and the cursor of those after them."""
    asked = {**params, "stage": str(stage.pk), "pipeline": "", "status": ""}
    rows, _chips = narrow_opportunities(user, asked, today=today, status=Status.OPEN)
    page = keyset.page(opportunity_legs(rows, sort), size=CARDS, cursor=cursor)
    return page.rows, page.later


def _columns(rows: "QuerySet[Opportunity]", stages: list[Stage], sort: str) -> list[Column]:
    counted = {
        stage: (number, total or Decimal(0))
        for stage, number, total in rows.filter(stage__in=stages)
        .order_by()
        .values_list("stage")
        .annotate(number=Count("pk"), total=Sum("amount"))
        .values_list("stage", "number", "total")
    }
    found = _first_cards(rows, [one for one in stages if one.pk in counted], sort)
    columns = []
    for stage in stages:
        number, total = counted.get(stage.pk, (0, Decimal(0)))
        cards = found.get(stage.pk, [])
        legs = opportunity_legs(rows.filter(stage=stage), sort)
        rest = keyset.place_of(cards[CARDS - 1], legs) if len(cards) > CARDS else ""
        columns.append(Column(stage, number, total, cards[:CARDS], rest))
    return columns


def _first_cards(rows: "QuerySet[Opportunity]", stages: list[Stage], sort: str) -> dict[int, list[Opportunity]]:
    """The first cards of each column and one more, in order. One query: a seek of an index for each column."""
    if not stages:
        return {}
    seeks = []
    for stage in stages:
        for leg in opportunity_legs(rows.filter(stage=stage), sort):
            order = [one.expression() for one in leg.by]
            seeks.append(leg.rows.select_related(None).order_by(*order).values_list("pk", flat=True)[: CARDS + 1])
    keys = seeks[0].union(*seeks[1:], all=True) if len(seeks) > 1 else seeks[0]
    found = Opportunity.objects.select_related("customer", "owner").filter(pk__in=keys)
    columns: dict[int, list[Opportunity]] = {}
    for one in sorted(found, key=_PLACE.get(sort, _PLACE["moved"])):
        columns.setdefault(one.stage_id, []).append(one)
    return {stage: cards[: CARDS + 1] for stage, cards in columns.items()}


_PLACE: dict[str, Any] = {
    "moved": lambda one: (-one.entered_at.timestamp(), -one.pk),
    "expected": lambda one: (
        (0, one.expected_date.toordinal(), one.pk) if one.expected_date else (1, -one.entered_at.timestamp(), -one.pk)
    ),
    "amount": lambda one: (
        (0, -one.amount, -one.pk) if one.amount is not None else (1, -one.entered_at.timestamp(), -one.pk)
    ),
}
"""Where a card stands in its column: as `opportunity_legs` says it to the database."""
