"""One question for each report about selling: page, file, program and command ask it here, and so say the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.accounts.queries import people_by_id
from setia.catalogue.queries import products_for
from setia.core.among import among
from setia.core.permissions import may
from setia.customers.queries import customers_for, provinces
from setia.reports.live import LIVE, PER, Asked, LiveReport, Table
from setia.reports.periods import Days, Period, period_of
from setia.reports.queries.buyers import buyers_by_day, buyers_by_product
from setia.reports.queries.selling import COUNTS
from setia.reports.queries.sold import (
    Sold,
    latest_day,
    may_see_reports,
    sold_at_all,
    sold_by,
    sold_in_time,
    stretches,
)

_COUNTS = {**COUNTS, "new-buyers": buyers_by_day, "new-buyers-product": buyers_by_product}


class Shown(NamedTuple):
    """A report with what was asked of it and the answer."""

    report: LiveReport
    asked: Asked
    table: Table
    whole: Sold | None
    """Of reports about orders: all orders of the period together, with the revenue of the one before."""


def live_reports_for(user: User) -> list[LiveReport]:
    """The reports about selling this person may see."""
    return [one for one in LIVE.values() if _may_see(user, one)]


def get_live_report_for(user: User, name: str) -> LiveReport:
    """One of them. Raises `Http404` for a name there is none of, and `PermissionDenied`."""
    if name not in LIVE:
        raise Http404
    if not _may_see(user, LIVE[name]):
        raise PermissionDenied(LIVE[name].verb or "reports.view")
    return LIVE[name]


def _may_see(user: User, report: LiveReport) -> bool:
    if report.group in ("SOLD", "BUYERS"):
        return may_see_reports(user)
    return all(may(user, verb) for verb in ("reports.view", "sales.view", "customers.view", report.verb) if verb)


def asked_of(report: LiveReport, params: Mapping[str, str], *, at: datetime) -> Asked:
    """What an address asks of a report: `period`, `from`, `to` (see `periods`) and `per`."""
    if not any(params.get(key) for key in ("period", "from", "to")):
        params = {**params, "period": report.usual}
    period = period_of(params, today=latest_day(at=at))
    per = params.get("per", "")
    if per not in PER:
        per = "day" if period.now.many <= 62 else "month"
    product = params.get("product", "") if report.name == "new-buyers" else ""
    return Asked(period, per, at, (int(product) or None) if product.isdecimal() and len(product) < 19 else None)


def live_report_for(
    user: User, name: str, params: Mapping[str, str], *, at: datetime, most: int | None = None
) -> Shown:
    """A report as an address asks for it; with `most`, of what brought most so many rows. Raises `Http404` and
    `PermissionDenied`.
    """
    report = get_live_report_for(user, name)
    asked = asked_of(report, params, at=at)
    if report.name in _COUNTS:
        return Shown(report, asked, _COUNTS[report.name](user, asked), None)
    whole = sold_at_all(user, asked.period)
    if not report.way:
        answer = sold_in_time(user, asked.per, asked.period)
        rows = [{"key": start.isoformat(), "start": start.isoformat()} | _figures(one) for start, one in answer.rows]
    else:
        answer = sold_by(user, report.way, asked.period, most=most)
        words = labels_of(user, report.way, [key for key, _one in answer.rows])
        rows = [
            {"key": key, "label": words[key]} | _figures(one) | _compared(one, whole.revenue)
            for key, one in answer.rows
        ]
    total = _figures(whole) | _compared(whole, whole.revenue)
    return Shown(report, asked, Table(rows, total, answer.waiting, answer.cut), whole)


def labels_of(user: User, way: str, keys: Sequence[str]) -> dict[str, str]:
    """What keys of a way of looking are called, in the reader's words. One query at most.

    A customer, and a partner, whom this person may not see is told by number alone.
    """
    numbers = {int(key) for key in keys if key.isdecimal()} - {0}
    found: dict[int, str] = {}
    if way == "P":
        found = {pk: str(one) for pk, one in people_by_id(numbers).items()} if numbers else {}
    elif way == "I":
        found = dict(products_for(user).filter(among("id", numbers)).values_list("pk", "name"))
    elif way in ("A", "U"):
        found = {pk: one.display_name for pk, one in customers_for(user).in_bulk(numbers).items()}
    elif way == "R":
        there = provinces()
        return {key: there.get(key, key) or _("Region not known") for key in keys}
    else:
        return {key: key or (_("Not said") if way == "C" else _("Source not known")) for key in keys}
    none = {
        "P": _("Nobody"),
        "I": _("No product, and discounts on whole orders"),
        "A": _("Sold by the firm itself"),
        "U": _("Walk-in"),
    }[way]
    return {key: found.get(int(key), f"#{key}") if key not in ("", "0") else none for key in keys}


def figure_behind(user: User, report: LiveReport, asked: Asked, key: str) -> Sold:
    """The figure of one key, as the report says it."""
    if report.way:
        return next((one for _key, one in sold_by(user, report.way, asked.period, key=key).rows), Sold())
    days = days_behind(report, asked, key) or asked.period.now
    return sold_at_all(user, Period("days", days, asked.period.before))


def days_behind(report: LiveReport, asked: Asked, key: str) -> Days | None:
    """The days of the rows behind a figure: those of the period, or of the stretch of time the row is about."""
    if report.way:
        return asked.period.now
    if not key:
        return asked.period.now
    inside = [day for day in asked.period.now.each() if stretches(asked.per, Days(day, day))[0].isoformat() == key]
    return Days(inside[0], inside[-1]) if inside else None


def _figures(one: Sold) -> dict[str, Any]:
    return {
        "orders": one.orders,
        "returns": one.returns,
        "purchased": one.purchased,
        "returned": one.returned,
        "revenue": one.revenue,
        "quantity": one.quantity,
    }


def _compared(one: Sold, whole: Decimal) -> dict[str, Any]:
    return {
        "share": one.revenue / whole if whole > 0 else None,
        "before": one.before,
        "change": (one.revenue - one.before) / one.before if one.before > 0 else None,
    }
