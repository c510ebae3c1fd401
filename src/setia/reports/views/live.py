"""Reports about selling: one as a page, as a file, and the orders behind a figure of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.queries import after_confirming, me
from setia.core.permissions import needs
from setia.core.sheets import csv_response, xlsx_response
from setia.orders.queries import lines_of_many, orders_for
from setia.portraits.queries import written as by_filter
from setia.reports import queries
from setia.reports.live import PER, LiveReport
from setia.reports.periods import PERIODS, Period
from setia.reports.tables import Column
from setia.reports.writing import about_of, sheet_of, written

PAGE = 50
ON_PAGE = 200
KINDS = ("csv", "xlsx")


@require_GET
@needs("reports.view")
def sales_report(request: HttpRequest, selling: str) -> HttpResponse:
    """One report for the period of the address."""
    shown = queries.live_report_for(me(request), selling, request.GET.dict(), at=timezone.now(), most=ON_PAGE)
    period, rows = shown.asked.period, shown.table.rows
    address = address_of(shown.asked.period, shown.asked.per if shown.report.name == "by-period" else "")
    whole = address + (f"&product={shown.asked.product}" if shown.asked.product else "")
    context = {
        "shown": shown,
        "product": queries.product_words(me(request), shown.asked),
        "without": f"{request.path}?{address}",
        "report": shown.report,
        "period": period,
        # The newest of what stands in time, of others those that brought most.
        "rows": rows[-ON_PAGE:] if shown.report.columns[0].kind == "DAY" else rows[:ON_PAGE],
        "cut": shown.table.cut + max(len(rows) - ON_PAGE, 0),
        "total": shown.table.total,
        "written": written,
        "whole": whole,
        "opens": lambda column, row: _behind(shown.report, column, row, address),
        "periods": [(code, str(words)) for code, words in PERIODS.items()],
        "per": [(code, str(words)) for code, words in PER.items()],
        "picture": _picture(shown),
        "heads": [column for column in shown.report.columns if column.key in shown.report.heads],
        "exports": {kind: f"{reverse('export_sales_report', args=[selling, kind])}?{whole}" for kind in KINDS},
    }
    return render(request, "reports/sales_report.html", context)


@require_GET
@needs("reports.take")
@after_confirming
def export_sales_report(request: HttpRequest, selling: str, file: str) -> HttpResponseBase:
    """The same rows as a CSV file or a spreadsheet."""
    if file not in KINDS:
        raise Http404
    shown = queries.live_report_for(me(request), selling, request.GET.dict(), at=timezone.now())
    note_export(by=me(request), at=timezone.now(), what="report", report=selling)
    head, rows = sheet_of(shown)
    days = shown.asked.period.now
    name = f"{selling}-{days.first}-{days.final}"
    if file == "csv":
        return csv_response(name, head, iter(rows))
    return xlsx_response(name, head, rows, about=about_of(shown))


@require_GET
@needs("reports.view")
def sales_report_orders(request: HttpRequest, selling: str) -> HttpResponse:
    """The orders behind a figure, the newest first."""
    user, now = me(request), timezone.now()
    report = queries.get_live_report_for(user, selling)
    asked = queries.asked_of(report, request.GET.dict(), at=now)
    key = request.GET.get("key", "")[:100]
    days = queries.days_behind(report, asked, key) if report.group == "SOLD" else None
    if days is None:
        raise Http404
    found = queries.orders_behind(user, report.way, key, days, most=PAGE, after=_after(request.GET))
    orders = {one.pk: one for one in orders_for(user).select_related("customer").filter(pk__in=found.orders)}
    rows = [orders[pk] for pk in found.orders if pk in orders]
    amounts = {one.pk: one.total for one in rows}
    if report.way == "I":
        amounts = _of_product(rows, key)
    period = Period("days", days, asked.period.before)
    figure = queries.figure_behind(user, report, asked, key)
    here = f"{address_of(asked.period, asked.per if not report.way else '')}&{urlencode({'key': key})}"
    more = ""
    if found.more and rows:
        more = f"{request.path}?{here}&{urlencode({'after': f'{rows[-1].ordered_at.isoformat()} {rows[-1].pk}'})}"
    context = {
        "report": report,
        "label": queries.labels_of(user, report.way, [key])[key] if report.way else "",
        "period": period,
        "figure": figure,
        "rows": [(one, amounts[one.pk]) for one in rows],
        "back": f"{reverse('sales_report', args=[selling])}?{address_of(asked.period, asked.per)}",
        "more": more,
    }
    return render(request, "reports/sales_report_orders.html", context)


def address_of(period: Period, per: str = "") -> str:
    """A period as part of an address; one with a name moves with the calendar, chosen days stay."""
    words = {"period": period.name}
    if period.name == "days":
        words |= {"from": str(period.now.first), "to": str(period.now.final)}
    return urlencode(words | ({"per": per} if per else {}))


def _behind(report: LiveReport, column: Column, row: Mapping[str, Any], address: str) -> str:
    """Where the rows behind a figure are listed; '' where there is no such list, or nothing in it."""
    if column.opens is None or not row.get(column.key):
        return ""
    if report.name == "new-buyers-product":
        return f"{reverse('sales_report', args=['new-buyers'])}?{address}&product={row['key']}"
    if report.group != "SOLD":
        words = column.opens(row)
        return f"{reverse(column.among)}?{words}" if words else ""
    # All together are the orders of the period, however they are seen.
    return _opens(report.name if "key" in row or not report.way else "by-period", address, row.get("key", ""))


def _opens(name: str, address: str, key: str) -> str:
    return f"{reverse('sales_report_orders', args=[name])}?{address}&{urlencode({'key': key})}"


def _picture(shown: queries.Shown) -> dict[str, Any]:
    """Revenue as bars: in time, or of the ten that brought most. Of other reports the first of their figures."""
    if shown.report.group != "SOLD":
        return _picture_of(shown)
    rows = shown.table.rows if not shown.report.way else [row for row in shown.table.rows[:10] if row["revenue"]]
    return {
        "kind": "bars",
        "labels": [_short(row, shown.asked.per) for row in rows],
        "values": [float(row["revenue"]) for row in rows],
        "name": _("Revenue"),
        "money": True,
    }


def _picture_of(shown: queries.Shown) -> dict[str, Any]:
    if not shown.report.heads:
        return {"kind": "bars", "labels": [], "values": []}
    key = shown.report.heads[0]
    column = next(one for one in shown.report.columns if one.key == key)
    if shown.table.rows and "label" not in shown.table.rows[0]:
        return _picture_in_time(shown, column)
    rows = sorted((row for row in shown.table.rows if row[key]), key=lambda row: -row[key])[:10]
    return {
        "kind": "bars",
        "labels": [_short(row, "") for row in rows],
        "values": [float(row[key]) for row in rows],
        "name": str(column.label),
    }


def _picture_in_time(shown: queries.Shown, column: Column) -> dict[str, Any]:
    rows = shown.table.rows
    values = [float(row[column.key]) for row in rows]
    return {
        "kind": "bars",
        "labels": [_short(row, "day") for row in rows],
        "values": values,
        "name": str(column.label),
    }


def _short(row: Mapping[str, Any], per: str) -> str:
    """What a bar is called: a month with its year, a day without, a name cut short."""
    if "label" not in row:
        return (
            by_filter("month", row["key"][:7]) if per == "month" else by_filter("day", date.fromisoformat(row["key"]))
        )
    label = str(row["label"])
    return label if len(label) <= 14 else f"{label[:13].rstrip()}…"


def _after(params: Mapping[str, str]) -> tuple[datetime, int] | None:
    moment, _space, pk = params.get("after", "").rpartition(" ")
    try:
        found = parse_datetime(moment)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not pk.isdecimal() or len(pk) > 18:
        return None
    return found, int(pk)


def _of_product(orders: list[Any], key: str) -> dict[int, Any]:
    """What of each order is of a product; for '' what is of none, the discount of the whole order among it."""
    lines = lines_of_many(orders, most=2**31 - 1)
    found = {}
    for one in orders:
        if key:
            found[one.pk] = sum(line.amount for line in lines[one.pk] if str(line.product_id) == key)
        else:
            found[one.pk] = one.total - sum(line.amount for line in lines[one.pk] if line.product_id is not None)
    return found
