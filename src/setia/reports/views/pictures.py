"""The reports: their list, one as a table, one as a file."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from setia.accounts.actions import note_export
from setia.accounts.queries import me
from setia.core.mail import REASONS
from setia.core.permissions import may, needs
from setia.core.sheets import csv_response
from setia.reports import queries
from setia.reports.models import Mailing
from setia.reports.writing import written

MOST_ON_PAGE = 1000


@require_GET
@needs("reports.view")
def reports(request: HttpRequest) -> HttpResponse:
    """Every report in a line: those about selling, and those of the whole firm for whoever sees its figures."""
    user = me(request)
    gone = request.GET.get("undo", "")
    context = {
        "saved": [(one, _address(one)) for one in queries.kept_for(user)],
        "every": [("", _("not by e-mail")), *((code, str(label)) for code, label in Mailing.Every.choices)],
        "reasons": REASONS,
        "gone": queries.get_saved_for(user, int(gone), to_change=True, gone_too=True)
        if gone.isdecimal() and len(gone) < 19
        else None,
        "selling": queries.live_reports_for(user),
        "reports": queries.reports_for(user) if may(user, "portraits.view") else [],
    }
    return render(request, "reports/reports.html", context)


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


def _address(one: queries.Kept) -> str:
    return f"{reverse('sales_report', args=[one.saved.report])}?{urlencode(one.saved.params)}"
