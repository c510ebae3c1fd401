"""Questions for reports: one table as of the latest refresh, or as of another day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404

from setia.core.permissions import Actor
from setia.portraits import queries as portraits
from setia.reports.tables import REPORTS, Report

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Counted:
    """A report with its rows; without a day nothing has been computed yet."""

    report: Report
    rows: Rows
    as_of: date | None
    computed_at: datetime | None
    why_empty: str = ""


def reports_for(user: Actor) -> list[Report]:
    """The reports this person may see. Raises `PermissionDenied`."""
    portraits.figures_for(user)
    return list(REPORTS.values())


def get_report_for(user: Actor, name: str) -> Counted:
    """A report as of the latest refresh. Raises `Http404` for a name there is none of, and `PermissionDenied`."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404
    found = portraits.figures_for(user, report.picture)
    rows = found[report.picture]
    why = portraits.why_absent(portraits.latest_refresh(), "value") if name == "value" and not rows else ""
    return Counted(report, rows, found.as_of, found.computed_at, why)
