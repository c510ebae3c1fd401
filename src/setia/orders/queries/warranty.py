"""What a customer bought that is still under warranty: the lines of their orders by the months of each product."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

LATEST_ORDERS = 1000

# The warranty counts from the day of the order. A day such as 31 January plus one month is the last of February.
_UNDER_WARRANTY = """
SELECT o.id, p.id, CASE WHEN p.name = '' THEN p.code ELSE p.name END, sum(l.quantity), o.day,
  (o.day + make_interval(months => p.warranty_months::int))::date AS until
FROM (
  SELECT id, day FROM orders_order
  WHERE customer_id = %(customer)s AND kind = 'PURCHASE' AND NOT reversed
  ORDER BY ordered_at DESC, id DESC LIMIT %(orders)s
) o
JOIN orders_orderline l ON l.order_id = o.id
JOIN catalogue_product p ON p.id = l.product_id
WHERE p.warranty_months IS NOT NULL AND l.quantity > 0
  AND (o.day + make_interval(months => p.warranty_months::int))::date >= %(today)s
GROUP BY o.id, o.day, p.id
ORDER BY until, o.id DESC, p.id
LIMIT %(most)s
"""


class Warranted(NamedTuple):
    """So much of a product, bought with one order, whose warranty has not ended; `until_date` is its last day."""

    order_id: int
    product_id: int
    name: str
    quantity: Decimal
    bought_date: date
    until_date: date


def warranted(customer_id: int, *, today: date, most: int) -> list[Warranted]:
    """What of a customer's latest 1,000 purchases is under warranty on a day, what ends first standing first.

    Purchases that were taken back whole are left out. One query.
    """
    names: dict[str, int | date] = {"customer": customer_id, "today": today, "most": most, "orders": LATEST_ORDERS}
    with connection.cursor() as cursor:
        cursor.execute(_UNDER_WARRANTY, names)
        return [Warranted(*row) for row in cursor.fetchall()]
