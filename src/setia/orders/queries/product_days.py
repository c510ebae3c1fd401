"""On which days a customer bought which product: what a rhythm per product is told from."""

from datetime import date
from typing import NamedTuple

from django.db import connection

LATEST_ORDERS = 1000

_DAYS = """
SELECT l.product_id, p.name, p.code, array_agg(DISTINCT o.day ORDER BY o.day)
FROM (
  SELECT id, day FROM orders_order
  WHERE customer_id = %s AND kind = 'PURCHASE' AND NOT reversed AND day <= %s
  ORDER BY ordered_at DESC, id DESC LIMIT %s
) o
JOIN orders_orderline l ON l.order_id = o.id
JOIN catalogue_product p ON p.id = l.product_id
WHERE p.archived_at IS NULL AND l.amount >= 0
GROUP BY 1, 2, 3
"""


class ProductDays(NamedTuple):
    """A product of the catalogue and the days a customer bought it on, ascending."""

    product_id: int
    name: str
    code: str
    days: list[date]


def product_days(customer_id: int, *, until: date) -> list[ProductDays]:
    """Of each product a customer bought, on which days, among their latest 1,000 purchases up to a day.

    Products in the archive are left out, and purchases that were taken back whole. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [customer_id, until, LATEST_ORDERS])
        return [ProductDays(*row) for row in cursor.fetchall()]
