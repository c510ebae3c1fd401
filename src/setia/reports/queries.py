"""The reports: each is one picture of the latest refresh, so page, export and command show the same numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from setia.core.permissions import Actor, require
from setia.portraits import actions as portraits
from setia.portraits.queries import WORDS, Rows, figures, is_stale


@dataclass(frozen=True)
class Column:
    """A column of a report. `kind` says how a page writes it: text, word, count, share, money, day, month, yes."""

    name: str
    label: Any
    kind: str


@dataclass(frozen=True)
class Report:
    """A report: its name in addresses and commands, its title, what it answers, and its columns in order."""

    name: str
    title: Any
    about: Any
    columns: tuple[Column, ...]


__all__ = ["REPORTS", "WORDS", "Answer", "Column", "Report", "get_report_for", "rows_for", "rows_now"]

_COUNT, _MONEY, _SHARE = "count", "money", "share"
_CUSTOMERS = Column("customers", _("Customers"), _COUNT)

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        Report(
            "base",
            _("Customer base"),
            _("How many customers are in each class; one customer may be in several."),
            (
                Column("class", _("Class"), "word"),
                _CUSTOMERS,
                Column("at_month_start", _("At the start of the month"), _COUNT),
            ),
        ),
        Report(
            "stages",
            _("Stages"),
            _("Where customers stand, and how many came to and left each stage this month."),
            (
                Column("stage", _("Stage"), "word"),
                _CUSTOMERS,
                Column("at_month_start", _("At the start of the month"), _COUNT),
                Column("came", _("Came this month"), _COUNT),
                Column("went", _("Left this month"), _COUNT),
            ),
        ),
        Report(
            "new-returning",
            _("New and returning"),
            _("Per month: who bought for the first time, who came back, and orders without a customer."),
            (
                Column("period", _("Month"), "month"),
                Column("new", _("New"), _COUNT),
                Column("returning", _("Returning"), _COUNT),
                Column("both", _("Both in one month"), _COUNT),
                Column("new_orders", _("Orders of new"), _COUNT),
                Column("returning_orders", _("Orders of returning"), _COUNT),
                Column("walk_in_orders", _("Walk-ins"), _COUNT),
            ),
        ),
        Report(
            "retention",
            _("Retention"),
            _("Of those who bought in one period, the share that bought in the next."),
            (
                Column("period", _("Period"), "word"),
                Column("as_of", _("Until"), "day"),
                Column("earlier", _("Bought before"), _COUNT),
                Column("kept", _("Bought again"), _COUNT),
                Column("rate", _("Retention"), _SHARE),
            ),
        ),
        Report(
            "cohorts",
            _("Cohorts"),
            _("Of the customers whose first purchase fell in a month, the share that bought k months later."),
            (
                Column("cohort", _("First purchase in"), "month"),
                Column("size", _("Started"), _COUNT),
                Column("k", _("Months later"), _COUNT),
                _CUSTOMERS,
                Column("share", _("Share"), _SHARE),
                Column("complete", _("Month is over"), "yes"),
            ),
        ),
        Report(
            "rfm",
            _("Recency, frequency, money"),
            _("Five groups each by the latest purchase (R) and by purchase days (F); 5 is best."),
            (
                Column("r", "R", _COUNT),
                Column("f", "F", _COUNT),
                Column("cell", _("Group"), "word"),
                _CUSTOMERS,
                Column("days_from", _("Days since, from"), _COUNT),
                Column("days_to", _("Days since, to"), _COUNT),
                Column("purchase_days_from", _("Purchase days, from"), _COUNT),
                Column("purchase_days_to", _("Purchase days, to"), _COUNT),
                Column("spent", _("Spent"), _MONEY),
            ),
        ),
        Report(
            "value",
            _("Value of the coming year"),
            _("How many customers are expected to spend how much in the next 365 days."),
            (
                Column("low", _("From"), _MONEY),
                Column("high", _("To"), _MONEY),
                _CUSTOMERS,
                Column("value", _("Expected together"), _MONEY),
                Column("share", _("Share"), _SHARE),
            ),
        ),
        Report(
            "revenue",
            _("Revenue"),
            _("Per month: purchases of new and returning customers and walk-ins, less returns."),
            (
                Column("month", _("Month"), "month"),
                Column("new", _("New"), _MONEY),
                Column("returning", _("Returning"), _MONEY),
                Column("walk_in", _("Walk-ins"), _MONEY),
                Column("returns", _("Returns"), _MONEY),
                Column("revenue", _("Revenue"), _MONEY),
            ),
        ),
    )
}

@dataclass(frozen=True)
class Answer:
    """The rows of a report, the day they are as of, and when they were computed (None: just now, not kept)."""

    report: Report
    rows: Rows
    as_of: date | None
    computed_at: datetime | None


def get_report_for(user: Actor, name: str) -> Report | None:
    """The report of this name for somebody who may see it. Raises `PermissionDenied`."""
    require(user, "reports.view")
    return REPORTS.get(name)


def rows_for(user: Actor, report: Report) -> Answer:
    """The rows as of the latest refresh. Raises `PermissionDenied`."""
    require(user, "reports.view")
    found = figures(report.name)
    return Answer(report, found[report.name], found.as_of, found.computed_at)


def rows_now(
    report: Report, *, at: datetime, as_of: date | None = None, refresh: Callable[..., Any] = portraits.refresh
) -> Answer:
    """The rows for the command: as of a day of its own, or as of the latest refresh, which is made anew when stale."""
    if as_of is not None:
        found = portraits.compute(at=at, as_of=as_of)
        return Answer(report, found.pictures[report.name], found.as_of, None)
    if is_stale(at=at):
        refresh(by=None, at=at)
    kept = figures(report.name)
    return Answer(report, kept[report.name], kept.as_of, kept.computed_at)
