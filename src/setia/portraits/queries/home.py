"""What home shows of the customer base: each part with its finding as the title, ready for the page.

All of it comes from the pictures of the latest refresh, in one read: home costs the same at a million customers.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from setia.core.permissions import Actor
from setia.portraits.models import Stage, Trait
from setia.portraits.queries.figures import Figures, Rows, figures_for
from setia.portraits.words import (
    base_word,
    money_word,
    month_word,
    near_day_word,
    number_word,
    percent_word,
    short_month_word,
)

MONTHS = 12
BAND = (0.25, 0.40)
"""Steady, growing firms keep at least so much of their customers from one year to the next."""

_PATH = ("REACH", "RELATIONSHIP", "FIRST", "RETENTION", "LOYALTY")


@dataclass(frozen=True)
class Step:
    """One stage of the flow. `up` moved on to the next stage this month; None where nothing is recorded yet."""

    code: str
    customers: int | None
    share: float
    """Of the largest stage: how long the bar is."""
    up: int
    note: str


@dataclass(frozen=True)
class Picture:
    """A chart and the table behind it."""

    title: str
    sub: str
    chart: dict[str, Any]
    rows: Rows
    note: str = ""


@dataclass(frozen=True)
class HomePage:
    """Everything home shows of the portraits; without a day nothing has been computed yet."""

    as_of: date | None = None
    computed_at: datetime | None = None
    figures: list[dict[str, Any]] = field(default_factory=list)
    stages_title: str = ""
    stages_sub: str = ""
    steps: list[Step] = field(default_factory=list)
    defected: Step | None = None
    defected_now: int = 0
    returned_now: int = 0
    buyers: Picture | None = None
    retention: Picture | None = None
    revenue: Picture | None = None
    leaving_title: str = ""
    leaving_sub: str = ""
    leaving: int = 0
    leaving_known: bool = False
    traits: list[tuple[str, str, int]] = field(default_factory=list)


def home_page(user: Actor) -> HomePage:
    """Home's figures for somebody who may see them. Raises `PermissionDenied`."""
    counted = figures_for(user, "base", "stages", "moves", "traits", "new-returning", "retention", "revenue", "leaving")
    if counted.as_of is None:
        return HomePage()
    moves = {(row["from"], row["to"]): row["customers"] for row in counted["moves"]}
    steps, defected = _steps(counted["stages"], moves)
    gone = sum(n for (origin, to), n in moves.items() if to == Stage.DEFECTED and origin)
    back = sum(n for (origin, to), n in moves.items() if origin == Stage.DEFECTED)
    up = sum(n for (origin, to), n in moves.items() if _is_up(origin, to))
    month_start = counted.as_of.replace(day=1)
    leaving = counted["leaving"][0]
    return HomePage(
        as_of=counted.as_of,
        computed_at=counted.computed_at,
        figures=_figures(counted["base"], month_start),
        stages_title=_("%(up)s moved up a stage this month, %(gone)s left")
        % {"up": number_word(up), "gone": number_word(gone)},
        stages_sub=_("Customers by stage on %(day)s; arrows: moved on to the next stage since %(start)s")
        % {"day": near_day_word(counted.as_of), "start": near_day_word(month_start)},
        steps=steps,
        defected=defected,
        defected_now=gone,
        returned_now=back,
        buyers=_buyers(counted),
        retention=_retention(counted["retention"]),
        revenue=_revenue(counted),
        leaving_title=_leaving_title(leaving),
        leaving_sub=_("Silent for over twice their usual gap, and likelier than not to stay away"),
        leaving=leaving["customers"],
        leaving_known=leaving["known"],
        traits=[
            (row["trait"], str(Trait(row["trait"]).label), row["customers"])
            for row in counted["traits"]
            if row["customers"] is not None
        ],
    )


