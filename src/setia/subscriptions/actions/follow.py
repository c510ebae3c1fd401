"""Keep the moves of monthly revenue up with the steps they follow from.

1. The customers' old moves are taken away, and taken off the totals.
2. Their steps are added up by month, over all their subscriptions; a month at whose end a customer brings what they
   brought at the end of the month before is no move. The new moves are added to the totals.
Totals are changed in the order of month and kind, so that two at once wait for each other and never in a circle.
"""

from collections.abc import Iterable

from django.db import connection, transaction

_TAKE = """
DELETE FROM subscriptions_revenuemove WHERE customer_id = ANY(%(keys)s) RETURNING month, kind, amount
"""
_MAKE = """
WITH deltas AS (
    SELECT s.customer_id, date_trunc('month', c.day)::date AS month,
           c.monthly - lag(c.monthly, 1, 0::numeric)
               OVER (PARTITION BY c.subscription_id ORDER BY c.day, c.id) AS amount
    FROM subscriptions_subscriptionstep c JOIN subscriptions_subscription s ON s.id = c.subscription_id
    WHERE s.customer_id = ANY(%(keys)s)
), moved AS (
    SELECT customer_id, month, sum(amount) AS amount FROM deltas GROUP BY customer_id, month HAVING sum(amount) <> 0
), running AS (
    SELECT *, sum(amount) OVER (PARTITION BY customer_id ORDER BY month) AS after,
           row_number() OVER (PARTITION BY customer_id ORDER BY month) AS place,
           lead(month) OVER (PARTITION BY customer_id ORDER BY month) AS next_month
    FROM moved
)
INSERT INTO subscriptions_revenuemove (customer_id, month, kind, amount, after, next_month)
SELECT customer_id, month,
       CASE WHEN place = 1 THEN 'NEW' WHEN after = amount THEN 'REACTIVATION' WHEN after = 0 THEN 'CHURN'
            WHEN amount > 0 THEN 'EXPANSION' ELSE 'CONTRACTION' END,
       amount, after, next_month
FROM running
RETURNING month, kind, amount
"""
_TAKEN_AND_MADE = """
WITH taken AS (SELECT * FROM unnest(%(taken_months)s::date[], %(taken_kinds)s::text[], %(taken)s::numeric[])
                   AS t(month, kind, amount)),
     made AS (SELECT * FROM unnest(%(made_months)s::date[], %(made_kinds)s::text[], %(made)s::numeric[])
                  AS m(month, kind, amount)),
     every AS (SELECT month, kind, amount, 1 AS people FROM made
               UNION ALL SELECT month, kind, -amount, -1 FROM taken),
     summed AS (SELECT month, kind, sum(amount) AS amount, sum(people) AS people FROM every GROUP BY month, kind)
INSERT INTO subscriptions_revenuetotal AS total (month, kind, amount, people)
SELECT month, kind, amount, people FROM summed WHERE amount <> 0 OR people <> 0 ORDER BY month, kind
ON CONFLICT (month, kind) DO UPDATE
SET amount = total.amount + excluded.amount, people = total.people + excluded.people
"""
_MANY = 20_000  # customers at once, so that no statement's arrays grow without bound


def follow(customer_ids: Iterable[int]) -> None:
    """Count these customers' moves anew, in the caller's transaction. Doing it twice changes nothing."""
    keys = sorted(set(customer_ids))
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            # One after the other for each customer: two at once would each count without the other's step.
            cursor.execute("SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [some])
            cursor.execute(_TAKE, {"keys": some})
            taken = cursor.fetchall()
            cursor.execute(_MAKE, {"keys": some})
            made = cursor.fetchall()
            if taken != made:
                cursor.execute(_TAKEN_AND_MADE, _columns("taken", taken) | _columns("made", made))


def _columns(name: str, rows: list[tuple[object, ...]]) -> dict[str, list[object]]:
    return {
        f"{name}_months": [row[0] for row in rows],
        f"{name}_kinds": [row[1] for row in rows],
        name: [row[2] for row in rows],
    }
