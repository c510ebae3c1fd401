"""Keep what the models say, once a month, and compare it with what happened when the time has come.

1. Planned: the forecasts that are missing, as rows to be worked out. For the month of the latest refresh what the
   models say today; and, so that a firm need not wait for a year to know how far to trust them, what they would have
   said on earlier days, from the orders up to those days. The latter are made anew when the month or the orders change.
2. Worked out one by one, each in a transaction of its own: the page shows how far it is.
3. Compared: what was kept, when its days are over. What still runs is followed as far as it goes.
4. Two pictures of it for reports and files.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from setia.accounts.models import User
from setia.core.permissions import require
from setia.core.queries import firm
from setia.customers.queries.arrow import customer_columns
from setia.orders.queries.arrow import order_columns
from setia.portraits.actions._locks import LOOK_BACK, alone
from setia.portraits.analysis import foretelling
from setia.portraits.analysis.fitting import load
from setia.portraits.analysis.rules import Rules
from setia.portraits.models import Forecast, Foretold, Picture, Refresh
from setia.portraits.queries.accuracy import HORIZONS, group_rows, summary_rows

LOOKS_BACK = ((90, 4), (365, 1))
"""Days ahead, and how many such spans end to end are looked back at."""
KEPT_MONTHS = 37
_COPIED = ("group", "expected", "before", "away", "value", "value_low", "value_high", "spent_before", "bought", "spent")


def due() -> bool:
    """Whether something is to be kept or compared since the latest refresh. Two questions, no reading of orders."""
    refresh = Refresh.objects.order_by("-id").first()
    if refresh is None or "repeat" not in refresh.models_json:
        return False
    forecasts = list(Forecast.objects.all())
    return bool(_missing(refresh, forecasts) or _outdated(refresh, forecasts)) or any(
        one.made_at is None or (one.compared_at is None and one.until_date <= refresh.as_of_date) for one in forecasts
    )


def look_back_later() -> None:
    """Ask the worker for it, where anything is due: about once a month."""
    if due():
        with suppress(AlreadyEnqueued), transaction.atomic():  # the queue's refusal must not undo what was done before
            app.configure_task("portraits.look_back", queueing_lock="portraits.look_back").defer()


def look_back(*, by: User | None, at: datetime) -> int:
    """Work out and compare what is due; answers how many forecasts were. `by` is None for the schedule.

    Raises `PermissionDenied`.
    """
    if by is not None:
        require(by, "portraits.refresh")
    with alone(LOOK_BACK):
        refresh = Refresh.objects.order_by("-id").first()
        if refresh is None:
            return 0
        _plan(refresh, at=at)
        waiting = list(Forecast.objects.filter(compared_at=None).order_by("-as_of_date", "days"))
        if not waiting:
            return 0
        orders, customers, rules = order_columns(), customer_columns(), Rules.of_firm(firm().rules)
        today = foretelling.shop_on(orders, customers, day=refresh.as_of_date, rules=rules)
        done = 0
        for one in waiting:
            if one.made_at is None:
                looked = foretelling.shop_on(orders, customers, day=one.as_of_date, rules=rules)
                said_now = one.made == Forecast.Made.SAID
                models = load(refresh.models_json) if said_now else foretelling.models_on(looked, rules)
                said = foretelling.foretell(looked, models, days=one.days)
                if said is None:  # too little was known by then; noted, so that it is not tried again every night
                    one.made_at = one.compared_at = at
                    one.save(update_fields=["made_at", "compared_at"])
                    continue
                _keep(one, *said, today=today, at=at)
                done += 1
            else:
                done += _follow(one, today=today, at=at)
        with transaction.atomic():
            for name, rows in (("accuracy", summary_rows()), ("accuracy-groups", group_rows())):
                values = {"as_of_date": refresh.as_of_date, "rows": rows, "computed_at": at}
                Picture.objects.update_or_create(name=name, defaults=values)
        return done


def _plan(refresh: Refresh, *, at: datetime) -> None:
    """Rows for what is missing; what no longer fits, or is older than three years, goes."""
    with transaction.atomic():
        forecasts = list(Forecast.objects.select_for_update())
        Forecast.objects.filter(pk__in=[one.pk for one in _outdated(refresh, forecasts)]).delete()
        oldest = refresh.as_of_date - timedelta(days=31 * KEPT_MONTHS)
        Forecast.objects.filter(as_of_date__lt=oldest).delete()
        Forecast.objects.bulk_create(
            Forecast(
                made=made,
                as_of_date=day,
                days=days,
                until_date=day + timedelta(days),
                planned_date=refresh.as_of_date,
                orders=refresh.orders,
            )
            for made, day, days in _missing(refresh, forecasts)
        )


def _missing(refresh: Refresh, forecasts: Sequence[Forecast]) -> list[tuple[str, date, int]]:
    """What is to be planned: made, as of which day, how many days ahead."""
    if "absent" in refresh.models_json.get("repeat", {"absent": ""}):
        return []
    today = refresh.as_of_date
    missing = []
    for days in HORIZONS:
        mine = [one for one in forecasts if one.days == days and one.made == Forecast.Made.SAID]
        if not any((one.as_of_date.year, one.as_of_date.month) == (today.year, today.month) for one in mine):
            missing.append((Forecast.Made.SAID.value, today, days))
    outdated = {one.pk for one in _outdated(refresh, forecasts)}
    if any(one.made == Forecast.Made.LOOKED_BACK and one.pk not in outdated for one in forecasts):
        return missing
    first = date.fromisoformat(refresh.models_json["first_date"])
    least = Rules.of_firm(firm().rules).history_days
    for days, spans in LOOKS_BACK:
        for span in range(1, spans + 1):
            day = today - timedelta(days * span)
            if (day - first).days >= least:
                missing.append((Forecast.Made.LOOKED_BACK.value, day, days))
    return missing


def _outdated(refresh: Refresh, forecasts: Sequence[Forecast]) -> list[Forecast]:
    """Looks back of another month, or of orders that are not about as many any more: another file came, or went."""
    today = refresh.as_of_date
    return [
        one
        for one in forecasts
        if one.made == Forecast.Made.LOOKED_BACK
        and (
            abs(one.orders - refresh.orders) > 0.1 * max(one.orders, refresh.orders)
            or not _same_month(one.planned_date, today)
        )
    ]


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _keep(forecast: Forecast, said: pa.Table, figures: dict[str, Any], *, today: Any, at: datetime) -> None:
    """Write what a forecast says; where its days are over already, beside it what happened."""
    over = forecast.until_date <= today.as_of
    figures["tracking"] = foretelling.followed(today, said, figures, as_of=forecast.as_of_date)
    if over:
        said = foretelling.what_came(today, said, as_of=forecast.as_of_date, days=forecast.days)
        figures |= foretelling.compare(said)
    with transaction.atomic():
        Foretold.objects.bulk_create((_row(forecast, one) for one in said.to_pylist()), batch_size=2000)
        forecast.customers = figures.pop("all")
        forecast.figures, forecast.made_at = figures, at
        forecast.compared_at = at if over else None
        forecast.save(update_fields=["customers", "figures", "made_at", "compared_at"])


def _row(forecast: Forecast, one: dict[str, Any]) -> Foretold:
    days = {
        "from_date": _date(one["from_day"]),
        "to_date": _date(one["to_day"]),
        "next_date": _date(one.get("next_day")),
    }
    kept = {name: one.get(name) for name in _COPIED}
    return Foretold(forecast=forecast, customer_id=one["customer"], **days, **kept)


def _follow(forecast: Forecast, *, today: Any, at: datetime) -> int:
    """Compare a kept forecast whose days are over; follow one that still runs. Customers gone since are left out."""
    said = _read(forecast, today)
    if said.num_rows == 0:
        forecast.delete()
        return 0
    figures = dict(forecast.figures)
    figures["tracking"] = foretelling.followed(today, said, figures, as_of=forecast.as_of_date)
    over = forecast.until_date <= today.as_of
    with transaction.atomic():
        if over:
            came = foretelling.what_came(today, said, as_of=forecast.as_of_date, days=forecast.days)
            figures |= foretelling.compare(came)
            _write(forecast, came)
            forecast.compared_at = at
        forecast.figures = figures
        forecast.save(update_fields=["figures", "compared_at"])
    return int(over)


def _read(forecast: Forecast, today: Any) -> pa.Table:
    names = ("customer_id", "from_date", "to_date", *_COPIED[:-2])
    rows = list(Foretold.objects.filter(forecast=forecast).order_by("customer_id").values(*names))
    there = today.among([row["customer_id"] for row in rows])
    known = set(today.customer[there].tolist())
    return pa.Table.from_pylist(
        [
            {
                "customer": row["customer_id"],
                "from_day": (row["from_date"] - date(1970, 1, 1)).days,
                "to_day": (row["to_date"] - date(1970, 1, 1)).days,
                **{name: row[name] for name in _COPIED[:-2]},
            }
            for row in rows
            if row["customer_id"] in known
        ]
    )


def _write(forecast: Forecast, came: pa.Table) -> None:
    columns = [came[name].to_pylist() for name in ("customer", "bought", "spent", "next_day")]
    columns[3] = [_date(day) for day in columns[3]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE portraits_foretold row SET bought = came.bought, spent = came.spent, next_date = came.next_date
            FROM unnest(%s::bigint[], %s::int[], %s::float8[], %s::date[]) came (customer, bought, spent, next_date)
            WHERE row.forecast_id = %s AND row.customer_id = came.customer
            """,
            [*columns, forecast.pk],
        )


def _date(day: int | None) -> date | None:
    return None if day is None else date(1970, 1, 1) + timedelta(day)
