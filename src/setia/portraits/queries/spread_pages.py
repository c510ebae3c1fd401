"""How money is spread over customers: what they brought (concentration) and what they are expected to bring (value)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from setia.core.permissions import Actor
from setia.portraits.queries.figures import Rows, figures_for, latest_refresh, why_absent
from setia.portraits.words import number_word, percent_word, written


@dataclass(frozen=True)
class ConcentrationPage:
    """Shares from the top: which part of the money the customers who spent most brought."""

    as_of: date | None = None
    computed_at: datetime | None = None
    rows: Rows = field(default_factory=list)
    title: str = ""
    chart: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ValuePage:
    """Customers by what they are expected to spend in the coming year; `absent` says why that is not known."""

    as_of: date | None = None
    computed_at: datetime | None = None
    rows: Rows = field(default_factory=list)
    title: str = ""
    chart: dict[str, Any] = field(default_factory=dict)
    absent: str = ""


def concentration_page(user: Actor) -> ConcentrationPage:
    """The curve as the latest refresh counted it."""
    counted = figures_for(user, "concentration")
    rows = counted["concentration"]
    if not rows:
        return ConcentrationPage(counted.as_of, counted.computed_at)
    tenth = next(row for row in rows if row["percent"] == 10)
    if tenth["customers"] == 1:
        # Of up to ten customers one is more than a tenth.
        title = _("The customer who spent most brought %(share)s of the money")
    else:
        title = _("%(customers)s customers, a tenth, brought %(share)s of the money")
    title %= {"customers": number_word(tenth["customers"]), "share": percent_word(tenth["share"], 0)}
    chart = {
        "kind": "curve",
        "name": _("Share of the money, %"),
        "x_name": _("Customers, those who spent most first, %"),
        "y_name": _("Money, %"),
        "points": [[0, 0], *([row["percent"], round(row["share"] * 100, 2)] for row in rows)],
        "diagonal": True,
    }
    return ConcentrationPage(counted.as_of, counted.computed_at, rows, title, chart)


def value_page(user: Actor) -> ValuePage:
    """The bands as the latest refresh counted them."""
    counted = figures_for(user, "value")
    if not counted:
        return ValuePage()
    refresh = latest_refresh()
    absent = why_absent(refresh, "repeat") or why_absent(refresh, "value")
    rows = counted["value"]
    if not rows:
        return ValuePage(counted.as_of, counted.computed_at, absent=absent)
    rows = [{**row, "key": f"{_plain(row['low'])}-{_plain(row['high'])}"} for row in rows]
    # From the top down: how few customers bring half of what is expected.
    people = money = 0.0
    total = sum(row["customers"] for row in rows)
    for row in reversed(rows):
        people, money = people + row["customers"], money + row["share"]
        if money >= 0.5:
            break
    title = _("%(people)s of the customers are expected to bring %(share)s of next year's money") % {
        "people": percent_word(people / total, 0),
        "share": percent_word(money, 0),
    }
    chart = {
        "kind": "bars",
        "name": _("Customers, by what each is expected to spend at least"),
        "labels": [written("short_number", row["low"]) for row in rows],
        "values": [row["customers"] for row in rows],
        "hrefs": [f"{reverse('customers')}?value={row['key']}" for row in rows],
    }
    return ValuePage(counted.as_of, counted.computed_at, rows, title, chart)


def _plain(limit: float) -> str:
    """A band's limit as the filter `value` takes it."""
    return f"{Decimal(str(limit)).normalize():f}"
