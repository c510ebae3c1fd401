"""Customers as whole columns for the analytics."""

import pyarrow as pa
from django.db import connection

from setia.core import arrow
from setia.core.queries import firm

_COLUMNS = pa.schema(
    {
        "customer": pa.int64(),
        "known_date": pa.date32(),
        "referrals": pa.int64(),
        "role": pa.string(),
        "relation": pa.string(),
        "company": pa.bool_(),
        "looked_after": pa.bool_(),
    }
)


def customer_columns() -> pa.Table:
    """All committed customers, archived ones too, **in the order of their numbers**: those of digits by their value.

    Those merged away are not customers any more.

    Columns: `customer` (int64), `known_date` (date32, the firm's day the record was made), `referrals` (int64, how many
    customers they are known to have recommended), `role` and `relation` (as the record states them), `company` and
    `looked_after` (bool: somebody of the firm is responsible).
    """
    return arrow.read(
        """
        SELECT id AS customer, (created_at AT TIME ZONE $1)::date AS known_date, COALESCE(brought.n, 0) AS referrals,
               role, relation, kind = 'COMPANY' AS company, owner_id IS NOT NULL AS looked_after
        FROM customers_customer
        LEFT JOIN (SELECT recommended_by_id, count(*) AS n FROM customers_customer
                   WHERE recommended_by_id IS NOT NULL AND merged_into_id IS NULL
                   GROUP BY 1) brought ON brought.recommended_by_id = id
        WHERE merged_into_id IS NULL
        ORDER BY CASE WHEN number ~ '^[0-9]{1,18}$' THEN number::int8 END NULLS LAST,
                 number COLLATE "C" NULLS LAST, source, id
        """,
        [firm().zone],
    ).cast(_COLUMNS)


def columns_of(customer_id: int) -> pa.Table:
    """The same columns for one customer, as this transaction sees them; no row for one not there or merged away."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, (created_at AT TIME ZONE %s)::date,
                   (SELECT count(*) FROM customers_customer other WHERE other.recommended_by_id = customer.id
                    AND other.merged_into_id IS NULL),
                   role, relation, kind = 'COMPANY' AS company, owner_id IS NOT NULL AS looked_after
            FROM customers_customer customer WHERE id = %s AND merged_into_id IS NULL
            """,
            [firm().zone, customer_id],
        )
        rows = cursor.fetchall()
    return pa.Table.from_pylist([dict(zip(_COLUMNS.names, row, strict=True)) for row in rows], schema=_COLUMNS)
