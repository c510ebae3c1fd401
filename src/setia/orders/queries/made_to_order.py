"""Purchases of what no catalogue lists: work made to order."""

from django.db import connection

_COUNT = """
SELECT o.customer_id, count(DISTINCT o.id)
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE l.product_id IS NULL AND o.kind = 'PURCHASE' AND NOT o.reversed AND o.customer_id IS NOT NULL
  AND EXISTS (SELECT FROM catalogue_product)
"""


def made_to_order(*, customer_id: int | None = None) -> dict[int, int]:
    """By customer, how many purchases have a line that is described in words and is no product of the catalogue.

    Of everybody, or of one customer. Empty for a firm without a catalogue, where no line names a product.
    """
    with connection.cursor() as cursor:
        if customer_id is None:
            cursor.execute(f"{_COUNT} GROUP BY 1")
        else:
            cursor.execute(f"{_COUNT} AND o.customer_id = %s GROUP BY 1", [customer_id])
        return dict(cursor.fetchall())
