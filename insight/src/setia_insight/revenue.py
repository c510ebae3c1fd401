"""Where the money comes from: new, returning and walk-in customers per month, and how few bring how much.

Revenue is purchases plus returns, a return being a negative amount. Returns are kept in a column of their own, so that
what customers bought and what they brought back can both be seen.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from setia_insight._orders import dates, first_days, numbered, read
from setia_insight.errors import BadInput
from setia_insight.window import day_number


def monthly(orders: pa.Table, *, as_of: dt.date, returns: pa.Table | None = None) -> pa.Table:
    """Money per calendar month, every month from the first order to the one of `as_of`.

    `orders` holds purchases, `returns` (same columns) what came back, usually negative; amounts are added as they are,
    since a cancellation that takes back a credit is positive. Columns: `month` (date32, its first day), `new` (float64,
    purchases on a customer's first purchase day), `returning` (on later days), `walk_in` (without a customer),
    `returns`, `revenue` (the four together), and `new_orders`, `returning_orders`, `walk_in_orders`, `return_orders`
    (int64).
    """
    bought = read(orders).until(as_of)
    back = None if returns is None else read(returns).until(as_of)
    days = bought.day if back is None else np.concatenate([bought.day, back.day])
    if len(days) == 0:
        starts, origin = np.zeros(0, dtype=np.int32), 0
    else:
        months = days_to_months(np.array([days.min(), day_number(as_of)], dtype=np.int32))
        origin = int(months[0])
        first_of_month = np.arange(origin, int(months[1]) + 1).astype("datetime64[M]").astype("datetime64[D]")
        starts = first_of_month.astype(np.int32)
    n = len(starts)
    month = days_to_months(bought.day) - origin
    columns: dict[str, pa.Array] = {"month": dates(starts)}
    kind = _kinds(bought.customer, bought.day, bought.known)
    money, orders_of = np.zeros((4, n)), np.zeros((4, n), dtype=np.int64)
    for k in range(3):
        of_kind = kind == k
        money[k] = np.bincount(month[of_kind], weights=bought.amount[of_kind], minlength=n)
        orders_of[k] = np.bincount(month[of_kind], minlength=n)
    if back is not None:
        month_back = days_to_months(back.day) - origin
        money[3] = np.bincount(month_back, weights=back.amount, minlength=n)
        orders_of[3] = np.bincount(month_back, minlength=n)
    for k, name in enumerate(("new", "returning", "walk_in", "returns")):
        columns[name] = pa.array(money[k])
    columns["revenue"] = pa.array(money.sum(axis=0))
    for k, name in enumerate(("new_orders", "returning_orders", "walk_in_orders", "return_orders")):
        columns[name] = pa.array(orders_of[k])
    return pa.table(columns)


def concentration(value: ArrayLike, *, points: int = 100) -> pa.Table:
    """The Lorenz curve from the top: which share of the money the best share of the customers brings.

    One row per `points`-th of the customers, from 1 / `points` to 1: `customers_share`, `value_share` (float64).
    Between two customers the share is interpolated. All shares are NaN when there is no money. Raises `BadInput` for
    a negative value: shares of a total that some lower have no meaning.
    """
    if points < 1:
        raise BadInput(f"a curve needs at least one point, not {points}")
    share = np.arange(1, points + 1) / points
    return pa.table({"customers_share": pa.array(share), "value_share": pa.array(_top(value, share))})


def top_share(value: ArrayLike, customers_share: float) -> float:
    """The share of the money that the best `customers_share` of the customers brings (.2: the best fifth)."""
    if not 0.0 <= customers_share <= 1.0:
        raise BadInput(f"a share lies between 0 and 1, not {customers_share}")
    return float(_top(value, np.array([customers_share]))[0])


def gini(value: ArrayLike) -> float:
    """The Gini coefficient: 0 when everyone brings the same, towards 1 when one brings all. NaN without money."""
    values = np.sort(_amounts(value))
    n, total = len(values), float(values.sum())
    if n == 0 or total == 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ values / (n * total))


def days_to_months(days: NDArray[np.int32]) -> NDArray[np.int64]:
    """Calendar months since 1970-01 of day numbers."""
    if len(days) == 0:
        return np.zeros(0, dtype=np.int64)
    low = int(days.min())
    of_day = np.arange(low, int(days.max()) + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return of_day[days - low]


def _kinds(customer: NDArray[np.int64], day: NDArray[np.int32], known: NDArray[np.bool_] | None) -> NDArray[np.int8]:
    """0 for a customer's first purchase day, 1 for a later one, 2 without a customer."""
    kind = np.full(len(day), 2, dtype=np.int8)
    have = np.ones(len(day), dtype=np.bool_) if known is None else known
    unique, number = numbered(customer[have])
    first = first_days(number, day[have], len(unique))
    kind[have] = (day[have] > first[number]).astype(np.int8)
    return kind


def _amounts(value: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(value, dtype=np.float64)
    if not bool(np.isfinite(values).all()) or bool((values < 0).any()):
        raise BadInput("every customer's value must be 0 or more")
    return values


def _top(value: ArrayLike, share: NDArray[np.float64]) -> NDArray[np.float64]:
    values = _amounts(value)
    total = float(values.sum())
    if len(values) == 0 or total == 0:
        return np.full(len(share), np.nan)
    reached = np.concatenate([[0.0], np.cumsum(np.sort(values)[::-1])]) / total
    reached[-1] = 1.0
    return np.interp(share * len(values), np.arange(len(reached)), reached)
