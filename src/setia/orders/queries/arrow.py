"""Orders as whole columns for the analytics: ten million in seconds, in a few hundred megabytes.

The ORM would build an object per order. Here PostgreSQL casts, a binary COPY carries, and Arrow keeps the columns.
"""

from datetime import date

import pyarrow as pa
from django.db import connection

from setia.core import arrow
from setia.orders.models import Order

KINDS = (Order.Kind.PURCHASE, Order.Kind.RETURN, Order.Kind.FREE, Order.Kind.ADJUSTMENT)
"""What the column `kind` counts: an order's kind is its place in this tuple."""

_CODES = " ".join(f"WHEN '{kind.value}' THEN {code}" for code, kind in enumerate(KINDS))
_SELECT = f"""
SELECT o.customer_id AS customer, o.day, o.total::float8 AS total, (CASE o.kind {_CODES} END)::int2 AS kind,
  o.reversed,
  CASE WHEN o.reverses_id IS NULL THEN false
       ELSE (SELECT target.reversed FROM orders_order target WHERE target.id = o.reverses_id) END AS takes_back,
  o.promotion_code <> '' OR o.discount > 0 AS promotion, o.channel <> '' AS channelled
FROM orders_order o
"""  # noqa: S608 - built from this module's own words

_COLUMNS = pa.schema(
    {
        "customer": pa.int64(),
        "day": pa.date32(),
        "total": pa.float64(),
        "kind": pa.int16(),
        "reversed": pa.bool_(),
        "takes_back": pa.bool_(),
        "promotion": pa.bool_(),
        "channelled": pa.bool_(),
    }
)


def order_columns(*, since: date | None = None) -> pa.Table:
    """All committed orders, in no particular order; `since` keeps those of that day and later.

    ==========  =======  ===========================================================================================
    customer    int64    null: nobody's, a walk-in or an adjustment
    day         date32   the firm's day
    total       float64  in the reporting currency; exact for amounts of up to 15 digits
    kind        int16    place in `KINDS`
    reversed    bool     a purchase that a return took back whole: the money stays, the purchase does not count
    takes_back  bool     that return
    promotion   bool     bought with a promotion code or a discount
    channelled  bool     came through a sales channel that has a name
    ==========  =======  ===========================================================================================
    """
    if since is None:
        return arrow.read(_SELECT).cast(_COLUMNS)
    return arrow.read(f"{_SELECT} WHERE o.day >= $1", [since]).cast(_COLUMNS)


def line_columns(*, latest: int) -> pa.Table:
    """The products of the catalogue in the latest so many purchases: `order`, `product` (int64), `day` (date32).

    Walk-ins count too; lines given for nothing do not.
    """
    return arrow.read(
        """
        SELECT o.id AS "order", l.product_id AS product, o.day
        FROM (SELECT id, day FROM orders_order WHERE kind = 'PURCHASE' AND NOT reversed
              ORDER BY ordered_at DESC, id DESC LIMIT $1::int8) o
        JOIN orders_orderline l ON l.order_id = o.id WHERE l.product_id IS NOT NULL AND l.amount > 0
        """,
        [latest],
    ).cast(pa.schema({"order": pa.int64(), "product": pa.int64(), "day": pa.date32()}))


def columns_of_customer(customer_id: int) -> pa.Table:
    """The same columns for one customer, as this transaction sees them: an order being saved is among them."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} WHERE o.customer_id = %s", [customer_id])
        rows = cursor.fetchall()
    values = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    arrays = [pa.array(column, kept.type) for column, kept in zip(values, _COLUMNS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=_COLUMNS)
