"""Lists as CSV, sent as they are read, or as a spreadsheet, and harmless when a program opens them.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, so text that does gets an apostrophe in
front (OWASP, CSV injection). Numbers are numbers and stay as they are.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, row: str) -> str:
        return row


def cell(value: Any) -> str:
    """One cell: None is empty, moments are ISO 8601, decimals lose trailing zeros, dangerous text gets a mark."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def csv_lines(head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The lines of a CSV file, with the mark by which spreadsheets know it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([cell(value) for value in head])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def csv_response(name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The same as a download. `rows` is read while it is sent, so a million of them take no memory."""
    lines = _as_now(csv_lines(head, rows), translation.get_language() or "id", timezone.get_current_timezone())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _as_now(lines: Iterator[str], language: str, zone: tzinfo) -> Iterator[str]:
    """Rows are read after the view and its middleware are done: in the reader's language and the firm's zone still."""
    with translation.override(language), timezone.override(zone):
        yield from lines


def xlsx_bytes(head: Iterable[Any], rows: Iterable[Iterable[Any]], *, about: Iterable[tuple[str, str]] = ()) -> bytes:
    """A spreadsheet of one sheet, its first row fixed, and one that says what it is about. Text is never a formula."""
    from openpyxl import Workbook  # read by the first export, not at the start
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    first = list(head)
    widths = [len(str(one)) for one in first]
    kept = [[_value(value) for value in row] for row in rows]
    for row in kept[:200]:
        widths = [max(width, len(str(value or ""))) for width, value in zip(widths, row, strict=True)]
    for number, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(max(width + 2, 8), 60)
    sheet.freeze_panes = "A2"
    bold = []
    for value in first:
        one = WriteOnlyCell(sheet, value=cell(value))
        one.font = Font(bold=True)
        bold.append(one)
    sheet.append(bold)
    for row in kept:
        sheet.append(row)
    if lines := list(about):
        second = book.create_sheet()
        for line in lines:
            second.append([cell(value) for value in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx_response(
    name: str, head: Iterable[Any], rows: Iterable[Iterable[Any]], *, about: Iterable[tuple[str, str]] = ()
) -> HttpResponse:
    """The same as a download, for tables of some thousand rows: it is made before it is sent."""
    response = HttpResponse(xlsx_bytes(head, rows, about=about), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _value(value: Any) -> Any:
    """Numbers, days and nothing as they are; whatever else as text that no program runs."""
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    return value if isinstance(value, date) else cell(value)
