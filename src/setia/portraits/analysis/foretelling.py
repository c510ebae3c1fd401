"""What the models say about the coming days, for some customers drawn evenly, and how it compares with what came.

The comparison has the parts the literature shows of a repeat-purchase model (Fader, Hardie & Lee 2005, Marketing
Science 24(2)): how the purchases of all run on (tracking), what came in each tenth from the least to the most expected
(calibration), and how far off one customer is on average; beside it a rule without a model: "the same again".
"""

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia.portraits.analysis.fitting import Models, fit
from setia.portraits.analysis.rules import COVERAGE, Rules
from setia.portraits.analysis.shop import Shop, sort_out
from setia.portraits.analysis.worth import worth
from setia_insight import check
from setia_insight.summary import summarise
from setia_insight.window import day_number

MOST = 10_000
"""Customers a forecast is kept of; of more, so many are drawn evenly."""
GROUPS = 10
STEPS = 9
"""Parts of the time ahead in which purchases are followed."""

Floats = NDArray[np.float64]
SAID = ("group", "expected", "before", "away", "from_day", "to_day", "value", "value_low", "value_high", "spent_before")
CAME = ("bought", "spent", "next_day")


def shop_on(orders: pa.Table, customers: pa.Table, *, day: dt.date, rules: Rules) -> Shop:
    """The firm's orders as they stood on a day, as far as one can tell today."""
    return sort_out(orders, customers, as_of=day, free_is_purchase=rules.free_is_purchase)


def models_on(shop: Shop, rules: Rules) -> Models:
    """The models as they would have been fitted on the shop's day."""
    first = shop.first_day
    history = 0 if first is None else day_number(shop.as_of) - first
    return fit(summarise(shop.purchases, as_of=shop.as_of), history_days=history, rules=rules)


def foretell(shop: Shop, models: Models, *, days: int, most: int = MOST) -> tuple[pa.Table, dict[str, Any]] | None:
    """What the models say, on the shop's day, about the `days` after it: a row per customer, and the sums over time.

    The columns are `customer` and `SAID`; days are days since 1970. None where there is no model, or nobody to ask.
    """
    summary = summarise(shop.purchases, as_of=shop.as_of)
    if models.repeat is None or summary.num_rows == 0:
        return None
    everybody = summary.num_rows
    summary = summary.take(pa.array(np.unique(np.linspace(0, everybody - 1, min(most, everybody)).astype(np.int64))))
    x, t_x, age = (summary[name].to_numpy() for name in ("x", "t_x", "T"))
    coming = models.repeat.next_purchase(x, t_x, age, horizon=days, coverage=COVERAGE, as_of=shop.as_of)
    expected = models.repeat.expected_purchases(x, t_x, age, days)
    customer = summary["customer"].to_numpy()
    bought, spent, _first = _bought(shop, customer, since=shop.as_of - dt.timedelta(days), until=shop.as_of)
    found = worth(models, summary, days=days)
    if found is None:
        money = dict.fromkeys(("value", "value_low", "value_high"), pa.nulls(len(x), pa.float64()))
    else:
        columns = {"value": found.spend, "value_low": found.low, "value_high": found.high}
        money = {name: pa.array(column, from_pandas=True) for name, column in columns.items()}
    group = np.empty(len(x), dtype=np.int64)
    for place, part in enumerate(np.array_split(np.argsort(expected, kind="stable"), GROUPS), 1):
        group[part] = place
    said = pa.table(
        {
            "customer": pa.array(customer),
            "group": pa.array(group),
            "expected": pa.array(expected),
            "before": pa.array(bought),
            "away": pa.array(1.0 - coming["probability"].to_numpy()),
            "from_day": coming["earliest_date"].cast(pa.int32()),
            "to_day": coming["latest_date"].cast(pa.int32()),
            **money,
            "spent_before": pa.array(spent),
        }
    )
    steps = [round(days * step / STEPS) for step in range(1, STEPS + 1)]
    tracking = [
        {"days": step, "said": round(float(models.repeat.expected_purchases(x, t_x, age, step).sum()), 2)}
        for step in steps
    ]
    return said, {"customers": len(x), "all": everybody, "tracking": tracking}


def what_came(shop: Shop, said: pa.Table, *, as_of: dt.date, days: int) -> pa.Table:
    """`said` with `CAME`: what each customer did in the `days` after `as_of`, as far as the shop's day."""
    until = min(as_of + dt.timedelta(days), shop.as_of)
    bought, spent, first = _bought(shop, said["customer"].to_numpy(), since=as_of, until=until)
    came = said.append_column("bought", pa.array(bought)).append_column("spent", pa.array(spent))
    return came.append_column("next_day", pa.array(first, mask=first < 0))


