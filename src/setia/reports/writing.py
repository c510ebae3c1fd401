"""How a report's cell is written on a page and in the terminal."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from setia.portraits.queries import WORDS
from setia.portraits.queries import written as by_filter
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
        case "MONEY":
            return by_filter("money", value)
        case "FLAG":
            return _("yes") if value else _("no")
    return by_filter("number", value, decimals=0 if value == int(value) else 1)
