"""The reports about selling that are counted when they are asked for: their names, columns and what they mean.

A row is a mapping from a column's key to its value; money is Decimal. Beside its columns it has `key`, by which the
rows behind it are found.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from setia.core.queries import current_firm
from setia.reports.periods import Period
from setia.reports.tables import Column

PER = {"day": _("by day"), "week": _("by week"), "month": _("by month")}


class LiveReport(NamedTuple):
    """A report about selling. `way` is how orders are seen (`SoldTally.Way`, U: by customer), '' in time.

    Those of another `group` than SOLD are counted from prospects, opportunities and activities: `heads` names the
    columns whose sums stand above the table, `verb` what a reader needs to be allowed beside seeing reports.
    """

    name: str
    title: Promise | str
    about: Promise | str
    columns: tuple[Column, ...]
    way: str = ""
    group: str = "SOLD"
    heads: tuple[str, ...] = ()
    verb: str = ""
    usual: str = "this-month"


class Asked(NamedTuple):
    """What a page, a file or a program wants of a report."""

    period: Period
    per: str
    at: datetime
    product: int | None = None

    @property
    def today(self) -> date:
        """The firm's day on which it was asked."""
        return current_firm().day_of(self.at)


class Table(NamedTuple):
    """The rows, all of them together (None where adding up would say nothing), days the worker has to count, and how
    many rows there are beyond these.
    """

    rows: list[dict[str, Any]]
    total: dict[str, Any] | None
    waiting: int = 0
    cut: int = 0


def _opens(row: Any) -> str:
    return str(row["key"])


_FIGURES = (
    Column("orders", _("Orders"), opens=_opens),
    Column("purchased", _("Purchases"), "MONEY"),
    Column("returns", _("Returned orders")),
    Column("returned", _("Returns"), "MONEY"),
    Column("revenue", _("Revenue"), "MONEY", opens=_opens),
)
_COMPARED = (
    Column("share", _("Share"), "SHARE"),
    Column("before", _("Period before"), "MONEY"),
    Column("change", _("Change"), "CHANGE"),
)


def _at(key: str) -> Callable[[Any], str]:
    """The address of the rows behind a figure, where its row says one."""
    return lambda row: str(row.get(key, ""))


_STEPS = (
    Column("captured", _("Taken down"), opens=_at("captured_rows"), among="prospects"),
    Column("touched", _("In touch")),
    Column("qualified", pgettext_lazy("prospects", "Qualified")),
    Column("chances", _("With an opportunity")),
    Column("won", pgettext_lazy("prospects", "Won"), opens=_at("won_rows"), among="prospects"),
    Column("unqualified", _("Not suitable"), opens=_at("unqualified_rows"), among="prospects"),
    Column("rate", _("Won of those taken down"), "SHARE"),
    Column("before", _("Period before"), "SHARE"),
)
_KINDS = (
    ("CALL", pgettext_lazy("activities", "Calls")),
    ("EMAIL", pgettext_lazy("activities", "E-mails")),
    ("MEETING", pgettext_lazy("activities", "Meetings")),
    ("VISIT", pgettext_lazy("activities", "Visits")),
    ("TASK", pgettext_lazy("activities", "Tasks")),
    ("NOTE", pgettext_lazy("activities", "Notes")),
)


def _by(name: str, way: str, title: Any, about: Any, first: Any, *more: Column) -> LiveReport:
    return LiveReport(name, title, about, (Column("label", first, "WORD"), *more, *_FIGURES, *_COMPARED), way)


