"""Report pages: the list, one report as a table, and its export."""

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from setia.accounts.queries import me
from setia.core.sheets import csv_response
from setia.reports import queries


@require_GET
def reports(request: HttpRequest) -> HttpResponseBase:
    """Every report with what it answers."""
    return render(request, "reports/reports.html", {"reports": list(queries.REPORTS.values())})


@require_GET
def report(request: HttpRequest, name: str) -> HttpResponseBase:
    """One report as a table."""
    found = queries.get_report_for(me(request), name)
    if found is None:
        raise Http404
    answer = queries.rows_for(me(request), found)
    return render(request, "reports/report.html", {"answer": answer, "words": queries.WORDS})


@require_GET
def export_report(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same rows as CSV, exact and harmless to a spreadsheet."""
    found = queries.get_report_for(me(request), name)
    if found is None:
        raise Http404
    answer = queries.rows_for(me(request), found)
    head = [str(column.label) for column in found.columns]
    rows = ([row.get(column.name) for column in found.columns] for row in answer.rows)
    return csv_response(f"setia-{name}", head, rows)
