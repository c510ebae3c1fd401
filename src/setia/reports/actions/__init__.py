"""What reports change: their tally, and rows computed where they have to be. A module per subject."""

from setia.reports.actions.keep_forecast import keep_forecast
from setia.reports.actions.pictures import UnknownReport, rows
from setia.reports.actions.saved import (
    NoName,
    TooManySaved,
    delete_saved_report,
    mail_report,
    next_letter,
    restore_saved_report,
    save_report,
    send_reports,
)
from setia.reports.actions.tally import (
    count_days,
    count_sold,
    mark_all,
    mark_customers,
    mark_days,
    mark_different,
    mark_order,
    mark_regions,
)

__all__ = [
    "NoName",
    "TooManySaved",
    "UnknownReport",
    "count_days",
    "count_sold",
    "delete_saved_report",
    "keep_forecast",
    "mail_report",
    "mark_all",
    "mark_customers",
    "mark_days",
    "mark_different",
    "mark_order",
    "mark_regions",
    "next_letter",
    "restore_saved_report",
    "rows",
    "save_report",
    "send_reports",
]
