"""How long subscriptions lasted, and what became of those whose price rose: counted in the database, a row a case.

Renewals are counted from the first paid day, by whole periods. Who left on the day of a renewal did not make it; who
left within a period did not make the next one. A renewal comes with a higher price where the price rose since the one
before, or where a rise was planned for it when the subscription ended.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

_MONTHS = "CASE s.period WHEN 'MONTH' THEN 1 WHEN 'QUARTER' THEN 3 WHEN 'YEAR' THEN 12 END"
_BEGAN = "COALESCE(s.trial_until_date, s.started_date)"


def _whole(day: str) -> str:
    """The whole periods from the first paid day to a day, in SQL over `s` (a subscription) and `m` (its months)."""
    age = f"age({day}, {_BEGAN})"
    months = f"(extract(year FROM {age}) * 12 + extract(month FROM {age}))::integer"
    return f"CASE WHEN m.months IS NULL THEN ({day} - {_BEGAN}) / s.days ELSE {months} / m.months END"


def _begins(count: str) -> str:
    """The first day of a period, in SQL."""
    return (
        f"CASE WHEN m.months IS NULL THEN {_BEGAN} + ({count}) * s.days"
        f" ELSE ({_BEGAN} + make_interval(months => ({count}) * m.months))::date END"
    )


_EACH = f"""
  SELECT s.plan_id, s.period, s.days, s.started_date, s.monthly, s.ended_date IS NOT NULL AS gone, w.whole,
         CASE WHEN {_begins("w.whole")} < d.until OR w.whole = 0 THEN 1 ELSE 0 END AS inside
  FROM subscriptions_subscription s
  CROSS JOIN LATERAL (SELECT {_MONTHS} AS months) m
  CROSS JOIN LATERAL (SELECT COALESCE(s.ended_date, %(today)s::date) AS until) d
  CROSS JOIN LATERAL (SELECT {_whole("d.until")} AS whole) w
  WHERE {_BEGAN} < d.until
"""  # noqa: S608 - this module's own words
_RENEWALS = "CASE WHEN gone THEN whole + inside ELSE whole END"
_LIVED = f"""
SELECT plan_id, period, days, {_RENEWALS} AS renewals, gone, count(*) FROM ({_EACH}) counted
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - this module's own words
_BEGUN = f"""
SELECT plan_id, period, days, {_RENEWALS} AS renewals, gone, count(*),
       date_trunc('month', started_date)::date, sum(monthly) FROM ({_EACH}) counted
GROUP BY 1, 2, 3, 4, 5, 7
"""  # noqa: S608 - this module's own words

_ROSE = """
(c.changes -> '{key}' ->> 1)::numeric > (c.changes -> '{key}' ->> 0)::numeric
"""
_RAISED = f"""
SELECT plan_id, period, days, renewal - 1 AS renewals, gone, count(*) FROM (
  SELECT s.plan_id, s.period, s.days, r.renewal, r.due, COALESCE(s.ended_date <= r.due, false) AS gone
  FROM subscriptions_subscriptionstep c
  JOIN subscriptions_subscription s ON s.id = c.subscription_id
  CROSS JOIN LATERAL (SELECT {_MONTHS} AS months) m
  CROSS JOIN LATERAL (SELECT {_whole("c.day")} AS whole) w
  CROSS JOIN LATERAL (
    -- A price that rose on the day of a renewal was accepted then; one that rose between is met at the next.
    SELECT CASE WHEN {_begins("w.whole")} = c.day THEN w.whole ELSE w.whole + 1 END AS renewal) n
  CROSS JOIN LATERAL (SELECT n.renewal, {_begins("n.renewal")} AS due) r
  WHERE c.kind = 'CHANGED' AND c.changes ? 'price' AND {_ROSE.format(key="price")} AND c.day >= {_BEGAN}
    AND r.renewal > 0 AND (r.due <= %(today)s OR s.ended_date IS NOT NULL)
  UNION ALL
  SELECT s.plan_id, s.period, s.days, w.whole + CASE WHEN {_begins("w.whole")} < c.day OR w.whole = 0 THEN 1 ELSE 0 END,
         c.day, true
  FROM subscriptions_subscriptionstep c
  JOIN subscriptions_subscription s ON s.id = c.subscription_id
  CROSS JOIN LATERAL (SELECT {_MONTHS} AS months) m
  CROSS JOIN LATERAL (SELECT {_whole("c.day")} AS whole) w
  WHERE c.kind IN ('CANCELLED', 'EXPIRED') AND c.changes ? 'planned_price' AND {_ROSE.format(key="planned_price")}
    AND c.day > {_BEGAN}) met
GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608 - this module's own words


class Case(NamedTuple):
    """So many subscriptions of a plan, with so many renewals made, that left or stayed."""

    plan_id: int
    period: str
    days: int | None
    renewals: int
    left: bool
    subscriptions: int


class Begun(NamedTuple):
    """The same by the month they began in, with what those of them that still run bring in a month."""

    plan_id: int
    period: str
    days: int | None
    renewals: int
    left: bool
    subscriptions: int
    month: date
    monthly: Decimal


def lived(today: date) -> list[Case]:
    """How long each subscription lasted that ever paid. One query over all of them: for the worker."""
    return _cases(_LIVED, today)


def begun(today: date) -> list[Begun]:
    """How long each subscription lasted that ever paid, by the month it began in. For the worker."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, {"today": today})
        return [Begun(*row) for row in cursor.fetchall()]


def raised(today: date) -> list[Case]:
    """What became of renewals that came with a higher price; `renewals` are those made before. For the worker."""
    return _cases(_RAISED, today)


def _cases(sql: str, today: date) -> list[Case]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": today})
        return [Case(*row) for row in cursor.fetchall()]
