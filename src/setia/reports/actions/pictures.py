"""A report's rows, computed where they have to be."""

from datetime import date, datetime

from setia.portraits import queries
from setia.reports.tables import REPORTS, Report


class UnknownReport(Exception):
    """There is no report of this name."""


def rows(name: str, *, at: datetime, as_of: date | None = None) -> tuple[Report, queries.Rows]:
    """The report as the pages show it, after a refresh where orders have changed since the latest one.

    As of another day than the portraits', everything is computed for that day and nothing is kept. Raises
    `UnknownReport`.
    """
    from setia.portraits import actions as portraits  # brings the analytics along, which pages can do without

    report = REPORTS.get(name)
    if report is None:
        raise UnknownReport(name)
    if as_of is not None:
        latest = queries.latest_refresh()
        if latest is None or latest.as_of_date != as_of or queries.is_stale(at=at):
            return report, portraits.compute(at=at, as_of=as_of).pictures[report.picture]
    elif queries.is_stale(at=at):
        portraits.refresh(by=None, at=at)
    return report, queries.figures(report.picture)[report.picture]
