"""The letter a report goes out in: its sums, its first rows, the whole as a spreadsheet, in the reader's language."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from setia.accounts.models import User
from setia.core import mail
from setia.core.permissions import may
from setia.core.queries import firm
from setia.core.sheets import XLSX, xlsx_bytes
from setia.reports.models import SavedReport
from setia.reports.queries import live_report_for
from setia.reports.writing import about_of, sheet_of, written

NAMED = 20
"""So many rows stand in the letter itself."""


def write_report(user: User, saved: SavedReport, *, at: datetime, base: str) -> None:
    """Send a saved report to one person, with what they may see. The spreadsheet goes along if they may take reports
    as files. Raises `MailTrouble`, and `PermissionDenied` where they may not see the report any more.
    """
    house = firm()
    with override(user.language or house.language), timezone.override(house.tz):
        shown = live_report_for(user, saved.report, saved.params, at=at)
        days, columns = shown.asked.period.now, shown.report.columns
        table = [[str(column.label) for column in columns]]
        rows = shown.table.rows[:NAMED] if shown.report.name != "by-period" else shown.table.rows[-NAMED:]
        table += [[written(column, row) for column in columns] for row in rows]
        if total := shown.table.total:
            cells = [written(column, total) if column.key in total else "" for column in columns]
            table.append([_("All together"), *cells[1:]])
        widths = [max(len(row[place]) for row in table) for place in range(len(columns))]
        text = [
            "  ".join(
                cell.ljust(width) if column.kind in ("WORD", "DAY", "MONTH") else cell.rjust(width)
                for cell, width, column in zip(row, widths, columns, strict=True)
            ).rstrip()
            for row in table
        ]
        left = len(shown.table.rows) - len(rows)
        more = ngettext("%(num)s more row", "%(num)s more rows", left) % {"num": left} if left else ""
        link = f"{base}{reverse('sales_report', args=[saved.report])}?{urlencode(saved.params)}"
        span = f"{days.first} – {days.final}" if days.first != days.final else f"{days.first}"
        files = []
        if may(user, "reports.take"):
            name = f"{saved.report}-{days.first}-{days.final}.xlsx"
            files = [(name, xlsx_bytes(*sheet_of(shown), about=about_of(shown)), XLSX)]
        mail.send(
            to=user.email,
            subject=f"{saved.name}, {span}",
            body="\n".join([f"{shown.report.title}, {span}", "", *text, *([more] if more else []), "", link, ""]),
            files=files,
        )
