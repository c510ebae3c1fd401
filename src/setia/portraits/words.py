"""Codes and values of this room in the reader's words: stages and traits say their own in `models`."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.template import engines
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from setia.portraits.models import Stage, Trait

BASES = {
    "ALL": gettext_lazy("All customers"),
    "BUYERS": gettext_lazy("Have bought"),
    "LOYAL": gettext_lazy("Loyal"),
    "GENERAL": gettext_lazy("General"),
    "RECURRING": gettext_lazy("Recurring revenue"),
    "INSTALLED": gettext_lazy("Installed"),
}
CELLS = {
    "CHAMPIONS": gettext_lazy("Champions"),
    "LOYAL_CUSTOMERS": gettext_lazy("Regulars"),
    "POTENTIAL_LOYALISTS": gettext_lazy("On the rise"),
    "NEW_CUSTOMERS": gettext_lazy("New"),
    "PROMISING": gettext_lazy("Promising"),
    "NEED_ATTENTION": gettext_lazy("Need attention"),
    "ABOUT_TO_SLEEP": gettext_lazy("Falling asleep"),
    "AT_RISK": gettext_lazy("At risk"),
    "CANT_LOSE": gettext_lazy("Must not lose"),
    "HIBERNATING": gettext_lazy("Asleep"),
}
PERIODS = {"YEAR": gettext_lazy("yearly"), "QUARTER": gettext_lazy("quarterly"), "MONTH": gettext_lazy("monthly")}
NOT_YET = {"NOT_YET": gettext_lazy("Had not bought yet")}
WORDS: dict[str, Any] = BASES | CELLS | NOT_YET | PERIODS | dict(Stage.choices) | dict(Trait.choices)
"""Every code that stands in a picture's rows."""


def base_word(code: str) -> str:
    """A base class in words."""
    return str(BASES[code])


def cell_word(code: str) -> str:
    """A named group of the RFM map in words; '' for what is none."""
    return str((CELLS | NOT_YET).get(code, ""))


def written(how: str, value: Any, **more: Any) -> str:
    """A value as the pages write it: by the filter of that name of the page templates."""
    return str(engines["jinja2"].env.filters[how](value, **more))  # type: ignore[attr-defined]


def money_word(value: Decimal | float | None) -> str:
    """Rp5,8 jt."""
    return written("short_money", value)


def number_word(value: float | None, decimals: int = 0) -> str:
    """12.480."""
    return written("number", value, decimals=decimals)


def percent_word(value: float | None, decimals: int = 1) -> str:
    """34,2%."""
    return written("percent", value, decimals=decimals)


def day_word(value: date | None) -> str:
    """8 Nov 2025."""
    return written("day", value, year=True)


def short_month_word(value: date | str) -> str:
    """Nov."""
    return month_word(value).split(" ")[0]


def near_day_word(value: date | None) -> str:
    """8 Nov; with the year where it is another one than now."""
    return written("day", value)


def month_word(value: date | str) -> str:
    """Nov 2025."""
    return written("month", value)


def days_word(days: float) -> str:
    """27 days."""
    whole = round(days)
    return ngettext("%(count)s day", "%(count)s days", whole) % {"count": number_word(whole)}


def risk_word(risk: float) -> str:
    """Low, middling or high."""
    if risk < 0.2:
        return _("Low")
    return _("Middling") if risk < 0.5 else _("High")
