"""Reports about selling, the same numbers as on their pages and in their files."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from setia.api.door import Asked, answer, offer
from setia.api.v1.fields import PROBLEMS, Given, ProblemShown, Shown
from setia.reports import queries

router = Router(tags=["Reports"])

Period = Literal[
    "yesterday",
    "last-week",
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
    "this-year",
    "last-year",
    "7-days",
    "30-days",
    "12-months",
    "days",
]
Cell = str | int | bool | None


class ColumnShown(Shown):
    key: str
    label: str
    kind: str = Field(description=gettext_noop("MONEY and SHARE are text with a decimal point, COUNT is a number."))


class ReportHead(Shown):
    name: str
    title: str
    about: str
    columns: list[ColumnShown]


class ReportList(Shown):
    items: list[ReportHead]


class DaysShown(Shown):
    first_date: date
    final_date: date


class ReportShown(ReportHead):
    period: DaysShown = Field(description=gettext_noop("Days in the firm's time zone, both included."))
    before: DaysShown = Field(description=gettext_noop("The days it is compared with."))
    rows: list[dict[str, Cell]] = Field(description=gettext_noop("By the keys of the columns; `key` names the row."))
    total: dict[str, Cell] | None
    waiting_days: int = Field(description=gettext_noop("Changed days that are still being counted anew."))


class ReportFilters(Given):
    period: Period | None = None
    since: date | None = Field(None, description=gettext_noop("The first day, for days of one's choice."))
    until: date | None = Field(None, description=gettext_noop("The last day, for days of one's choice."))
    per: Literal["day", "week", "month"] | None = Field(None, description=gettext_noop("The rows of `by-period`."))


@offer(
    router,
    "GET",
    "/reports",
    "reports.view",
    answers={200: ReportList, PROBLEMS: ProblemShown},
    summary=gettext_noop("List the reports about selling"),
)
def list_sales_reports(request: Asked) -> HttpResponse:
    return answer(ReportList(items=[ReportHead(**_head(one)) for one in queries.live_reports_for(request.user)]))


@offer(
    router,
    "GET",
    "/reports/{slug:selling}",
    "reports.view",
    answers={200: ReportShown, PROBLEMS: ProblemShown},
    summary=gettext_noop("Read a report about selling"),
)
def get_sales_report(request: Asked, selling: str, wanted: Query[ReportFilters]) -> HttpResponse:
    asked = {"period": wanted.period, "from": wanted.since, "to": wanted.until, "per": wanted.per}
    params = {key: str(value) for key, value in asked.items() if value}
    shown = queries.live_report_for(request.user, selling, params, at=timezone.now())
    keys = ["key", *(column.key for column in shown.report.columns)]
    period, total = shown.asked.period, shown.table.total
    return answer(
        ReportShown(
            **_head(shown.report),
            period=DaysShown(first_date=period.now.first, final_date=period.now.final),
            before=DaysShown(first_date=period.before.first, final_date=period.before.final),
            rows=[{key: _cell(row.get(key)) for key in keys} for row in shown.table.rows],
            total={key: _cell(total[key]) for key in keys if key in total} if total is not None else None,
            waiting_days=shown.table.waiting,
        )
    )


def _head(report: Any) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": str(report.title),
        "about": str(report.about),
        "columns": [ColumnShown(key=one.key, label=str(one.label), kind=one.kind) for one in report.columns],
    }


def _cell(value: Any) -> Cell:
    if isinstance(value, Decimal):
        return f"{round(value, 6).normalize():f}"
    return value if value is None or isinstance(value, int) else str(value)
