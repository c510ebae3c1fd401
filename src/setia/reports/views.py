"""The reports: their list, one as a table, one as a file."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.queries import me
from setia.core.permissions import needs
from setia.core.sheets import csv_response
from setia.reports import queries
from setia.reports.writing import written

MOST_ON_PAGE = 1000


@require_GET
@needs("portraits.view")
def reports(request: HttpRequest) -> HttpResponse:
    """Every report in a line."""
    return render(request, "reports/reports.html", {"reports": queries.reports_for(me(request))})


@require_GET
@needs("portraits.view")
def report(request: HttpRequest, name: str) -> HttpResponse:
    """One report as a table, its latest rows first where they are many."""
    found = queries.get_report_for(me(request), name)
    shown = found.rows[-MOST_ON_PAGE:]
    context = {"found": found, "shown": shown, "cut": len(found.rows) - len(shown), "written": written}
    return render(request, "reports/report.html", context)


@require_GET
@needs("reports.export")
def export_report(request: HttpRequest, name: str) -> HttpResponseBase:
    """One report as CSV, with the codes and the numbers `setia report` gives."""
    found = queries.get_report_for(me(request), name)
    keys = [column.key for column in found.report.columns]
    note_export(by=me(request), at=timezone.now(), what="report", report=name)
    return csv_response(name, keys, ([row[key] for key in keys] for row in found.rows))