def _figures(base: Rows, month_start: date) -> list[dict[str, Any]]:
    found = {row["class"]: row for row in base}
    notes = {
        "LOYAL": _("bought in all four quarters"),
        "GENERAL": _("bought within a year"),
        "RECURRING": _("with an active subscription"),
        "INSTALLED": _("with an installed unit"),
    }
    figures = []
    for code in ("ALL", "LOYAL", "RECURRING", "GENERAL", "INSTALLED"):
        row = found[code]
        if not row["recorded"]:
            figures.append({"label": base_word(code), "value": "–", "note": _("nothing recorded yet")})
            continue
        change = row["customers"] - row["at_month_start"]
        words = _change(change, month_start)
        figures.append(
            {
                "label": _("Customer base") if code == "ALL" else base_word(code),
                "value": number_word(row["customers"]),
                "note": f"{words}, {notes[code]}" if code in notes else words,
                "href": reverse("customers") + ("" if code == "ALL" else f"?base={code}"),
            }
        )
    return figures


def _change(change: int, since: date) -> str:
    day = near_day_word(since)
    if change > 0:
        return _("Up %(count)s since %(day)s") % {"count": number_word(change), "day": day}
    if change < 0:
        return _("Down %(count)s since %(day)s") % {"count": number_word(-change), "day": day}
    return _("As many as on %(day)s") % {"day": day}


def _is_up(origin: str, to: str) -> bool:
    return origin in _PATH and to in _PATH and _PATH.index(to) > _PATH.index(origin)


def _steps(stages: Rows, moves: dict[tuple[str, str], int]) -> tuple[list[Step], Step]:
    found = {row["stage"]: row for row in stages}
    most = max([row["customers"] for row in stages] + [1])
    steps = []
    for place, code in enumerate(_PATH):
        row = found[code]
        if code == Stage.RELATIONSHIP and not row["customers"] and not row["at_month_start"]:
            steps.append(Step(code, None, 0.0, 0, _("nothing recorded yet")))
            continue
        up = sum(n for (origin, to), n in moves.items() if origin == code and _is_up(origin, to))
        following = _PATH[place + 1 :]
        note = (
            _("%(share)s moved up") % {"share": percent_word(up / row["at_month_start"])}
            if following and row["at_month_start"]
            else ""
        )
        steps.append(Step(code, row["customers"], row["customers"] / most, up, note))
    gone = found["DEFECTED"]
    return steps, Step("DEFECTED", gone["customers"], gone["customers"] / most, 0, "")


def _buyers(counted: Figures) -> Picture | None:
    rows = counted["new-returning"]
    rows = rows[-MONTHS:]
    if not rows:
        return None
    latest, customers = rows[-1], reverse("customers")
    people = latest["new"] + latest["returning"] - latest["both"]
    month = short_month_word(latest["period"][:7])
    title = (
        _("Returning customers: %(share)s of the buyers in %(month)s")
        % {"share": percent_word(latest["returning"] / people, 0), "month": month}
        if people
        else _("Nobody known by name has bought in %(month)s yet") % {"month": month}
    )
    chart = {
        "kind": "stacked",
        "labels": [month_word(row["period"][:7]) for row in rows],
        "running": _is_running(counted.as_of),
        "series": [
            {
                "name": _("Returning"),
                "tone": "accent",
                "values": [row["returning"] for row in rows],
                "hrefs": [f"{customers}?bought={row['period'][:7]}.returning" for row in rows],
            },
            {
                "name": _("New"),
                "tone": "grey",
                "values": [row["new"] for row in rows],
                "hrefs": [f"{customers}?bought={row['period'][:7]}.new" for row in rows],
            },
        ],
    }
    walk_in = latest["walk_in_orders"]
    note = ngettext(
        "And %(count)s order of a walk-in in %(month)s", "And %(count)s orders of walk-ins in %(month)s", walk_in
    ) % {"count": number_word(walk_in), "month": month}
    table = [{**row, "days": _days_of(row["period"])} for row in rows]
    return Picture(title, _with_end(_("Buyers per month"), counted.as_of), chart, table, note)


