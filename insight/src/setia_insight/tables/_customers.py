"""One line per customer, what then happened, and the base: `summary.summarise`, `summary.holdout`, `base.classify`."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from setia_insight.base import BaseRules
from setia_insight.errors import BadInput
from setia_insight.tables._engine import MONEY, UNITS, Orders, Table, money, text, total
from setia_insight.window import MONTHS_KEPT, day_number, months_before

SUMMARY = pa.schema(
    {
        "customer": pa.int64(),
        "x": pa.int32(),
        "t_x": pa.int32(),
        "T": pa.int32(),
        "purchase_days": pa.int32(),
        "orders": pa.int32(),
        "repeat_value": pa.float64(),
        "total_value": MONEY,
        "first_date": pa.date32(),
        "latest_date": pa.date32(),
        "active_months": pa.uint64(),
        "active_quarters": pa.int8(),
        "orders_12_months": pa.int32(),
        "value_12_months": MONEY,
        "gap_squares": pa.float64(),
    }
)
"""The columns of `summarise`."""

_RULES = BaseRules()


def summarise(orders: Orders, *, as_of: dt.date) -> Table:
    """One row per customer who bought on or before `as_of`, with the columns of `setia_insight.summary.summarise`.

    Money (`total_value`, `value_12_months`) is DECIMAL(24, 4) and exact; `repeat_value`, a mean, is a float64 made of
    the exact sum by two divisions, so it too is the same on both engines to the latest bit.
    """
    return Table(orders.engine, _summary(orders, as_of), SUMMARY)


def holdout(orders: Orders, *, split: dt.date, end: dt.date) -> Table:
    """`summarise` as of `split`, with `holdout_days` (int32) and `holdout_value` (money): purchases in (split, end]."""
    if end <= split:
        raise BadInput(f"the holdout must end after it begins: {end} is not after {split}")
    sql = f"""
        select before.*, cast(coalesce(later.days, 0) as int) as holdout_days,
               {money("coalesce(later.units, 0)")} as holdout_value
        from ({_summary(orders, split)}) as before
        left join (
            select customer, count(*) as days, {total("units")} as units
            from (
                select customer, day, {total("units")} as units
                from ({orders.sql}) as ordered
                where customer is not null and day > {day_number(split)} and day <= {day_number(end)}
                group by customer, day
            ) as day_of_customer
            group by customer
        ) as later on later.customer = before.customer
        """
    schema = SUMMARY.append(pa.field("holdout_days", pa.int32())).append(pa.field("holdout_value", MONEY))
    return Table(orders.engine, sql, schema)


def base(customers: Table, *, as_of: dt.date, rules: BaseRules = _RULES) -> Table:
    """Loyal and general customers of a summary with the same `as_of`: `setia_insight.base.classify`, by customer.

    Columns: `customer`, `loyal`, `general`, `windows_bought`, `days_since_first`, `days_since_latest`. Recurring and
    installed come from records that orders do not hold.
    """
    length = rules.loyal_window_months
    if max(rules.loyal_windows * length, rules.general_months) > MONTHS_KEPT:
        raise BadInput(f"a window must lie within {MONTHS_KEPT} months")
    windows = windows_bought(rules.loyal_windows, length)
    day = customers.engine.day_number
    sql = f"""
        select customer, first_date <= {text(months_before(as_of, rules.loyal_first_months))}
                         and windows_bought = {rules.loyal_windows} as loyal,
               general, windows_bought, days_since_first, days_since_latest
        from (
            select customer, first_date, cast({windows} as tinyint) as windows_bought,
                   {bought_within(0, rules.general_months)} as general,
                   cast({day_number(as_of)} - {day("first_date")} as int) as days_since_first,
                   cast({day_number(as_of)} - {day("latest_date")} as int) as days_since_latest
            from ({customers.sql}) as customer
        ) as judged
        """
    return Table(
        customers.engine,
        sql,
        pa.schema(
            {
                "customer": pa.int64(),
                "loyal": pa.bool_(),
                "general": pa.bool_(),
                "windows_bought": pa.int8(),
                "days_since_first": pa.int32(),
                "days_since_latest": pa.int32(),
            }
        ),
    )


def base_counts(classes: Table) -> dict[str, int]:
    """How many `customers` there are in `base`'s answer, and how many of them `loyal`, `general`, and `neither`."""
    (found,) = classes.engine.arrow(
        f"""
        select count(*) as customers, count(case when loyal then 1 end) as loyal,
               count(case when general then 1 end) as general,
               count(case when not loyal and not general then 1 end) as neither
        from ({classes.sql}) as class
        """
    ).to_pylist()
    return {name: int(number) for name, number in found.items()}


def bought_within(start: int, stop: int) -> str:
    """Whether `active_months` has a purchase in (as_of - stop months, as_of - start months]."""
    return f"((active_months & {(1 << stop) - (1 << start)}) <> 0)"


def windows_bought(windows: int, months: int) -> str:
    """In how many of the latest `windows` windows of `months` months."""
    return " + ".join(
        f"case when {bought_within(k * months, (k + 1) * months)} then 1 else 0 end" for k in range(windows)
    )


def _summary(orders: Orders, as_of: dt.date) -> str:
    engine, today = orders.engine, day_number(as_of)
    # A month back ends on as_of's day of the month; a shorter month ends where it ends, and no day lies after that.
    back = f"{as_of.year * 12 + as_of.month - 1} - month - case when day_of_month > {as_of.day} then 1 else 0 end"
    months = f"bit_or({engine.bit(f'least(back, {MONTHS_KEPT})')}) & {(1 << MONTHS_KEPT) - 1}"
    later = f"cast({total('case when previous is not null then units else 0 end')} as double)"
    return f"""
        select customer, x, t_x, T, x + 1 as purchase_days, orders, repeat_value, total_value, first_date, latest_date,
               active_months, cast({windows_bought(4, 3)} as tinyint) as active_quarters, orders_12_months,
               value_12_months, gap_squares
        from (
            select customer, cast(count(*) - 1 as int) as x, cast(max(day) - min(day) as int) as t_x,
                   cast({today} - min(day) as int) as T, cast(sum(orders) as int) as orders,
                   case when count(*) > 1
                        then {later} / cast({UNITS} as double) / cast(count(*) - 1 as double) end as repeat_value,
                   {money(total("units"))} as total_value,
                   {engine.date("min(day)")} as first_date, {engine.date("max(day)")} as latest_date,
                   {months} as active_months,
                   cast(sum(case when back < 12 then orders else 0 end) as int) as orders_12_months,
                   {money(total("case when back < 12 then units else 0 end"))} as value_12_months,
                   cast(coalesce({total("cast(day - previous as bigint) * (day - previous)")}, 0) as double)
                        as gap_squares
            from (
                select customer, day, units, orders, back,
                       lag(day) over (partition by customer order by day) as previous
                from (
                    select customer, day, {total("units")} as units, count(*) as orders, min(back) as back
                    from (
                        select customer, day, units, {back} as back
                        from ({orders.sql}) as ordered
                        where customer is not null and day <= {today}
                    ) as seen
                    group by customer, day
                ) as day_of_customer
            ) as spaced
            group by customer
        ) as folded
        """
