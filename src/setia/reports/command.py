"""`setia report NAME [--json] [--as-of DATE]`: a report's rows on standard output."""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from setia.reports.queries import REPORTS, WORDS, Column, rows_now


def main(args: argparse.Namespace) -> int:
    """Print the report `args.name`; `args.json` for a JSON list of rows, `args.as_of` for a day of one's own."""
    report = REPORTS.get(args.name)
    if report is None:
        names = ", ".join(REPORTS)
        print(_("There is no report {name}. There are: {names}").format(name=args.name, names=names), file=sys.stderr)
        return 2
    as_of = date.fromisoformat(args.as_of) if isinstance(args.as_of, str) else args.as_of
    answer = rows_now(report, at=datetime.now(UTC), as_of=as_of)
    if args.json:
        json.dump(answer.rows, sys.stdout, ensure_ascii=False)
        print()
        return 0
    if not answer.rows:
        print(_("No orders yet: import a file first (setia import FILE --as orders)."), file=sys.stderr)
        return 0
    _table([str(column.label) for column in report.columns], [_cells(row, report.columns) for row in answer.rows])
    return 0


def _cells(row: dict[str, Any], columns: tuple[Column, ...]) -> list[str]:
    return [_cell(row.get(column.name), column.kind) for column in columns]


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return "–"
    if kind == "word":
        return str(WORDS.get(value, value))
    if kind == "share":
        return f"{value:.1%}"
    if kind in {"count", "money"}:
        return f"{value:,.0f}" if kind == "money" else f"{value:,}"
    return str(value)[:7] if kind == "month" else str(value)


def _table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(line[place]) for line in [head, *rows]) for place in range(len(head))]
    for line in [head, *rows]:
        cells = [cell.ljust(widths[0]) if not place else cell.rjust(widths[place]) for place, cell in enumerate(line)]
        print("  ".join(cells).rstrip())
