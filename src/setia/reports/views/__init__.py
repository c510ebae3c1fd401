"""The entrances: reports counted by the portraits' refresh, and those about selling."""

from setia.reports.views.live import export_sales_report, sales_report, sales_report_orders
from setia.reports.views.pictures import export_report, report, reports
from setia.reports.views.saved import delete_saved_report, mail_report, restore_saved_report, save_report

__all__ = [
    "delete_saved_report",
    "export_report",
    "export_sales_report",
    "mail_report",
    "report",
    "reports",
    "restore_saved_report",
    "sales_report",
    "sales_report_orders",
    "save_report",
]
