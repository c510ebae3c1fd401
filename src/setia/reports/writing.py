"""How a report's cell is written on a page and in the terminal."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from setia.portraits.queries import WORDS
from setia.portraits.queries import written as by_filter
from setia.reports.queries.live import Shown
from setia.reports.tables import Column


def written(column: Column, row: Mapping[str, Any]) -> str:
    """The cell in the reader's language; a dash where a figure cannot be given."""
    value = row[column.key]
    if value is None:
        return "–"
    match column.kind:
        case "WORD":
            return str(WORDS.get(value, value))
        case "MONTH":
            return by_filter("month", value[:7])
        case "DAY":
            return by_filter("day", date.fromisoformat(value), year=True)
        case "SHARE":
            return by_filter("percent", value)
        case "CHANGE":
            return ("+" if value > 0 else "") + by_filter("percent", value)
        case "MONEY":
            return by_filter("money", value)
        case "FLAG":
            return _("yes") if value else _("no")
    return by_filter("number", value, decimals=0 if value == int(value) else 1)


def sheet_of(shown: Shown) -> tuple[list[str], list[list[Any]]]:
    """A report as a file holds it: its columns in words, then values."""
    head = [str(column.label) for column in shown.report.columns]
    return head, [[_plain(row[column.key], column.kind) for column in shown.report.columns] for row in shown.table.rows]


def about_of(shown: Shown) -> list[tuple[str, str]]:
    """What a file says about itself: the report, its days, and the days it is compared with."""
    now, before = shown.asked.period.now, shown.asked.period.before
    return [
        (_("Report"), str(shown.report.title)),
        (_("What it says"), str(shown.report.about)),
        (_("Period"), f"{now.first} – {now.final}"),
        (_("Period before"), f"{before.first} – {before.final}"),
    ]


def _plain(value: Any, kind: str) -> Any:
    if kind in ("SHARE", "CHANGE") and value is not None:
        return round(value, 4)
    return value
