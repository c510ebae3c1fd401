"""The reports about what comes before an order: prospects, opportunities, activities, and the forecast.

Their rows are counted by `sales`, through its gates; here they get words, sums and the addresses of the rows behind.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from setia.accounts.models import User
from setia.accounts.queries import people_by_id
from setia.core.queries import current_firm
from setia.reports.live import Asked, Table
from setia.reports.models import KeptForecast
from setia.reports.periods import Days, shifted
from setia.sales import queries as sales

Row = dict[str, Any]


def funnel_by_source(user: User, asked: Asked) -> Table:
    """How far prospects of each source got."""
    return _funnel(user, asked, "source", {"": _("Source not known")})


def funnel_by_door(user: User, asked: Asked) -> Table:
    """How far prospects of each door got."""
    return _funnel(user, asked, "how", sales.doors())


def won_and_lost(user: User, asked: Asked) -> Table:
    """What was won, and what was lost for which reason."""
    now, before = (
        {(one.status, one.key): one for one in sales.closed_by(user, "lost_reason", **_moments(days))}
        for days in asked.period[1:]
    )
    names = {one.pk: one.name for one in sales.reasons()}
    rows: list[Row] = []
    for place in sorted(set(now) | set(before), key=lambda each: (each[0] != "WON", names.get(each[1] or 0, ""))):
        status, key = place
        one = now.get(place) or sales.Closed(status, key, 0, Decimal(0), 0.0)
        label = _("Won") if status == "WON" else names.get(key or 0, _("Lost without a reason"))
        more = {} if status == "WON" else {"reason": key or "none"}
        rows.append(
            {
                "key": f"{status}-{key or ''}",
                "label": label,
                "number": one.number,
                "amount": one.amount,
                "days": round(one.days) if one.number else None,
                "before": before[place].number if place in before else 0,
                "rows": _address(asked.period.now, status=status, **more),
            }
        )
    whole = sum(row["number"] for row in rows)
    for row in rows:
        row["share"] = Decimal(row["number"]) / whole if whole else None
    return Table(rows, _added(rows, ("number", "amount", "before")) | {"share": None, "days": None})


def won_and_lost_by_person(user: User, asked: Asked) -> Table:
    """What each person won and lost, and how many of a hundred they won."""
    rows: dict[int | None, Row] = {}
    for one in sales.closed_by(user, "owner", **_moments(asked.period.now)):
        row = rows.setdefault(one.key, {"won": 0, "lost": 0, "won_amount": Decimal(0), "lost_amount": Decimal(0)})
        row |= {one.status.lower(): one.number, f"{one.status.lower()}_amount": one.amount}
    names = _names(rows)
    found = [
        {
            "key": str(key or ""),
            "label": names[key],
            **row,
            "rate": Decimal(row["won"]) / (row["won"] + row["lost"]),
            **{
                f"{status.lower()}_rows": _address(asked.period.now, status=status, owner=key or "none")
                for status in ("WON", "LOST")
            },
        }
        for key, row in rows.items()
    ]
    found.sort(key=lambda row: (-row["won_amount"], row["label"]))
    total = _added(found, ("won", "lost", "won_amount", "lost_amount"))
    total["rate"] = Decimal(total["won"]) / (total["won"] + total["lost"]) if found else None
    return Table(found, total)


def activity(user: User, asked: Asked) -> Table:
    """What each person did of each kind, and what of these days they have still to do."""
    days = asked.period.now
    done = sales.done_by_person(user, first=days.first, final=days.final)
    yesterday = current_firm().day_of(asked.at) - timedelta(days=1)
    late = sales.late_by_person(user, first=days.first, final=min(days.final, yesterday))
    names = _names({*done, *late})
    kinds = [code for code, _words in sales.activity_kinds()]
    rows = []
    for key in sorted({*done, *late}, key=lambda one: names[one]):
        counts = done.get(key, {})
        row: Row = {"key": str(key), "label": names[key], "late": late.get(key, 0), "done": sum(counts.values())}
        row |= {kind: counts.get(kind, 0) for kind in kinds}
        row |= {f"{kind}_rows": _address(days, state="DONE", who=_who(user, key), kind=kind) for kind in kinds}
        row["done_rows"] = _address(days, state="DONE", who=_who(user, key))
        row["late_rows"] = _address(days, state="LATE", who=_who(user, key))
        rows.append(row)
    return Table(rows, _added(rows, (*kinds, "done", "late")))


def forecast_and_result(user: User, asked: Asked) -> Table:
    """What was foretold of each month when it began, and what it brought, by pipeline. For who sees the forecast."""
    days = asked.period.now
    pipelines = {one.pk: one.name for one in sales.pipeline_names()}
    months = [shifted(days.first.replace(day=1), place) for place in range(_months(days))]
    ends = shifted(months[-1], 1) - timedelta(days=1)
    won = sales.won_by_month(pipelines, **_moments(Days(months[0], min(ends, asked.today))))
    kept = {
        (one.pipeline_id, one.month): one
        for one in KeptForecast.objects.filter(month__in=months, pipeline__in=pipelines)
    }
    rows = []
    for month in reversed(months):
        for key, name in pipelines.items():
            said, came = kept.get((key, month)), won.get((key, month), Decimal(0))
            if said is None and not came:
                continue
            last = min(shifted(month, 1) - timedelta(days=1), asked.today)
            over = last < asked.today or last == shifted(month, 1) - timedelta(days=1)
            rows.append(
                {
                    "key": f"{month}-{key}",
                    "month": month.isoformat(),
                    "label": name,
                    "by_stage": said and said.by_stage,
                    "expected": said and said.expected,
                    "low": said and said.low,
                    "high": said and said.high,
                    "result": came,
                    "within": said.low <= came <= said.high
                    if over and said and said.low is not None and said.high is not None
                    else None,
                    "rows": _address(Days(month, last), status="WON", pipeline=key),
                }
            )
    return Table(rows, None)


def _months(days: Days) -> int:
    return (days.final.year - days.first.year) * 12 + days.final.month - days.first.month + 1


def _funnel(user: User, asked: Asked, what: str, words: dict[str, str]) -> Table:
    now, before = (sales.funnel_by(user, what, first=days.first, final=days.final) for days in asked.period[1:])
    rows = []
    for key in sorted(set(now) | set(before), key=lambda one: (-now.get(one, sales.Funnel()).captured, one)):
        one, earlier = now.get(key, sales.Funnel()), before.get(key, sales.Funnel())
        row: Row = {"key": key, "label": words.get(key, key), **one._asdict(), **_rates(one, earlier)}
        if key:
            for step, status in (("captured", "ALL"), ("won", "WON"), ("unqualified", "UNQUALIFIED")):
                row[f"{step}_rows"] = _address(asked.period.now, status=status, archived=1, **{what: key})
        rows.append(row)
    whole, earlier = (sales.Funnel(*map(sum, zip(*all_.values(), strict=True))) for all_ in (now, before))
    return Table(rows, whole._asdict() | _rates(whole, earlier))


def _rates(one: "sales.Funnel", earlier: "sales.Funnel") -> Row:
    return {
        "rate": Decimal(one.won) / one.captured if one.captured else None,
        "before": Decimal(earlier.won) / earlier.captured if earlier.captured else None,
    }


def _moments(days: Days) -> dict[str, datetime]:
    """From the beginning of the first day, in the firm's zone, to the end of the last."""
    zone = current_firm().tz
    return {
        "begins": datetime.combine(days.first, time(), zone),
        "ends": datetime.combine(days.final + timedelta(days=1), time(), zone),
    }


def _address(days: Days, **words: Any) -> str:
    return urlencode(words | {"from": days.first, "to": days.final})


def _who(user: User, key: int) -> Any:
    return "ME" if key == user.pk else key


def _names(keys: Iterable[int | None]) -> dict[int | None, str]:
    known = people_by_id({key for key in keys if key})
    return {key: str(known[key]) if key in known else _("Nobody") for key in [*keys, None]}


def _added(rows: list[Row], keys: Iterable[str]) -> Row:
    return {key: sum((row[key] for row in rows), Decimal(0) if "amount" in key else 0) for key in keys}


COUNTS: dict[str, Callable[[User, Asked], Table]] = {
    "funnel": funnel_by_source,
    "funnel-door": funnel_by_door,
    "won-lost": won_and_lost,
    "won-lost-person": won_and_lost_by_person,
    "activity": activity,
    "forecast-result": forecast_and_result,
}
"""Report → who counts it."""
