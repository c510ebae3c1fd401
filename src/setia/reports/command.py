"""`setia report NAME [--json] [--as-of DATE]`: the numbers of the pages, as JSON rows or as a table."""

import argparse
import json
import sys

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from setia.core.queries import firm
from setia.portraits.queries import latest_refresh, why_absent
from setia.reports.actions import UnknownReport, rows
from setia.reports.tables import REPORTS
from setia.reports.writing import written


def main(arguments: argparse.Namespace) -> int:
    """Write the report to standard output; 2 for a name there is none of."""
    with translation.override(firm().language):
        try:
            report, found = rows(arguments.name, at=timezone.now(), as_of=arguments.as_of)
        except UnknownReport:
            words = {"name": arguments.name, "names": ", ".join(REPORTS)}
            sys.stderr.write(_("There is no report {name}. There are: {names}").format(**words) + "\n")
            return 2
        if arguments.json:
            order = [column.key for column in report.columns]
            found = [{key: row[key] for key in [*order, *sorted(set(row) - set(order))]} for row in found]
            json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
            return 0
        if not found:
            sys.stderr.write(_why_empty() + "\n")
            return 0
        table = [[str(column.label) for column in report.columns]]
        table += [[written(column, row) for column in report.columns] for row in found]
        widths = [max(len(line[place]) for line in table) for place in range(len(report.columns))]
        for line in table:
            cells = [
                cell.ljust(width) if column.kind in {"WORD", "MONTH", "DAY"} else cell.rjust(width)
                for cell, width, column in zip(line, widths, report.columns, strict=True)
            ]
            sys.stdout.write("  ".join(cells).rstrip() + "\n")
    return 0


def _why_empty() -> str:
    latest = latest_refresh()
    if latest is None or not latest.orders:
        return _("No orders yet: import a file first (setia import FILE --as orders).")
    return why_absent(latest) or _("There is nothing to report.")