_ALL = (
    LiveReport(
        "by-period",
        _("Sales in time"),
        _("Purchases, returns and revenue by day, week or month."),
        (Column("start", pgettext_lazy("of time", "From"), "DAY"), *_FIGURES),
    ),
    _by(
        "by-person",
        "P",
        _("Sales by person"),
        _("An order counts for whoever won the opportunity it came of, else for who looks after the customer now."),
        pgettext_lazy("of the firm", "Person"),
    ),
    _by(
        "by-product",
        "I",
        _("Sales by product"),
        _("What the lines of orders come to; discounts on whole orders stand in a row of their own."),
        _("Product"),
        Column("quantity", _("Quantity"), "NUMBER"),
    ),
    _by(
        "by-customer",
        "U",
        _("Sales by customer"),
        _("The thousand customers who brought most."),
        _("Customer"),
    ),
    _by(
        "by-source",
        "S",
        _("Sales by source"),
        _("Where the customers heard of the firm, as noted when they were prospects."),
        _("Source"),
    ),
    _by(
        "by-channel",
        "C",
        _("Sales by channel"),
        _("By which channel the orders came."),
        _("Channel"),
    ),
    _by(
        "by-region",
        "R",
        _("Sales by region"),
        _("By the province the customers live in."),
        _("Region"),
    ),
    _by(
        "by-partner",
        "A",
        _("Sales by partner"),
        _("By agent or reseller who sold for the firm."),
        _("Partner"),
    ),
    LiveReport(
        "new-buyers",
        _("New and returning, days of choice"),
        _("Customers who bought for the first time that day, or had bought before; who walks in is counted by order."),
        (
            Column("day", _("Day"), "DAY"),
            Column("new", _("New"), opens=_at("new_rows")),
            Column("returning", _("Returning"), opens=_at("returning_rows")),
            Column("new_orders", _("Orders of new customers")),
            Column("returning_orders", _("Orders of returning customers")),
            Column("walk_in_orders", _("Orders of walk-ins")),
        ),
        group="BUYERS",
        heads=("new", "returning_orders", "walk_in_orders"),
    ),
    LiveReport(
        "new-buyers-product",
        _("New and returning by product"),
        _("Of each product, customers who bought it for the first time in the period, and on a later day."),
        (
            Column("label", _("Product"), "WORD"),
            Column("new", _("New"), opens=_opens),
            Column("returning", _("Returning"), opens=_opens),
            Column("walk_in_orders", _("Orders of walk-ins")),
            Column("orders", _("Orders")),
        ),
        group="BUYERS",
    ),
    LiveReport(
        "funnel",
        _("Prospects by source"),
        _("Of those taken down in the period, how many came how far until today."),
        (Column("label", pgettext_lazy("prospect", "Source"), "WORD"), *_STEPS),
        group="SELLING",
        heads=("captured", "qualified", "won", "rate"),
    ),
    LiveReport(
        "funnel-door",
        _("Prospects by door"),
        _("The same by how they came in: typed in, by a web form, in a file, from another program."),
        (Column("label", _("Came by"), "WORD"), *_STEPS),
        group="SELLING",
        heads=("captured", "qualified", "won", "rate"),
    ),
    LiveReport(
        "won-lost",
        _("Won and lost"),
        _("Opportunities that ended in the period, and why those were lost that were."),
        (
            Column("label", _("How it ended"), "WORD"),
            Column("number", _("Opportunities"), opens=_at("rows"), among="opportunities"),
            Column("share", _("Share"), "SHARE"),
            Column("amount", _("Amount"), "MONEY"),
            Column("days", _("Days it took on average")),
            Column("before", _("Period before")),
        ),
        group="SELLING",
        heads=("number", "amount"),
    ),
    LiveReport(
        "won-lost-person",
        _("Won and lost by person"),
        _("What each person won and lost in the period."),
        (
            Column("label", pgettext_lazy("of the firm", "Person"), "WORD"),
            Column("won", pgettext_lazy("opportunity", "Won"), opens=_at("won_rows"), among="opportunities"),
            Column("won_amount", _("Amount won"), "MONEY"),
            Column("lost", pgettext_lazy("opportunity", "Lost"), opens=_at("lost_rows"), among="opportunities"),
            Column("lost_amount", _("Amount lost"), "MONEY"),
            Column("rate", _("Won of all"), "SHARE"),
        ),
        group="SELLING",
        heads=("won", "won_amount", "rate"),
    ),
    LiveReport(
        "activity",
        _("Activities by person"),
        _("What each person did in the period, and what of these days is still to be done."),
        (
            Column("label", pgettext_lazy("of the firm", "Person"), "WORD"),
            *(Column(kind, words, opens=_at(f"{kind}_rows"), among="activities") for kind, words in _KINDS),
            Column("done", _("Done together"), opens=_at("done_rows"), among="activities"),
            Column("late", pgettext_lazy("of these days", "Late"), opens=_at("late_rows"), among="activities"),
        ),
        group="SELLING",
        heads=("done", "late"),
    ),
    LiveReport(
        "forecast-result",
        _("Forecast and result"),
        _("What was foretold of each month when it began, and what was won in it."),
        (
            Column("month", _("Month"), "MONTH"),
            Column("label", _("Pipeline"), "WORD"),
            Column("by_stage", _("By the stages' probability"), "MONEY"),
            Column("expected", _("By your own history"), "MONEY"),
            Column("low", _("Eight times of ten from"), "MONEY"),
            Column("high", _("to"), "MONEY"),
            Column("result", pgettext_lazy("opportunity", "Won"), "MONEY", opens=_at("rows"), among="opportunities"),
            Column("within", _("Within"), "FLAG"),
        ),
        group="SELLING",
        verb="sales.forecast",
        usual="12-months",
    ),
)

LIVE = {report.name: report for report in _ALL}
"""Every one, in the order of the list."""
