"""Lists as CSV, sent as they are read, and harmless when a spreadsheet opens them.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, so text that does gets an apostrophe in
front (OWASP, CSV injection). Numbers are numbers and stay as they are.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone, translation

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
