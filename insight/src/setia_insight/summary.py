"""From orders to one line per customer: how often, how recently, for how long, how much.

The line follows the repeat-purchase literature (Fader, Hardie & Lee 2005). Orders of one customer on one day are one
purchase day; the first purchase day starts the clock, so `x` counts only the days after it. All times are whole days;
divide by 7 to get weeks.

The orders are spread by customer with one counting sort, then each customer's few orders are folded in day order: two
passes over the data, no hash table, no sort of the whole.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setia_insight._jit import compiled
from setia_insight._orders import Orders, dates, numbered, read
from setia_insight.errors import BadInput
from setia_insight.window import MONTHS_KEPT, active_windows, day_number, months_back


def summarise(orders: pa.Table, *, as_of: dt.date) -> pa.Table:
    """One row per customer who bought on or before `as_of`, in ascending order of customer.

    `orders` holds purchases only, one row per order: `customer` int64 (null = walk-in, left out), `day` date32,
    `amount` float64. Orders after `as_of` are ignored. Columns of the answer:

    =================  ========  ====================================================================================
    customer           int64     as given
    x                  int32     repeat purchase days: days with a purchase after the first such day
    t_x                int32     days from the first to the latest purchase day; 0 without a repeat
    T                  int32     days from the first purchase day to `as_of`
    purchase_days      int32     x + 1
    orders             int32     orders, several on one day counted each
    repeat_value       float64   mean money per repeat purchase day, orders of one day added up, the first day left
                                 out: what Gamma-Gamma takes. Null where x is 0
    total_value        float64   money of all orders
    first_date         date32    first purchase day
    latest_date        date32    latest purchase day
    active_months      uint64    bit k set: bought in the k-th month back from `as_of` (see `setia_insight.window`)
    active_quarters    int8      in how many of the latest four 3-month windows the customer bought
    orders_12_months   int32     orders in (as_of - 12 months, as_of]
    value_12_months    float64   money in the same window
    gap_squares        float64   sum of squared gaps, in days, between consecutive purchase days: with x and t_x it
                                 tells how regular the customer is
    =================  ========  ====================================================================================

    Raises `BadInput` when a column is missing or a day or amount is empty.
    """
    return _summarise(read(orders), as_of)


def holdout(orders: pa.Table, *, split: dt.date, end: dt.date) -> pa.Table:
    """`summarise` as of `split`, with what then happened: what a forecast is tested against.

    Adds `holdout_days` (int32, purchase days in (split, end]) and `holdout_value` (float64, money in that window).
    Customers whose first purchase came after `split` are not in the answer.
    """
    if end <= split:
        raise BadInput(f"the holdout must end after it begins: {end} is not after {split}")
    seen = read(orders).of_customers()
    before = _summarise(seen, split)
    later = (seen.day > day_number(split)) & (seen.day <= day_number(end))
    after = _summarise(Orders(seen.customer[later], seen.day[later], seen.amount[later], None), end)
    known = before["customer"].to_numpy()
    found = after["customer"].to_numpy()
    place = np.searchsorted(known, found)
    kept = place < len(known)
    kept[kept] = known[place[kept]] == found[kept]
    days = np.zeros(len(known), dtype=np.int32)
    value = np.zeros(len(known), dtype=np.float64)
    days[place[kept]] = after["purchase_days"].to_numpy()[kept]
    value[place[kept]] = after["total_value"].to_numpy()[kept]
    return before.append_column("holdout_days", pa.array(days)).append_column("holdout_value", pa.array(value))


def _summarise(orders: Orders, as_of: dt.date) -> pa.Table:
    seen = orders.of_customers().until(as_of)
    unique, number = numbered(seen.customer)
    first_day = int(seen.day.min()) if len(seen.day) else day_number(as_of)
    columns = _fold(
        number,
        seen.day,
        seen.amount,
        len(unique),
        day_number(as_of),
        months_back(as_of, first_day, MONTHS_KEPT),
        first_day,
    )
    x, first, latest, count, total, repeat, active, count_12, total_12, squares = columns
    return pa.table(
        {
            "customer": pa.array(unique),
            "x": pa.array(x),
            "t_x": pa.array(latest - first),
            "T": pa.array(np.int32(day_number(as_of)) - first),
            "purchase_days": pa.array(x + np.int32(1)),
            "orders": pa.array(count),
            "repeat_value": pa.array(repeat, mask=x == 0),
            "total_value": pa.array(total),
            "first_date": dates(first),
            "latest_date": dates(latest),
            "active_months": pa.array(active),
            "active_quarters": pa.array(active_windows(active)),
            "orders_12_months": pa.array(count_12),
            "value_12_months": pa.array(total_12),
            "gap_squares": pa.array(squares),
        }
    )


@compiled
def _sort_by_day(days: NDArray[np.int32], money: NDArray[np.float64]) -> None:
    """Shell's sort in place: most customers have a handful of orders, and a library sort takes longer to compile."""
    gap = 1
    while gap < days.shape[0] // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, days.shape[0]):
            d, m = days[i], money[i]
            j = i - gap
            while j >= 0 and days[j] > d:
                days[j + gap] = days[j]
                money[j + gap] = money[j]
                j -= gap
            days[j + gap] = d
            money[j + gap] = m
        gap //= 3


@compiled
def _fold(
    number: NDArray[np.int64],
    day: NDArray[np.int32],
    amount: NDArray[np.float64],
    customers: int,
    as_of: int,
    back: NDArray[np.int16],
    first_day: int,
) -> tuple[
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.uint64],
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    n = number.shape[0]
    start = np.zeros(customers + 1, dtype=np.int64)
    for i in range(n):
        start[number[i] + 1] += 1
    for c in range(customers):
        start[c + 1] += start[c]
    place = start[:-1].copy()
    days = np.empty(n, dtype=np.int32)
    money = np.empty(n, dtype=np.float64)
    for i in range(n):
        at = place[number[i]]
        days[at] = day[i]
        money[at] = amount[i]
        place[number[i]] = at + 1

    x = np.zeros(customers, dtype=np.int32)
    first = np.zeros(customers, dtype=np.int32)
    latest = np.zeros(customers, dtype=np.int32)
    count = np.zeros(customers, dtype=np.int32)
    total = np.zeros(customers, dtype=np.float64)
    repeat = np.zeros(customers, dtype=np.float64)
    active = np.zeros(customers, dtype=np.uint64)
    count_12 = np.zeros(customers, dtype=np.int32)
    total_12 = np.zeros(customers, dtype=np.float64)
    squares = np.zeros(customers, dtype=np.float64)
    for c in range(customers):
        low, high = start[c], start[c + 1]
        ordered = True
        for i in range(low + 1, high):
            if days[i] < days[i - 1]:
                ordered = False
                break
        if not ordered:
            _sort_by_day(days[low:high], money[low:high])
        first[c] = days[low]
        latest[c] = days[high - 1]
        count[c] = high - low
        opening = 0.0
        later = 0.0
        for i in range(low, high):
            if days[i] == days[low]:
                opening += money[i]
            else:
                later += money[i]
                if days[i] != days[i - 1]:
                    x[c] += 1
                    gap = float(days[i] - days[i - 1])
                    squares[c] += gap * gap
            k = back[days[i] - first_day]
            if k >= 0:
                active[c] |= np.uint64(1) << np.uint64(k)
                if k < 12:
                    count_12[c] += 1
                    total_12[c] += money[i]
        total[c] = opening + later
        repeat[c] = later / x[c] if x[c] > 0 else np.nan
    return x, first, latest, count, total, repeat, active, count_12, total_12, squares