def followed(shop: Shop, said: pa.Table, figures: dict[str, Any], *, as_of: dt.date) -> list[dict[str, Any]]:
    """The tracking of `figures` with what came by each step; null for steps that are not over on the shop's day."""
    rows = []
    for row in figures["tracking"]:
        until = as_of + dt.timedelta(row["days"])
        if until > shop.as_of:
            rows.append(row | {"came": None})
            continue
        bought, _spent, _first = _bought(shop, said["customer"].to_numpy(), since=as_of, until=until)
        rows.append(row | {"came": int(bought.sum())})
    return rows


def compare(came: pa.Table) -> dict[str, Any]:
    """What was said beside what came: sums, mean errors beside the naive rule, the tenths, windows and ranges."""

    def column(name: str) -> Floats:
        values: Floats = came[name].cast(pa.float64()).fill_null(np.nan).to_numpy()
        return values

    expected, bought, before, away = (column(name) for name in ("expected", "bought", "before", "away"))
    returned = bought > 0
    first, low, high = column("next_day"), column("from_day"), column("to_day")
    inside = (first >= low) & (first <= high)
    figures: dict[str, Any] = {
        "compared": len(expected),
        "said": _plain(expected.sum()),
        "came": int(bought.sum()),
        "naive": int(before.sum()),
        "error": _plain(np.abs(expected - bought).mean()),
        "naive_error": _plain(np.abs(before - bought).mean()),
        "square": _plain(np.sqrt(((expected - bought) ** 2).mean())),
        "naive_square": _plain(np.sqrt(((before - bought) ** 2).mean())),
        "away_said": _plain(away.mean()),
        "away_came": _plain((~returned).mean()),
        "auc": _plain(check.auc(-away, returned)),
        "returned": int(returned.sum()),
        "in_window": _plain(inside[returned].mean()) if returned.any() else None,
        "groups": [],
    }
    group = came["group"].to_numpy()
    for place in range(1, GROUPS + 1):
        mine = group == place
        if mine.any():
            error = float(bought[mine].std() / np.sqrt(mine.sum()))
            figures["groups"].append(
                {
                    "group": place,
                    "customers": int(mine.sum()),
                    "said": _plain(expected[mine].mean()),
                    "came": _plain(bought[mine].mean()),
                    "error": _plain(error),
                    "returned": int(returned[mine].sum()),
                }
            )
    spend, spent, spent_before = column("value"), column("spent"), column("spent_before")
    if np.isfinite(spend).all():
        low, high = column("value_low"), column("value_high")
        figures |= {
            "money_said": _plain(spend.sum()),
            "money_came": _plain(spent.sum()),
            "money_naive": _plain(spent_before.sum()),
            "money_error": _plain(np.abs(spend - spent).mean()),
            "money_naive_error": _plain(np.abs(spent_before - spent).mean()),
            "in_range": _plain(((spent >= low) & (spent <= high)).mean()),
        }
    return figures


def _plain(number: Any) -> float | None:
    value = float(number)
    return round(value, 4) if np.isfinite(value) else None


def _bought(
    shop: Shop, customers: NDArray[np.int64], *, since: dt.date, until: dt.date
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int32]]:
    """Of each customer (ascending) in (since, until]: purchase days, money, and the first such day, -1 for none."""
    n = len(customers)
    owner = shop.purchases["customer"].fill_null(-1).to_numpy()
    day = shop.purchases["day"].cast(pa.int32()).to_numpy()
    low, high = day_number(since), day_number(until)
    inside = (day > low) & (day <= high)
    owner, day, amount = owner[inside], day[inside], shop.purchases["amount"].to_numpy()[inside]
    place = np.minimum(np.searchsorted(customers, owner), n - 1)
    mine = customers[place] == owner
    place, day, amount = place[mine], day[mine], amount[mine]
    span = max(high - low, 1) + 1
    pairs = np.unique(place * span + (day - low))
    first = np.full(n, -1, dtype=np.int32)
    # From the latest to the earliest, so that the earliest day is the one that stays.
    first[pairs[::-1] // span] = pairs[::-1] % span + low
    days = np.bincount(pairs // span, minlength=n).astype(np.int64)
    return days, np.bincount(place, weights=amount, minlength=n).astype(np.float64), first
