"""Questions for reports. `pictures` are counted by the portraits' refresh, `live` ones when they are asked for."""

from setia.reports.queries.buyers import product_words
from setia.reports.queries.live import (
    Shown,
    asked_of,
    days_behind,
    figure_behind,
    get_live_report_for,
    labels_of,
    live_report_for,
    live_reports_for,
)
from setia.reports.queries.pictures import Counted, get_report_for, reports_for
from setia.reports.queries.saved import Kept, get_saved_for, kept_for, may_change_saved, sees_saved, teams_of
from setia.reports.queries.sold import Behind, Sold, may_see_reports, orders_behind, sold_by

__all__ = [
    "Behind",
    "Counted",
    "Kept",
    "Shown",
    "Sold",
    "asked_of",
    "days_behind",
    "figure_behind",
    "get_live_report_for",
    "get_report_for",
    "get_saved_for",
    "kept_for",
    "labels_of",
    "live_report_for",
    "live_reports_for",
    "may_change_saved",
    "may_see_reports",
    "orders_behind",
    "product_words",
    "reports_for",
    "sees_saved",
    "sold_by",
    "teams_of",
]