def _retention(rows: Rows) -> Picture | None:
    rows = [row for row in rows if row["period"] == "YEAR"][-MONTHS:]
    if not rows:
        return None
    rate = rows[-1]["rate"]
    words = {"rate": percent_word(rate)}
    if rate > BAND[1]:
        title = _("Retention %(rate)s, above the line of 25–40%%") % words
    elif rate >= BAND[0]:
        title = _("Retention %(rate)s, within the line of 25–40%%") % words
    else:
        title = _("Retention %(rate)s, below the line of 25–40%%") % words
    chart = {
        "kind": "line",
        "name": _("Retention, %"),
        "labels": [month_word(row["as_of"][:7]) for row in rows],
        "values": [round(row["rate"] * 100, 1) for row in rows],
        "hrefs": [f"{reverse('customers')}?retention=YEAR.{row['as_of']}.kept" for row in rows],
        "band": [share * 100 for share in BAND],
        "band_label": _("Steady, growing firms: at least 25–40%"),
        "percent": True,
    }
    table = [{**row, "lost": row["earlier"] - row["kept"], "day": date.fromisoformat(row["as_of"])} for row in rows]
    sub = _("Buyers of a year who bought again in the next, %")
    return Picture(title, sub, chart, table)


def _revenue(counted: Figures) -> Picture | None:
    every = counted["revenue"]
    rows = every[-MONTHS:]
    if not rows or counted.as_of is None:
        return None
    whole = rows[:-1] if _is_running(counted.as_of) and len(rows) > 1 else rows
    latest = whole[-1]
    sold = latest["new"] + latest["returning"] + latest["walk_in"]
    words = {
        "month": short_month_word(latest["month"][:7]),
        "money": money_word(latest["revenue"]),
        "share": percent_word(latest["returning"] / sold if sold else 0, 0),
    }
    if len(whole) > 1 and latest["revenue"] >= max(row["revenue"] for row in whole):
        title = _("%(month)s %(money)s, the highest; %(share)s returning") % words
    else:
        title = _("%(month)s %(money)s; %(share)s returning") % words
    before = {row["month"]: row["new"] + row["returning"] + row["walk_in"] for row in every}
    series = [("returning", _("Returning"), "accent"), ("new", _("New"), "grey"), ("walk_in", _("Walk-in"), "dark")]
    chart: dict[str, Any] = {
        "kind": "stacked",
        "labels": [month_word(row["month"][:7]) for row in rows],
        "money": True,
        "running": _is_running(counted.as_of),
        "series": [
            {"name": name, "tone": tone, "values": [row[key] for row in rows]}
            for key, name, tone in series
            if key != "walk_in" or any(row["walk_in"] for row in rows)
        ],
    }
    year_before = [before.get(f"{int(row['month'][:4]) - 1}{row['month'][4:]}") for row in rows]
    if any(year_before):
        chart["line"] = {"name": _("Year before"), "values": year_before}
    table = [{**row, "days": _days_of(row["month"])} for row in rows]
    return Picture(title, _with_end(_("Per month, before returns"), counted.as_of), chart, table)


def _leaving_title(row: dict[str, Any]) -> str:
    if not row["customers"]:
        return _("Nobody is about to leave")
    return ngettext(
        "%(count)s customer about to leave; %(money)s a year at stake",
        "%(count)s customers about to leave; %(money)s a year at stake",
        row["customers"],
    ) % {"count": number_word(row["customers"]), "money": money_word(row["spent_12_months"])}


def _days_of(month: str) -> str:
    """A month as the list of orders takes it in its address."""
    first = date.fromisoformat(month)
    return f"from={first}&to={first.replace(day=monthrange(first.year, first.month)[1])}"


def _is_running(as_of: date | None) -> bool:
    """Whether the month of this day is not over with it."""
    return as_of is not None and (as_of + timedelta(days=1)).day != 1


def _with_end(text: str, as_of: date | None) -> str:
    if not _is_running(as_of):
        return text
    return _("%(what)s; the final one until %(day)s") % {"what": text, "day": near_day_word(as_of)}
